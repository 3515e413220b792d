#pragma once
// Integrity and data encryption on a PCIe link, non-flit form (PCIe 6.0, 6.33): the prefix that marks a protected
// packet, the packet as it travels, and the arithmetic of nonce, additional data and tag. Who holds which key is the
// business of platform/pcie.
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "platform/base/bytes.h"
#include "platform/crypto/aead.h"
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
inline constexpr std::uint8_t kFlagPcrc = 8, kFlagMac = 4;
Prefix prefix_of(StreamId stream, SubStream sub_stream, unsigned key_set, bool trusted, std::uint8_t pr_sent_counter);

// A protected packet on the link. The payload of `tlp` and the PCRC are ciphertext. Several packets of a sub-stream may
// share one MAC, which the last of them carries.
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
// What wire::decode takes, without a word about what it does not.
std::optional<Packet> read_packet(base::View bytes);
// Whether bytes on a link claim to be a protected packet.
inline bool is_protected(base::View bytes) { return !bytes.empty() && bytes[0] == kPrefixByte; }

// 96 bits, big-endian: sub-stream in the top nibble, counter in the low 64 bits. The nibble of non-posted and
// completion is inferred from that of posted.
std::array<std::uint8_t, 12> iv_of(SubStream sub_stream, std::uint64_t counter);

// Packets of one sub-stream under one MAC: a unit (PCIe 6.0, 6.33.5). At most 2, 4 or 8 of them, as the code in a
// control register says.
inline constexpr unsigned kAggregationCodeMax = 3;
constexpr unsigned aggregation_of(unsigned code) { return 1u << (code & 3); }

// convention: the prefix, then the header, each as on the wire; in a unit, those of all its packets in their order. The
// public sources do not settle order and masking.
void append_aad(base::Bytes& to, const Prefix& prefix, const tlp::Tlp& packet);

// convention: the CRC that an ECRC is (polynomial 04C11DB7h, seed all ones, complemented), over header and payload in
// the clear, least significant byte first. It protects data from its source to where it is used, and comes only with
// packets that have data.
std::array<std::uint8_t, 4> pcrc_of(const tlp::Tlp& packet);

// AES-256-GCM with the tag cut to its first 12 bytes (convention: in the cipher's byte order). One of these for each key
// in use; it holds the packets of a unit under way, and adds one to its counter for each unit.
class Sealer {
 public:
  explicit Sealer(const Key& key, crypto::GcmPath path = crypto::GcmPath::kFastest) : cipher_(key, path) {}
  // The packet as it goes onto the wire. With M the unit ends here.
  base::Bytes seal(const Prefix& prefix, const tlp::Tlp& packet);
  std::uint64_t counter() const { return counter_; }
  std::size_t under_way() const { return count_; }

 private:
  crypto::Aes256Gcm cipher_;
  std::uint64_t counter_ = kFirstCounter;
  std::size_t count_ = 0;
  base::Bytes aad_, plain_, scratch_;
};

class Opener {
 public:
  explicit Opener(const Key& key, crypto::GcmPath path = crypto::GcmPath::kFastest) : cipher_(key, path) {}
  // All packets of a unit, the last with M: decrypted in place, wherever the MAC is looked for. `found` is the counter
  // nearest to the next one, which is looked at first, at which it fits; without one the packets are what they would be
  // at the next.
  // `head`: the additional data of a unit of one packet, where it is at hand as it came.
  bool open(std::span<Packet> unit, base::View head, std::uint64_t* found);
  std::uint64_t counter() const { return counter_; }
  void passed(std::uint64_t counter) { counter_ = counter + 1 > counter_ ? counter + 1 : counter_; }

 private:
  crypto::Aes256Gcm cipher_;
  std::uint64_t counter_ = kFirstCounter;
  base::Bytes aad_, sealed_, plain_;
};
// The additional data of a packet alone under its MAC, as a part of its bytes on the wire; empty where it is no such part.
base::View head_of(const Packet& packet, base::View bytes);

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
