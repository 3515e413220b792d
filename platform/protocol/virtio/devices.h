#pragma once
// What each kind of virtio device has for a configuration, and what its driver puts into buffers (virtio 1.2 and 1.3, 5).
// Little-endian throughout.
#include <array>
#include <cstdint>

#include "platform/wire/wire.h"

namespace virtio {

// ---- block (5.2) ----
inline constexpr unsigned kBlkReadOnly = 5, kBlkBlkSize = 6, kBlkFlush = 9;
inline constexpr std::size_t kSector = 512, kBlkIdSize = 20;
enum class BlkRequest : std::uint32_t { kIn = 0, kOut = 1, kFlush = 4, kGetId = 8 };
enum class BlkStatus : std::uint8_t { kOk = 0, kIoError = 1, kUnsupported = 2 };
struct BlkHeader {
  BlkRequest type{};
  std::uint64_t sector = 0;
  bool operator==(const BlkHeader&) const = default;
  using Wire = wire::Layout<&BlkHeader::type, wire::Loose<4>{}, &BlkHeader::sector>;
};
struct BlkConfig {  // up to the fields of features that are not offered here
  std::uint64_t capacity = 0;  // in sectors of 512 bytes
  std::uint32_t size_max = 0, seg_max = 0;
  std::uint16_t cylinders = 0;
  std::uint8_t heads = 0, sectors = 0;
  std::uint32_t blk_size = kSector;
  bool operator==(const BlkConfig&) const = default;
  using Wire = wire::Layout<&BlkConfig::capacity, &BlkConfig::size_max, &BlkConfig::seg_max, &BlkConfig::cylinders, &BlkConfig::heads,
                            &BlkConfig::sectors, &BlkConfig::blk_size>;
};

// ---- network (5.1) ----
inline constexpr unsigned kNetGuestChecksum = 1, kNetMac = 5, kNetMergeBuffers = 15;
inline constexpr std::uint8_t kNeedsChecksum = 1, kDataValid = 2;  // flags
struct NetHeader {
  std::uint8_t flags = 0, gso_type = 0;
  std::uint16_t hdr_len = 0, gso_size = 0, csum_start = 0, csum_offset = 0, num_buffers = 0;
  bool operator==(const NetHeader&) const = default;
  using Wire = wire::Layout<&NetHeader::flags, &NetHeader::gso_type, &NetHeader::hdr_len, &NetHeader::gso_size, &NetHeader::csum_start,
                            &NetHeader::csum_offset, &NetHeader::num_buffers>;
};
inline constexpr std::size_t kNetHeaderSize = 12;
struct NetFrame {  // with the Ethernet frame behind the header
  NetHeader header;
  std::vector<std::uint8_t> frame;
  bool operator==(const NetFrame&) const = default;
  using Wire = wire::Layout<&NetFrame::header, wire::Rest<&NetFrame::frame>{}>;
};
struct NetConfig {
  std::array<std::uint8_t, 6> mac{};
  std::uint16_t status = 0, max_virtqueue_pairs = 0, mtu = 0;
  bool operator==(const NetConfig&) const = default;
  using Wire = wire::Layout<&NetConfig::mac, &NetConfig::status, &NetConfig::max_virtqueue_pairs, &NetConfig::mtu>;
};

// ---- console (5.3) ----
struct ConsoleConfig {
  std::uint16_t cols = 0, rows = 0;
  std::uint32_t max_nr_ports = 0, emerg_wr = 0;
  bool operator==(const ConsoleConfig&) const = default;
  using Wire = wire::Layout<&ConsoleConfig::cols, &ConsoleConfig::rows, &ConsoleConfig::max_nr_ports, &ConsoleConfig::emerg_wr>;
};

// ---- socket (5.10) ----
inline constexpr std::uint64_t kHostCid = 2;
inline constexpr std::uint16_t kStream = 1;
enum class SocketOp : std::uint16_t { kRequest = 1, kResponse = 2, kReset = 3, kShutdown = 4, kData = 5, kCreditUpdate = 6, kCreditRequest = 7 };
struct SocketHeader {
  std::uint64_t src_cid = 0, dst_cid = 0;
  std::uint32_t src_port = 0, dst_port = 0;
  std::uint32_t len = 0;  // of the payload
  std::uint16_t type = kStream;
  SocketOp op{};
  std::uint32_t flags = 0, buf_alloc = 0, fwd_cnt = 0;
  bool operator==(const SocketHeader&) const = default;
  using Wire = wire::Layout<&SocketHeader::src_cid, &SocketHeader::dst_cid, &SocketHeader::src_port, &SocketHeader::dst_port,
                            &SocketHeader::len, &SocketHeader::type, &SocketHeader::op, &SocketHeader::flags, &SocketHeader::buf_alloc,
                            &SocketHeader::fwd_cnt>;
};
inline constexpr std::size_t kSocketHeaderSize = 44;
struct SocketPacket {
  SocketHeader header;
  std::vector<std::uint8_t> payload;
  bool operator==(const SocketPacket&) const = default;
  using Wire = wire::Layout<&SocketPacket::header, wire::Rest<&SocketPacket::payload>{}>;
};
struct SocketConfig {
  std::uint64_t guest_cid = 0;
  bool operator==(const SocketConfig&) const = default;
  using Wire = wire::Layout<&SocketConfig::guest_cid>;
};

}  // namespace virtio
