#pragma once
// Writes files whole or not at all: each into a neighbour first, which then takes its name. Throws base::UserError.
#include <string>
#include <string_view>
#include <vector>

#include "platform/base/bytes.h"

namespace report {

// Several files of which none appears when one of them cannot be written.
class OutputFiles {
 public:
  OutputFiles() = default;
  ~OutputFiles();
  OutputFiles(const OutputFiles&) = delete;
  OutputFiles& operator=(const OutputFiles&) = delete;

  void add(const std::string& path, base::View bytes);
  void add(const std::string& path, std::string_view text) { add(path, base::view_of(text)); }
  // All take their names; what goes to a pipe or a device is written first, as that may fail too.
  void commit();

 private:
  struct File {
    std::string path, neighbour;
  };
  struct Stream {
    std::string path;
    base::Bytes bytes;
  };
  std::vector<File> files_;  // not yet named
  std::vector<Stream> streams_;
};

void write_file(const std::string& path, base::View bytes);
void write_file(const std::string& path, std::string_view text);
// Refuses when something of that name is there.
void write_new_file(const std::string& path, std::string_view text);

}  // namespace report
