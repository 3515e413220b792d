#include "devices/accelerator/engine.h"

#include <algorithm>

namespace accelerator {
namespace {

constexpr std::size_t kRegister = 8;
constexpr std::size_t kChunk = 4096;  // of a transfer, between two looks at whether it may go on

}  // namespace

void Engine::connect(pcie::Requester& bus, dsm::Tdi& tdi, std::function<void(pcie::Reset)> reset,
                     std::function<void(std::uint8_t)> stream_failed, std::function<void()> config_written) {
  bus_ = &bus;
  tdi_ = &tdi;
  reset_ = std::move(reset);
  stream_failed_ = std::move(stream_failed);
  config_written_ = std::move(config_written);
}

// ---- the bus asks ---------------------------------------------------------------------------------------------------

bool Engine::mmio_permitted(unsigned bar, std::uint64_t offset, std::size_t size, bool write,
                            const pcie::Origin& origin) {
  return tdi_ && tdi_->mmio_permitted(bar, offset, size, write, origin);
}

std::optional<base::Bytes> Engine::mmio_read(unsigned bar, std::uint64_t offset, std::size_t size,
                                             const pcie::Origin&) {
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

bool Engine::mmio_write(unsigned bar, std::uint64_t offset, base::View bytes, const pcie::Origin&) {
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

void Engine::reset(pcie::Reset kind) {
  quiesce();
  std::fill(std::begin(registers_), std::end(registers_), 0);
  if (reset_) reset_(kind);
}

void Engine::config_written(unsigned, std::size_t, const pcie::Origin&) {
  if (config_written_) config_written_();
}

void Engine::stream_failed(std::uint8_t stream) {
  if (stream_failed_) stream_failed_(stream);
}

// ---- the security manager asks --------------------------------------------------------------------------------------

void Engine::quiesce() { ++generation_; }

void Engine::scrub() {
  std::fill(memory_.begin(), memory_.end(), 0);
  std::fill(std::begin(registers_), std::end(registers_), 0);
}

// ---- commands -------------------------------------------------------------------------------------------------------

std::uint64_t Engine::reg(std::uint64_t offset) const { return registers_[offset / kRegister]; }

bool Engine::in_memory(std::uint64_t at, std::uint64_t size) const {
  return at <= memory_.size() && size <= memory_.size() - at;
}

void Engine::doorbell() {
  if (!bus_ || !tdi_) return;
  const unsigned generation = generation_;
  const Status status = run();
  if (generation != generation_) return;  // whoever ended it does not hear of it
  registers_[kStatus / kRegister] = static_cast<std::uint64_t>(status);
  if (auto trusted = tdi_->interrupt()) bus_->interrupt(kDoneVector, *trusted);
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

Status Engine::fetch() {
  const std::uint64_t from = reg(kSource), to = reg(kDestination), size = reg(kLength);
  const unsigned generation = generation_;
  for (std::uint64_t done = 0; done < size;) {
    const std::uint64_t part = std::min<std::uint64_t>(size - done, kChunk - (from + done) % kChunk);
    auto trusted = tdi_->dma(from + done);
    if (!trusted) return Status::kNotPermitted;
    auto read = bus_->memory_read(from + done, part, *trusted);
    if (generation != generation_) return Status::kNotPermitted;
    if (read.outcome != pcie::Outcome::kOk) return Status::kBusError;
    if (*trusted && watch_) watch_(false, from + done, read.bytes);
    std::copy(read.bytes.begin(), read.bytes.end(), memory_.begin() + static_cast<std::ptrdiff_t>(to + done));
    done += part;
  }
  return Status::kDone;
}

Status Engine::give() {
  const std::uint64_t from = reg(kSource), to = reg(kDestination), size = reg(kLength);
  const unsigned generation = generation_;
  for (std::uint64_t done = 0; done < size;) {
    const std::uint64_t part = std::min<std::uint64_t>(size - done, kChunk - (to + done) % kChunk);
    auto trusted = tdi_->dma(to + done);
    if (!trusted) return Status::kNotPermitted;
    auto outcome = bus_->memory_write(to + done, base::View(memory_).subspan(from + done, part), *trusted);
    if (generation != generation_) return Status::kNotPermitted;
    if (outcome != pcie::Outcome::kOk) return Status::kBusError;
    if (*trusted && watch_) watch_(true, to + done, base::View(memory_).subspan(from + done, part));
    done += part;
  }
  return Status::kDone;
}

}  // namespace accelerator
