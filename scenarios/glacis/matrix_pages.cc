#include "scenarios/glacis/matrix_pages.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include <fmt/format.h>
#include <unistd.h>

#include "platform/base/user_error.h"
#include "scenarios/web/page.h"

namespace glacis {

namespace fs = std::filesystem;

namespace {

constexpr const char* kIndex = "index.html";
constexpr std::size_t kHeadSize = 4096;  // within which a page of ours has its mark

bool is_page(const fs::path& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return false;
  std::string head(kHeadSize, '\0');
  std::ifstream file(path, std::ios::binary);
  file.read(head.data(), static_cast<std::streamsize>(head.size()));
  head.resize(static_cast<std::size_t>(file.gcount()));
  return head.find(web::kPageMark) != head.npos;
}

void check_name(const std::string& folder, const std::string& name) {
  std::error_code error;
  const auto path = fs::path(folder) / name;
  if (fs::exists(fs::symlink_status(path, error)) && !is_page(path))
    throw base::UserError("--html: `" + path.string() + "` is there and no page of ours; name another folder");
}

void check_folder(const std::string& folder) {
  std::error_code error;
  if (folder.empty()) throw base::UserError("--html wants a folder");
  if (!fs::exists(folder, error)) {
    const auto parent = fs::absolute(fs::path(folder) / "..", error).lexically_normal();
    if (error || !fs::is_directory(parent, error)) throw base::UserError("--html: cannot make `" + folder + "`: there is no folder to make it in");
    if (::access(parent.c_str(), W_OK | X_OK) != 0) throw base::UserError("--html: cannot make `" + folder + "`: its folder cannot be written");
    return;
  }
  if (!fs::is_directory(folder, error)) throw base::UserError("--html: `" + folder + "` is a file; name a folder");
  if (::access(folder.c_str(), W_OK | X_OK) != 0) throw base::UserError("--html: cannot write into the folder `" + folder + "`");
}

bool names(const std::vector<load::Row>& rows, std::string_view id) {
  const auto is = [&](const load::Text& text) { return text.value == id; };
  return std::ranges::any_of(rows, [&](const auto& row) { return std::ranges::any_of(row.by, is) || std::ranges::any_of(row.lift, is); });
}

std::vector<const trust::Defence*> named_defences(const std::vector<load::Scenario>& scenarios) {
  std::vector<const trust::Defence*> out;
  for (const auto* defence : engine::all_defences())
    if (std::ranges::any_of(scenarios, [&](const auto& one) {
          return names(one.expect, defence->id) || names(one.without, defence->id) || names(one.with, defence->id);
        }))
      out.push_back(defence);
  return out;
}

}  // namespace

MatrixPages::MatrixPages(std::string folder, const std::vector<load::Scenario>& scenarios, MatrixFilms& films)
    : folder_(std::move(folder)), films_(films) {
  check_folder(folder_);
  check_name(folder_, kIndex);
  std::set<std::string> seen;
  for (const auto& scenario : scenarios) {
    const bool plain = !scenario.id.empty() && scenario.id.front() != '.' && std::ranges::all_of(scenario.id, [](unsigned char c) {
      return std::isalnum(c) || c == '-' || c == '_' || c == '.';
    });
    if (!plain || web::run_file(scenario.id) == kIndex)
      throw base::UserError("--html: `" + scenario.file + "`: a page cannot be called `" + web::run_file(scenario.id) + "`; rename the file");
    if (!seen.insert(scenario.id).second)
      throw base::UserError("--html: two files are called `" + scenario.id + "`, and so would be their pages");
    check_name(folder_, web::run_file(scenario.id));
  }
}

void MatrixPages::add_to(report::OutputFiles& files, const Home& home, const report::Matrix& matrix,
                         const std::vector<load::Scenario>& scenarios, const Shown& shown) {
  const auto defences = shown.whole ? engine::all_defences() : named_defences(scenarios);
  const auto rows = home.catalogue_rows();
  web::MatrixContents contents{matrix, scenarios, shown.columns, rows, {}, report::source_keys(scenarios), defences,
                               report::kill_matrix(home.stage(), scenarios, defences, shown.jobs), report::cover(scenarios)};
  for (const auto& source : contents.sources)
    contents.claims.push_back(report::claims_of(source, matrix, report::spoken_of_by(source, scenarios), rows, contents.columns));

  files.folder(folder_);
  const auto add = [&](const std::string& name, std::string page) { files.add((fs::path(folder_) / name).string(), std::move(page)); };
  for (const auto& scenario : scenarios) {
    std::vector<web::PackedRun> runs;
    for (const auto& column : contents.columns)
      for (auto& kept : films_.take(scenario.id, column))
        runs.push_back({column, std::move(kept.profile), std::move(kept.outcome), kept.agrees, std::move(kept.film), std::move(kept.text)});
    if (!runs.empty()) add(web::run_file(scenario.id), web::attack_page(scenario, runs));
  }
  add(kIndex, web::matrix_page(contents));
}

}  // namespace glacis
