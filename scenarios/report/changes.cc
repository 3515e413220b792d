#include <map>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "platform/base/user_error.h"
#include "scenarios/report/matrix.h"

namespace report {

namespace json = boost::json;

namespace {

struct Old {
  std::string observed;
  bool agrees = false;
};
using OldCells = std::map<std::pair<std::string, std::string>, Old>;

OldCells read(std::string_view text, const std::string& file) {
  boost::system::error_code error;
  auto value = json::parse(text, error);
  if (error) throw base::UserError(file + ": not JSON: " + error.message());
  const auto* root = value.if_object();
  const auto* format = root ? root->if_contains("format") : nullptr;
  const auto* cells = root ? root->if_contains("cells") : nullptr;
  if (!format || !cells || !cells->is_array())
    throw base::UserError(file + ": this is no matrix of `glacis matrix --json`");
  if (*format != 1)
    throw base::UserError(file + ": format " + json::serialize(*format) + " is not known; this program reads format 1");
  if (root->contains("partial"))
    throw base::UserError(file + ": this is a partial report, of a run that was interrupted; a baseline is a whole one");
  OldCells out;
  for (const auto& cell : cells->as_array()) {
    const auto* object = cell.if_object();
    auto text_at = [&](const char* key) {
      const auto* found = object ? object->if_contains(key) : nullptr;
      if (!found || !found->is_string()) throw base::UserError(file + ": a cell without the text `" + key + "`");
      return std::string(found->get_string());
    };
    auto attack = text_at("attack"), platform = text_at("platform"), observed = text_at("observed");
    const auto* agrees = object->if_contains("agrees");
    if (!agrees || !agrees->is_bool()) throw base::UserError(file + ": a cell without the flag `agrees`");
    out[{attack, platform}] = {observed, agrees->get_bool()};
  }
  return out;
}

}  // namespace

Changes changes_since(const Matrix& matrix, std::string_view old_json, const std::string& old_file,
                      const std::set<std::string>& known) {
  auto old = read(old_json, old_file);
  Changes out;
  auto tell = [&](const std::string& name, const std::string& text, bool bad) {
    bool excused = bad && known.contains(name);
    out.regression = out.regression || (bad && !excused);
    out.lines.push_back(fmt::format("{} {}: {}", excused ? "known" : bad ? "worse" : "changed", name, text));
  };
  for (const auto& cell : matrix.cells) {
    auto name = cell.attack + " " + cell.platform;
    auto found = old.find({cell.attack, cell.platform});
    if (cell.observed == kUnplayed) {
      if (found != old.end()) old.erase(found);
      continue;
    }
    if (found == old.end()) {
      tell(name, "new: " + cell.observed + (cell.agrees ? "" : ", which is not as expected"), !cell.agrees);
      continue;
    }
    const auto& was = found->second;
    if (was.observed != cell.observed || was.agrees != cell.agrees)
      tell(name,
           fmt::format("{}{} -> {}{}", was.observed, was.agrees ? "" : " !", cell.observed, cell.agrees ? "" : " !"),
           was.agrees && !cell.agrees);
    old.erase(found);
  }
  for (const auto& [name, was] : old) tell(name.first + " " + name.second, was.observed + " -> gone", true);
  return out;
}

std::set<std::string> parse_known(std::string_view text, const std::string& file) {
  std::set<std::string> out;
  for (int number = 1; !text.empty(); ++number) {
    auto end = text.find('\n');
    auto line = text.substr(0, end);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    line = line.substr(0, line.find('#'));
    std::vector<std::string> words;
    for (std::size_t at = 0; (at = line.find_first_not_of(" \t\r", at)) != line.npos;) {
      auto stop = std::min(line.find_first_of(" \t\r", at), line.size());
      words.emplace_back(line.substr(at, stop - at));
      at = stop;
    }
    if (words.empty()) continue;
    if (words.size() != 2)
      throw base::UserError(fmt::format("{}:{}:1: a known failure is `attack platform`", file, number));
    out.insert(words[0] + " " + words[1]);
  }
  return out;
}

}  // namespace report
