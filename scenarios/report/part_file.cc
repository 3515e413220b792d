#include "scenarios/report/part_file.h"

#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <unistd.h>

#include "platform/base/user_error.h"
#include "scenarios/load/document.h"
#include "scenarios/report/atomic_file.h"

namespace report {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kHeadSize = 64;

bool begins_as_part(const std::string& path) {
  std::string head(kHeadSize, '\0');
  std::ifstream file(path, std::ios::binary);
  file.read(head.data(), static_cast<std::streamsize>(head.size()));
  head.resize(static_cast<std::size_t>(file.gcount()));
  return is_part(head);
}

}  // namespace

PartFile::PartFile(std::string path, Whole whole, Shard shard, std::chrono::milliseconds every)
    : path_(std::move(path)), part_{std::move(whole), shard, {}}, every_(every) {
  for (const auto& file : {path_, checkpoint()}) {
    std::error_code error;
    const auto status = fs::status(file, error);
    if (!fs::exists(status)) continue;
    if (!fs::is_regular_file(status) || !begins_as_part(file))
      throw base::UserError("`" + file + "` is there and no part of ours; name another file");
  }
  if (!take_up(path_)) take_up(checkpoint());
  save();
}

void PartFile::add(std::uint64_t item, boost::json::value value) {
  part_.items[item] = std::move(value);
  if (std::chrono::steady_clock::now() - saved_ < every_) return;
  write_file(checkpoint(), text_of(part_));
  saved_ = std::chrono::steady_clock::now();
}

void PartFile::save() {
  const bool whole = part_.lacks() == 0;
  write_file(whole ? path_ : checkpoint(), text_of(part_));
  if (whole) ::unlink(checkpoint().c_str());
  saved_ = std::chrono::steady_clock::now();
}

// What cannot be used is told and played anew: a rerun should not need a person.
bool PartFile::take_up(const std::string& file) {
  std::error_code error;
  if (!fs::exists(file, error)) return false;
  try {
    auto old = read_part(file).part;
    auto why = difference(old.whole, part_.whole);
    if (why.empty() && old.shard != part_.shard) why = "it is shard " + text_of(old.shard);
    if (!why.empty()) throw base::UserError(fmt::format("`{}` is not of this shard ({})", file, why));
    part_.items = std::move(old.items);
    found_ = fmt::format("`{}` has {} of {} items", file, part_.items.size(), part_.shard.share(part_.whole.items));
    return true;
  } catch (const base::UserError& wrong) {
    found_ = std::string(wrong.what()) + "; it is played anew";
    return false;
  }
}

NamedPart read_part(const std::string& file) { return {file, part_of(load::read_text(file, kPartBytesMax), file)}; }

}  // namespace report
