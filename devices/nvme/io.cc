// Commands of the I/O queues (NVM Express Base 1.4, chapter 6), and how data gets to and from memory.
#include "devices/nvme/controller.h"

namespace nvme {
namespace {

constexpr std::uint32_t kNamespace = 1;

}  // namespace

Controller::Done Controller::io(const Command& command) {
  if (command.flags & (kFusedMask | kDataPointerMask)) return {Status::kInvalidField};
  const auto opcode = static_cast<IoOpcode>(command.opcode);
  if (opcode != IoOpcode::kFlush && opcode != IoOpcode::kWrite && opcode != IoOpcode::kRead)
    return {Status::kInvalidOpcode};
  if (command.namespace_id != kNamespace) return {Status::kInvalidNamespace};
  if (opcode == IoOpcode::kFlush) return {};  // what is complete is on the medium

  const std::uint64_t first = std::uint64_t{command.dword11} << 32 | command.dword10;
  const std::uint64_t count = (command.dword12 & 0xffff) + 1;
  if (count * kBlock > kTransferMax) return {Status::kInvalidField};
  if (!medium_.has(first, count)) return {Status::kLbaOutOfRange};
  base::Bytes data(count * kBlock);
  if (opcode == IoOpcode::kRead) {
    medium_.read(first, data);
    const Status status = give(command, data);
    if (status == Status::kSuccess) ++use_.reads, use_.blocks_read += count;
    return {status};
  }
  const Era begun = era();
  const Status status = take(command, data);
  // Nothing of a command that was ended reaches the medium.
  if (status != Status::kSuccess || begun != era()) return {status};
  medium_.write(first, data, bus_->trusted());
  ++use_.writes, use_.blocks_written += count;
  return {};
}

Pieces Controller::pieces(const Command& command, std::size_t size) {
  return pieces_of(command.prp1, command.prp2, size, [this](std::uint64_t address, std::span<std::uint8_t> into) {
    return bus_->read(address, into) == endpoint::Transfer::kDone;
  });
}

// A controller that is reset meanwhile moves nothing more.
Status Controller::give(const Command& command, base::View data) {
  const Era begun = era();
  const auto to = pieces(command, data.size());
  for (const auto& piece : to.list) {
    if (begun != era()) return Status::kDataTransferError;
    const auto written = bus_->write(piece.address, data.first(piece.size));
    if (written != endpoint::Transfer::kDone) return Status::kDataTransferError;
    data = data.subspan(piece.size);
  }
  return to.status;
}

Status Controller::take(const Command& command, std::span<std::uint8_t> data) {
  const Era begun = era();
  const auto from = pieces(command, data.size());
  for (const auto& piece : from.list) {
    if (begun != era()) return Status::kDataTransferError;
    const auto read = bus_->read(piece.address, data.first(piece.size));
    if (read != endpoint::Transfer::kDone) return Status::kDataTransferError;
    data = data.subspan(piece.size);
  }
  return from.status;
}

}  // namespace nvme
