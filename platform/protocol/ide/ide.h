#pragma once
// Integrity and data encryption on a PCIe link, non-flit form (PCIe 6.0, 6.33): the prefix that marks a protected
// packet, the packet as it travels, and the arithmetic of nonce, additional data and tag. Who holds which key is the
// business of platform/pcie.
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "platform/base/bytes.h"
#include "platform/protocol/tlp/tlp.h"
#include "platform/wire/wire.h"

namespace ide {

inline constexpr std::uint8_t kPrefixByte = 0x92;
inline constexpr std::size_t kMacSize = 12;
inline constexpr std::uint64_t kFirstCounter = 1;
inline constexpr unsigned kPrSentCounterMax = 0xff;

using Key = base::Block<32>;
using StreamId = std::uint8_t;

enum class SubStream : std::uint8_t { kPosted = 0, kNonPosted = 1, kCompletion = 2 };
inline constexpr std::size_t kSubStreams = 3;
enum class Direction : std::uint8_t { kReceive = 0, kTransmit = 1 };
enum class StreamState : std::uint8_t { kInsecure = 0, kSecure = 2 };

SubStream sub_stream_of(const tlp::Tlp& packet);
std::string_view name_of(SubStream sub_stream);

struct Prefix {
  std::uint8_t type = kPrefixByte;
  std::uint8_t pr_sent_counter = 0;  // on non-posted requests and completions: posted requests sent since the last one
  StreamId stream = 0;
  std::uint8_t flags = 0;  // sub-stream 6:4, P 3, M 2, K 1, T 0
  bool operator==(const Prefix&) const = default;

  bool is_ide() const { return type == kPrefixByte; }
  std::uint8_t sub_stream_bits() const { return flags >> 4 & 7; }
  SubStream sub_stream() const { return static_cast<SubStream>(sub_stream_bits()); }
  bool pcrc() const { return flags & 8; }
  bool mac() const { return flags & 4; }
  unsigned key_set() const { return flags >> 1 & 1; }
  bool trusted() const { return flags & 1; }  // the T bit
  using Wire = wire::Layout<&Prefix::type, wire::Demand<&Prefix::is_ide, 1>{}, &Prefix::pr_sent_counter,
                            &Prefix::stream, &Prefix::flags>;
};
Prefix prefix_of(StreamId stream, SubStream sub_stream, unsigned key_set, bool trusted, std::uint8_t pr_sent_counter);

// A protected packet on the link. The payload of `tlp` and the PCRC are ciphertext. One packet per MAC: aggregation is
// not modelled, so M is always set by an honest sender.
struct Packet {
  Prefix prefix;
  tlp::Tlp tlp;
  std::array<std::uint8_t, 4> pcrc{};
  std::array<std::uint8_t, kMacSize> mac{};
  bool operator==(const Packet&) const = default;
  bool has_pcrc() const { return prefix.pcrc(); }
  bool has_mac() const { return prefix.mac(); }
  using Wire = wire::Layout<&Packet::prefix, &Packet::tlp, wire::When<&Packet::has_pcrc, &Packet::pcrc>{},
                            wire::When<&Packet::has_mac, &Packet::mac>{}>;
};
// Whether bytes on a link claim to be a protected packet.
inline bool is_protected(base::View bytes) { return !bytes.empty() && bytes[0] == kPrefixByte; }

// 96 bits, big-endian: sub-stream in the top nibble, counter in the low 64 bits. The nibble of non-posted and
// completion is inferred from that of posted.
std::array<std::uint8_t, 12> iv_of(SubStream sub_stream, std::uint64_t counter);

// convention: the prefix, then the header, each as on the wire. The public sources do not settle order and masking.
base::Bytes aad_of(const Prefix& prefix, const tlp::Tlp& packet);

// AES-256-GCM with the tag cut to its first 12 bytes (convention: in the cipher's byte order). `packet` leaves with
// its payload encrypted. A PCRC is not computed; P stays clear.
Packet seal(const Key& key, std::uint64_t counter, const Prefix& prefix, tlp::Tlp packet);
// The packet in the clear. `mac_fits` says whether the tag is that of these bytes at this counter: who looks decides
// what follows.
struct Opened {
  tlp::Tlp packet;
  bool mac_fits = false;
};
Opened open(const Key& key, std::uint64_t counter, const Packet& sealed);

// Messages of the protocol itself. convention: code 54h with the kind in the first routing byte; the codes are not
// settled by public sources. Both are local to the link partner of the stream.
inline constexpr std::uint8_t kMessageCode = 0x54;
enum class MessageKind : std::uint8_t { kSync = 0, kFail = 1 };
tlp::Tlp sync_message(tlp::RequesterId requester, StreamId stream, std::uint8_t pr_sent_npr, std::uint8_t pr_sent_cpl);
tlp::Tlp fail_message(tlp::RequesterId requester, StreamId stream);
struct Message {
  MessageKind kind{};
  StreamId stream = 0;
  std::uint8_t pr_sent_npr = 0;
  std::uint8_t pr_sent_cpl = 0;
};
std::optional<Message> message_of(const tlp::Tlp& packet);

}  // namespace ide
