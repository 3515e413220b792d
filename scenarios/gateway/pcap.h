#pragma once
// A capture file in the classic pcap format, version 2.4, little-endian, with simulated time (cut to microseconds) as its time.
#include <cstdint>
#include <vector>

#include "platform/base/bytes.h"

namespace gateway {

// 292 is what SPDM tools use for a PCI DOE object from its first dword, and 291 for MCTP; neither is registered under that meaning.
// 125 is registered for PCI Express, without a form: here a packet is a TLP from its first prefix or header byte to its last data byte.
enum class LinkType : std::uint32_t { kPciExpress = 125, kMctp = 291, kPciDoe = 292 };

struct Packet {
  std::uint64_t time = 0;  // picoseconds
  base::Bytes bytes;
};

inline constexpr std::uint32_t kPcapSnapBytes = 65536;  // readers of SPDM captures refuse more; longer packets are cut and say so

base::Bytes encode_pcap(LinkType type, const std::vector<Packet>& packets);

}  // namespace gateway
