#include "guest/tsm/measurements.h"

#include <algorithm>
#include <set>
#include <utility>

#include "platform/base/check.h"

namespace tsm {

Errno Measurements::check(const std::vector<Register>& registers) {
  std::set<std::string> files;
  for (const auto& one : registers)
    if (one.name.empty() || one.size == 0 || !files.insert(one.file()).second) return Errno::kInvalid;
  return Errno::kOk;
}

Measurements::Measurements(std::vector<Register> registers, RegisterPlatform& platform) : registers_(std::move(registers)), platform_(platform) {
  base::check(check(registers_) == Errno::kOk, "a list of measurement registers is well formed");
  for (const auto& one : registers_) values_.emplace_back(one.size);
}

const Register* Measurements::find(std::string_view file) const {
  const auto found = std::ranges::find_if(registers_, [&](const auto& one) { return one.file() == file; });
  return found == registers_.end() ? nullptr : &*found;
}

Errno Measurements::refresh() {
  auto values = values_;
  const Errno error = platform_.refresh(values);
  if (error != Errno::kOk) return error;
  base::check(values.size() == registers_.size(), "a refresh gives each register a value");
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i].resize(registers_[i].size);
    values_[i] = std::move(values[i]);
  }
  in_step_ = read_once_ = true;
  return Errno::kOk;
}

Content Measurements::read(std::string_view file, std::size_t offset, std::size_t count) {
  const Register* one = find(file);
  if (!one) return {Errno::kNoEntry};
  if (!one->readable) return {Errno::kAccess};
  if (offset >= one->size || count == 0) return {};
  // The others are what they were when the driver came up, which is its first reading.
  if ((one->live || !read_once_) && !in_step_)
    if (const Errno error = refresh(); error != Errno::kOk) return {error};
  const auto& value = values_[static_cast<std::size_t>(one - registers_.data())];
  const std::size_t size = std::min(count, one->size - offset);
  return {.bytes = base::bytes_of(base::View(value).subspan(offset, size))};
}

Errno Measurements::write(std::string_view file, std::size_t offset, base::View digest) {
  const Register* one = find(file);
  if (!one) return Errno::kNoEntry;
  if (!one->writable) return Errno::kAccess;
  if (offset != 0 || digest.size() != one->size) return Errno::kInvalid;
  const Errno error = platform_.extend(static_cast<std::size_t>(one - registers_.data()), digest);
  if (error == Errno::kOk) in_step_ = false;
  return error;
}

std::vector<Register> tdx_registers() {
  std::vector<Register> out;
  for (const char* name : {"mrconfigid", "mrowner", "mrownerconfig"}) out.push_back({.name = name, .hash = ""});
  out.push_back({.name = "mrtd"});
  for (int i = 0; i < 4; ++i) out.push_back({.name = "rtmr" + std::to_string(i), .writable = true, .live = true});
  return out;
}

// The realm's initial measurement and its extensible ones (RMM 1.0, RSI_MEASUREMENT_READ). Linux shows neither; the names are the RMM's.
std::vector<Register> cca_registers(const std::string& hash, std::size_t size) {
  std::vector<Register> out = {{.name = "rim", .hash = hash, .size = size}};
  for (int i = 0; i < 4; ++i) out.push_back({.name = "rem" + std::to_string(i), .hash = hash, .size = size, .writable = true, .live = true});
  return out;
}

// Six that are measured before the TVM runs, and four of its own. The names are ours.
std::vector<Register> cove_registers() {
  std::vector<Register> out;
  for (int i = 0; i < 6; ++i) out.push_back({.name = "mr" + std::to_string(i)});
  for (int i = 0; i < 4; ++i) out.push_back({.name = "rtmr" + std::to_string(i), .writable = true, .live = true});
  return out;
}

}  // namespace tsm
