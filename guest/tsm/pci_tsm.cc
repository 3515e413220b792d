#include "guest/tsm/pci_tsm.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "platform/base/check.h"

namespace tsm {

namespace {

std::string_view without_line_end(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  return text;
}

Content line(std::string_view text) { return {.bytes = base::bytes_of(base::view_of(std::string(text) + "\n"))}; }

struct FileKind {
  const char* name;
  bool readable, writable;
};
constexpr FileKind kFiles[] = {
    {"authenticated", true, false}, {"tsm/accept", true, true}, {"tsm/bound", true, false}, {"tsm/connect", true, true},
    {"tsm/disconnect", false, true}, {"tsm/dsm", true, false},  {"tsm/lock", true, true},   {"tsm/unlock", false, true},
};
const FileKind* find_file(std::string_view name) {
  const auto* found = std::ranges::find(kFiles, name, &FileKind::name);
  return found == std::end(kFiles) ? nullptr : found;
}

}  // namespace

std::string_view name_of(TsmDevice::Mode mode) {
  switch (mode) {
    case TsmDevice::Mode::kNone: return "none";
    case TsmDevice::Mode::kLink: return "link";
    case TsmDevice::Mode::kDevsec: return "devsec";
  }
  return "?";
}

std::optional<bool> parse_bool(std::string_view text) {
  text = without_line_end(text);
  if (text.empty()) return std::nullopt;
  switch (text[0]) {
    case '1': case 'y': case 'Y': case 't': case 'T': return true;
    case '0': case 'n': case 'N': case 'f': case 'F': return false;
    case 'o': case 'O':
      if (text.size() < 2) return std::nullopt;
      if (text[1] == 'n' || text[1] == 'N') return true;
      if (text[1] == 'f' || text[1] == 'F') return false;
      return std::nullopt;
    default: return std::nullopt;
  }
}

PciTsm::PciTsm(PciDevice device, std::vector<TsmDevice> managers, DeviceSteps& steps)
    : device_(std::move(device)), managers_(std::move(managers)), steps_(steps) {}

const std::vector<std::string>& PciTsm::files() {
  static const std::vector<std::string> kNames = [] {
    std::vector<std::string> out;
    for (const auto& file : kFiles) out.emplace_back(file.name);
    return out;
  }();
  return kNames;
}
bool PciTsm::readable(std::string_view file) {
  const auto* kind = find_file(file);
  return kind && kind->readable;
}
bool PciTsm::writable(std::string_view file) {
  const auto* kind = find_file(file);
  return kind && kind->writable;
}

Errno PciTsm::bind_driver() {
  if (driver_bound_) return Errno::kBusy;
  driver_bound_ = true;
  return Errno::kOk;
}

Errno PciTsm::unbind_driver() {
  if (!driver_bound_) return Errno::kNoDevice;
  driver_bound_ = false;
  return Errno::kOk;
}

void PciTsm::failed() {
  if (state_ == State::kLocked || state_ == State::kAccepted) state_ = link_.empty() ? State::kPlain : State::kConnected;
  devsec_.clear();
}

Content PciTsm::read(std::string_view file) const {
  const auto* kind = find_file(file);
  if (!kind) return {Errno::kNoEntry};
  if (!kind->readable) return {Errno::kAccess};
  const bool locked = state_ == State::kLocked || state_ == State::kAccepted;
  if (file == "tsm/connect") return line(link_);
  if (file == "tsm/lock") return line(devsec_);
  if (file == "tsm/dsm") return line(link_.empty() ? "" : device_.dsm_address);
  if (file == "tsm/bound") return line(locked ? device_.guest : "");
  if (file == "tsm/accept") return line(state_ == State::kAccepted ? "1" : "0");
  return line(link_.empty() ? "0" : "1");
}

Errno PciTsm::write(std::string_view file, base::View bytes) {
  const auto* kind = find_file(file);
  if (!kind) return Errno::kNoEntry;
  if (!kind->writable) return Errno::kAccess;
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (file == "tsm/connect") return connect(text);
  if (file == "tsm/disconnect") return disconnect(text);
  if (file == "tsm/lock") return lock(text);
  if (file == "tsm/unlock") return unlock(text);
  return accept(text);
}

// "tsm" and a number; what is no such word is kInvalid, and a number that nobody has is nobody's.
const TsmDevice* PciTsm::manager(std::string_view text, Errno& error) const {
  text = without_line_end(text);
  unsigned number = 0;
  const char* first = text.data() + std::min<std::size_t>(3, text.size());
  const auto [end, what] = std::from_chars(first, text.data() + text.size(), number);
  error = text.starts_with("tsm") && what == std::errc{} && end == text.data() + text.size() ? Errno::kOk : Errno::kInvalid;
  if (error != Errno::kOk) return nullptr;
  const auto found = std::ranges::find(managers_, "tsm" + std::to_string(number), &TsmDevice::name);
  return found == managers_.end() ? nullptr : &*found;
}

Errno PciTsm::connect(std::string_view text) {
  Errno error{};
  const auto* found = manager(text, error);
  if (error != Errno::kOk) return error;
  if (!link_.empty()) return Errno::kBusy;
  if (!found || found->mode != TsmDevice::Mode::kLink) return Errno::kNoDevice;
  if (error = steps_.connect(); error != Errno::kOk) return error;
  link_ = found->name;
  if (state_ == State::kPlain) state_ = State::kConnected;
  return Errno::kOk;
}

// What is bound is let go of first.
Errno PciTsm::disconnect(std::string_view text) {
  if (link_.empty()) return Errno::kNoDevice;
  if (without_line_end(text) != link_) return Errno::kInvalid;
  if (state_ == State::kLocked || state_ == State::kAccepted) {
    if (driver_bound_) return Errno::kBusy;
    if (const Errno error = steps_.unlock(); error != Errno::kOk) return error;
    devsec_.clear();
    state_ = State::kConnected;
  }
  if (const Errno error = steps_.disconnect(); error != Errno::kOk) return error;
  link_.clear();
  state_ = State::kPlain;
  return Errno::kOk;
}

Errno PciTsm::lock(std::string_view text) {
  Errno error{};
  const auto* found = manager(text, error);
  if (error != Errno::kOk) return error;
  if (driver_bound_ || !devsec_.empty()) return Errno::kBusy;
  if (!found || found->mode != TsmDevice::Mode::kDevsec) return Errno::kNoDevice;
  if (error = steps_.lock(); error != Errno::kOk) return error;
  devsec_ = found->name;
  state_ = State::kLocked;
  return Errno::kOk;
}

Errno PciTsm::unlock(std::string_view text) {
  if (devsec_.empty()) return Errno::kNoDevice;
  if (without_line_end(text) != devsec_) return Errno::kInvalid;
  if (driver_bound_) return Errno::kBusy;
  if (const Errno error = steps_.unlock(); error != Errno::kOk) return error;
  devsec_.clear();
  state_ = link_.empty() ? State::kPlain : State::kConnected;
  return Errno::kOk;
}

// There is no way to take it back but `unlock`.
Errno PciTsm::accept(std::string_view text) {
  const auto wanted = parse_bool(text);
  if (!wanted || !*wanted) return Errno::kInvalid;
  if (driver_bound_) return Errno::kBusy;
  if (state_ != State::kLocked) return state_ == State::kAccepted ? Errno::kBusy : Errno::kNoDevice;
  if (const Errno error = steps_.accept(); error != Errno::kOk) return error;
  state_ = State::kAccepted;
  return Errno::kOk;
}

}  // namespace tsm
