#include "scenarios/gateway/pcap.h"

#include <algorithm>

namespace gateway {

base::Bytes encode_pcap(LinkType type, const std::vector<Packet>& packets) {
  base::Bytes out;
  const auto word = [&](std::uint64_t value) { base::append_le<std::uint32_t>(out, static_cast<std::uint32_t>(value)); };
  word(0xA1B2'C3D4);
  word(2 | 4 << 16);  // major, minor
  word(0);            // time zone
  word(0);            // accuracy
  word(kPcapSnapBytes);
  word(static_cast<std::uint32_t>(type));
  for (const auto& packet : packets) {
    const std::uint64_t micros = packet.time / 1'000'000;
    const std::size_t kept = std::min<std::size_t>(packet.bytes.size(), kPcapSnapBytes);
    word(micros / 1'000'000);
    word(micros % 1'000'000);
    word(kept);
    word(packet.bytes.size());
    base::append(out, base::View(packet.bytes).first(kept));
  }
  return out;
}

}  // namespace gateway
