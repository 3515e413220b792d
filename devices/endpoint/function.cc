#include "devices/endpoint/function.h"

#include <algorithm>

namespace endpoint {
namespace {

constexpr std::size_t kChunk = 4096;  // of a transfer, between two looks at whether it may go on

}  // namespace

void Function::join(pcie::Requester& bus, dsm::Tdi& tdi, Ears ears) {
  bus_ = &bus;
  tdi_ = &tdi;
  ears_ = std::move(ears);
}

// ---- the logic asks -------------------------------------------------------------------------------------------------

bool Function::trusted() const { return tdi_ && tdi_->state() == tdisp::State::kRun; }

Transfer Function::read(std::uint64_t address, std::span<std::uint8_t> into) {
  if (!bus_ || !tdi_) return Transfer::kNotPermitted;
  const unsigned generation = generation_;
  while (!into.empty()) {
    const std::size_t part = std::min<std::size_t>(into.size(), kChunk - address % kChunk);
    const auto trusted = tdi_->dma(address);
    if (!trusted) return Transfer::kNotPermitted;
    const auto read = bus_->memory_read(address, part, *trusted);
    if (generation != generation_) return Transfer::kEnded;
    if (read.outcome != pcie::Outcome::kOk) return Transfer::kBusError;
    if (*trusted && watch_) watch_(false, address, read.bytes);
    std::copy(read.bytes.begin(), read.bytes.end(), into.begin());
    address += part;
    into = into.subspan(part);
  }
  return Transfer::kDone;
}

Transfer Function::write(std::uint64_t address, base::View bytes) {
  if (!bus_ || !tdi_) return Transfer::kNotPermitted;
  const unsigned generation = generation_;
  while (!bytes.empty()) {
    const std::size_t part = std::min<std::size_t>(bytes.size(), kChunk - address % kChunk);
    const auto trusted = tdi_->dma(address);
    if (!trusted) return Transfer::kNotPermitted;
    const auto outcome = bus_->memory_write(address, bytes.first(part), *trusted);
    if (generation != generation_) return Transfer::kEnded;
    if (outcome != pcie::Outcome::kOk) return Transfer::kBusError;
    if (*trusted && watch_) watch_(true, address, bytes.first(part));
    address += part;
    bytes = bytes.subspan(part);
  }
  return Transfer::kDone;
}

void Function::interrupt(unsigned vector) {
  if (!bus_ || !tdi_) return;
  if (const auto trusted = tdi_->interrupt()) bus_->interrupt(vector, *trusted);
}

// ---- the bus asks ---------------------------------------------------------------------------------------------------

bool Function::mmio_permitted(unsigned bar, std::uint64_t offset, std::size_t size, bool write,
                              const pcie::Origin& origin) {
  return tdi_ && tdi_->mmio_permitted(bar, offset, size, write, origin);
}

std::optional<base::Bytes> Function::mmio_read(unsigned bar, std::uint64_t offset, std::size_t size,
                                               const pcie::Origin&) {
  return logic_.read(bar, offset, size);
}

bool Function::mmio_write(unsigned bar, std::uint64_t offset, base::View bytes, const pcie::Origin&) {
  return logic_.write(bar, offset, bytes);
}

void Function::quiesce() {
  ++generation_;
  logic_.quiesce();
}

void Function::reset(pcie::Reset kind) {
  quiesce();
  logic_.reset();
  if (ears_.reset) ears_.reset(kind);
}

void Function::config_written(unsigned, std::size_t, const pcie::Origin&) {
  if (ears_.config_written) ears_.config_written();
}

void Function::stream_failed(std::uint8_t stream) {
  if (ears_.stream_failed) ears_.stream_failed(stream);
}

}  // namespace endpoint
