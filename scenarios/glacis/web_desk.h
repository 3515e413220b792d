#pragma once
// Scenario and machine files as a page edits them: their texts come with the question, and are read as if they lay where they were
// opened from. Nothing is written, and no file is read but those of the catalogue.
#include <map>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "scenarios/glacis/home.h"
#include "scenarios/load/machine_loader.h"

namespace glacis {

inline constexpr std::size_t kWebTextBytesMax = 256 << 10;  // of one file in a page

struct WebMark {
  std::string file;  // "" where the complaint is of no file
  int line = 0, column = 0;
  std::string text;
};

// The files of a page by their names from the top: "scenarios/machines/bare-vm.yaml", "untitled.yaml".
using WebFiles = std::map<std::string, std::string>;

class WebDesk {
 public:
  WebDesk(const Home& home, WebFiles files);

  // The scenario that the page calls so. Refuses what would reach out of the emulation: guests that are libraries or processes of
  // this machine, responders and roots that a machine takes from outside.
  load::Scenario scenario(const std::string& name) const;
  report::Stage stage() const;
  // What is wrong with the file, a scenario or a machine; nothing: it can be played.
  std::vector<WebMark> marks_of(const std::string& name) const;
  // A complaint of a loader, taken apart.
  WebMark mark_of(const std::string& complaint) const;

 private:
  load::Machine machine(const load::Scenario& scenario, const std::string& platform) const;
  std::string read(const std::string& path) const;

  const Home& home_;
  WebFiles files_;
  std::string top_;  // what stands before "scenarios/" in a normal path
};

boost::json::object object_of(const WebMark& mark);

}  // namespace glacis
