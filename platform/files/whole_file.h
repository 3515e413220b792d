#pragma once
// Writes files whole or not at all: each into a neighbour first, which then takes its name. SIGINT, SIGTERM and SIGHUP wait until names are
// taken or neighbours gone, and then do what they do. Throws base::UserError.
#include <string>
#include <string_view>
#include <vector>

#include "platform/base/bytes.h"

namespace files {

// What one command writes: nothing has a name before commit(), and of several files none gets one when one cannot be written.
class OutputFiles {
 public:
  OutputFiles() = default;
  OutputFiles(const OutputFiles&) = delete;
  OutputFiles& operator=(const OutputFiles&) = delete;

  // On standard output, at once. A reader that has gone away has had enough of this text: the files are still written.
  void print(std::string_view text);
  // Makes the folder and those above it where they are not; taken back when the files come to nothing.
  void folder(const std::string& path) { folders_.push_back(path); }
  void add(const std::string& path, std::string bytes);
  void add(const std::string& path, base::View bytes);
  void add(const std::string& path, std::string_view text) { add(path, std::string(text)); }
  void add(const std::string& path, const char* text) { add(path, std::string(text)); }
  // What goes to a pipe or a device is written first, as that may fail too. Where a reader has gone away the program ends by SIGPIPE when all is
  // done, as other programs do at once.
  void commit();

 private:
  struct File {
    std::string path, bytes;
  };
  std::vector<std::string> folders_;
  std::vector<File> files_, streams_;
  bool reader_gone_ = false;
};

void write_file(const std::string& path, base::View bytes);
void write_file(const std::string& path, std::string_view text);
// Refuses when something of that name is there.
void write_new_file(const std::string& path, std::string_view text);
// Throws where a file of this name could not be written; for whoever writes it much later. Makes nothing.
void need_place(const std::string& path);
// The same for a folder: makes it, and takes it away again.
void need_folder(const std::string& path);

}  // namespace files
