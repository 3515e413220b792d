#include "devices/accelerator/engine.h"

#include <algorithm>

namespace accelerator {
namespace {

constexpr std::size_t kRegister = 8;

Status status_of(endpoint::Transfer transfer) {
  switch (transfer) {
    case endpoint::Transfer::kDone: return Status::kDone;
    case endpoint::Transfer::kBusError: return Status::kBusError;
    default: return Status::kNotPermitted;
  }
}

}  // namespace

// ---- the bus asks ---------------------------------------------------------------------------------------------------

std::optional<base::Bytes> Engine::read(unsigned bar, std::uint64_t offset, std::size_t size) {
  if (bar != 0) return std::nullopt;
  if (offset >= kWindow) {
    if (!in_memory(offset - kWindow, size)) return std::nullopt;
    return base::bytes_of(base::View(memory_).subspan(offset - kWindow, size));
  }
  const std::uint64_t within = offset % kRegister;
  if (offset / kRegister >= kRegisterCount || size > kRegister - within) return std::nullopt;
  base::Bytes value;
  base::append_le(value, offset / kRegister * kRegister == kVersion ? std::uint64_t{version_} : reg(offset));
  return base::bytes_of(base::View(value).subspan(within, size));
}

bool Engine::write(unsigned bar, std::uint64_t offset, base::View bytes) {
  if (bar != 0) return false;
  if (offset >= kWindow) {
    if (!in_memory(offset - kWindow, bytes.size())) return false;
    std::copy(bytes.begin(), bytes.end(), memory_.begin() + static_cast<std::ptrdiff_t>(offset - kWindow));
    return true;
  }
  const std::uint64_t within = offset % kRegister, at = offset - within;
  if (at / kRegister >= kRegisterCount || bytes.size() > kRegister - within) return false;
  if (at == kDoorbell) {
    doorbell();
    return true;
  }
  if (at == kStatus || at == kResult || at == kVersion) return true;  // read-only
  base::Bytes value;
  base::append_le(value, reg(at));
  std::copy(bytes.begin(), bytes.end(), value.begin() + static_cast<std::ptrdiff_t>(within));
  registers_[at / kRegister] = base::load_le<std::uint64_t>(value);
  return true;
}

void Engine::reset() { std::fill(std::begin(registers_), std::end(registers_), 0); }

void Engine::scrub() {
  std::fill(memory_.begin(), memory_.end(), 0);
  reset();
}

// ---- commands -------------------------------------------------------------------------------------------------------

std::uint64_t Engine::reg(std::uint64_t offset) const { return registers_[offset / kRegister]; }

bool Engine::in_memory(std::uint64_t at, std::uint64_t size) const {
  return at <= memory_.size() && size <= memory_.size() - at;
}

void Engine::doorbell() {
  const unsigned generation = bus_->generation();
  const Status status = run();
  if (generation != bus_->generation()) return;  // whoever ended it does not hear of it
  registers_[kStatus / kRegister] = static_cast<std::uint64_t>(status);
  bus_->interrupt(kDoneVector);
}

Status Engine::run() {
  const std::uint64_t from = reg(kSource), to = reg(kDestination), size = reg(kLength);
  switch (static_cast<Command>(reg(kCommand))) {
    case Command::kFetch: return in_memory(to, size) ? fetch() : Status::kBadRange;
    case Command::kGive: return in_memory(from, size) ? give() : Status::kBadRange;
    case Command::kCopy: {
      if (!in_memory(from, size) || !in_memory(to, size)) return Status::kBadRange;
      const base::Bytes moved = base::bytes_of(base::View(memory_).subspan(from, size));
      std::copy(moved.begin(), moved.end(), memory_.begin() + static_cast<std::ptrdiff_t>(to));
      return Status::kDone;
    }
    case Command::kFill:
      if (!in_memory(to, size)) return Status::kBadRange;
      std::fill_n(memory_.begin() + static_cast<std::ptrdiff_t>(to), size, static_cast<std::uint8_t>(reg(kPattern)));
      return Status::kDone;
    case Command::kChecksum: {
      if (!in_memory(from, size) || size % kRegister) return Status::kBadRange;
      std::uint64_t sum = 0;
      for (std::uint64_t at = from; at < from + size; at += kRegister) sum ^= base::load_le<std::uint64_t>(memory_, at);
      registers_[kResult / kRegister] = sum;
      return Status::kDone;
    }
  }
  return Status::kBadCommand;
}

// What has come before a transfer failed stays in the memory; nothing is written there once it was ended.
Status Engine::fetch() {
  return status_of(bus_->read(reg(kSource), std::span(memory_).subspan(reg(kDestination), reg(kLength))));
}

Status Engine::give() {
  return status_of(bus_->write(reg(kDestination), base::View(memory_).subspan(reg(kSource), reg(kLength))));
}

}  // namespace accelerator
