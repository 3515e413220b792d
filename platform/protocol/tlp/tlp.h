#pragma once
// Transaction layer packets in their non-flit form (PCIe 6.0, 2.2): what two PCIe components say to each other. One
// layout holds every kind; the first byte says which fields follow. Numbers on the wire are big-endian, a payload is
// bytes in address order.
//
// A decoder here refuses a first byte it does not know, a cut packet and a tail. What a packet may say (byte enables,
// 4 KiB boundaries, sizes) is `fault_of`. Prefixes come before a packet and are no part of it (see protocol/ide).
#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "platform/base/bytes.h"
#include "platform/wire/demand.h"
#include "platform/wire/wire.h"

namespace tlp {

// Bus 15:8, device 7:3, function 2:0.
using RequesterId = std::uint16_t;
constexpr RequesterId requester_id(unsigned bus, unsigned device, unsigned function) {
  return static_cast<RequesterId>((bus & 0xff) << 8 | (device & 0x1f) << 3 | (function & 7));
}
constexpr unsigned bus_of(RequesterId id) { return id >> 8; }
constexpr unsigned devfn_of(RequesterId id) { return id & 0xff; }
std::string text_of(RequesterId id);  // "01:00.0"
std::optional<RequesterId> requester_id_of(std::string_view text);

// Fmt 7:5 and Type 4:0, the first byte.
enum class Type : std::uint8_t {
  kMRd32 = 0x00,
  kMRd64 = 0x20,
  kMWr32 = 0x40,
  kMWr64 = 0x60,
  kIoRd = 0x02,
  kIoWr = 0x42,
  kCfgRd0 = 0x04,
  kCfgWr0 = 0x44,
  kCfgRd1 = 0x05,
  kCfgWr1 = 0x45,
  kCpl = 0x0a,
  kCplD = 0x4a,
  kMsg = 0x30,   // with the routing in bits 2:0
  kMsgD = 0x70,  // likewise
};
enum class Routing : std::uint8_t { kToRootComplex, kByAddress, kById, kBroadcast, kLocal, kGather };
enum class Status : std::uint8_t { kSuccess = 0, kUnsupportedRequest = 1, kRetry = 2, kCompleterAbort = 4 };
enum class Flow : std::uint8_t { kPosted, kNonPosted, kCompletion };

inline constexpr std::size_t kPayloadMax = 4096;
inline constexpr std::uint64_t kPage = 4096;
inline constexpr std::uint8_t kMessageErrCor = 0x30, kMessageErrNonfatal = 0x31, kMessageErrFatal = 0x33;

struct Tlp {
  Type type{};
  std::uint8_t class_bits = 0;     // T9 7, TC 6:4, T8 3, Attr2 2, LN 1, TH 0
  std::uint16_t length_bits = 1;   // TD 15, EP 14, Attr 13:12, AT 11:10, length 9:0 in DW (0 = 1024)
  RequesterId requester = 0;       // of the request, also in its completion
  std::uint8_t tag_bits = 0;       // tag 7:0
  std::uint8_t byte_enables = 0;   // last 7:4, first 3:0
  std::uint64_t address = 0;       // memory and IO; bits 1:0 are the PH hint
  RequesterId target = 0;          // config
  std::uint16_t register_bits = 0; // config: extended register 11:8, register 7:2 (together the byte offset)
  RequesterId completer = 0;       // completion
  std::uint16_t status_bits = 0;   // completion: status 15:13, BCM 12, byte count 11:0 (0 = 4096)
  std::uint8_t lower_address = 0;  // completion: 6:0
  std::uint8_t code = 0;           // message
  std::array<std::uint8_t, 8> routing{};  // message: DW2 and DW3
  base::Bytes payload{};
  std::uint32_t digest = 0;  // ECRC, when TD is set

  bool operator==(const Tlp&) const = default;

  bool known() const;
  bool has_data() const { return static_cast<std::uint8_t>(type) & 0x40; }
  bool is_memory() const;
  bool is_io() const { return type == Type::kIoRd || type == Type::kIoWr; }
  bool is_config() const;
  bool is_completion() const { return type == Type::kCpl || type == Type::kCplD; }
  bool is_message() const;
  bool is_write() const { return has_data() && !is_completion() && !is_message(); }
  bool is_request() const { return !is_completion(); }
  bool is_enabled_request() const { return is_request() && !is_message(); }
  bool address_is_32() const { return type == Type::kMRd32 || type == Type::kMWr32 || is_io(); }
  bool address_is_64() const { return type == Type::kMRd64 || type == Type::kMWr64; }
  bool has_digest() const { return length_bits & 0x8000; }
  bool poisoned() const { return length_bits & 0x4000; }
  Flow flow() const;

  std::uint16_t tag() const;  // 10 bits
  void set_tag(std::uint16_t tag);
  unsigned traffic_class() const { return class_bits >> 4 & 7; }
  // 0 untranslated, 1 translation request, 2 translated.
  unsigned address_type() const { return length_bits >> 10 & 3; }
  void set_address_type(unsigned type);
  std::size_t length() const { return (length_bits & 0x3ff) ? (length_bits & 0x3ff) : 1024; }  // DW
  void set_length(std::size_t dwords);
  std::size_t payload_size() const { return has_data() ? 4 * length() : 0; }
  unsigned first_be() const { return byte_enables & 0xf; }
  unsigned last_be() const { return byte_enables >> 4; }
  Status status() const { return static_cast<Status>(status_bits >> 13); }
  std::size_t byte_count() const { return (status_bits & 0xfff) ? (status_bits & 0xfff) : 4096; }
  Routing message_routing() const { return static_cast<Routing>(static_cast<std::uint8_t>(type) & 7); }
  unsigned config_offset() const { return register_bits & 0xffc; }

  using Wire = wire::Layout<
      &Tlp::type, wire::Demand<&Tlp::known, 1>{}, &Tlp::class_bits, wire::Be<&Tlp::length_bits, 2>{},
      wire::When<&Tlp::is_request, wire::Be<&Tlp::requester, 2>{}, &Tlp::tag_bits>{},
      wire::When<&Tlp::is_enabled_request, &Tlp::byte_enables>{},
      wire::When<&Tlp::address_is_32, wire::Be<&Tlp::address, 4>{}>{},
      wire::When<&Tlp::address_is_64, wire::Be<&Tlp::address, 8>{}>{},
      wire::When<&Tlp::is_config, wire::Be<&Tlp::target, 2>{}, wire::Be<&Tlp::register_bits, 2>{}>{},
      wire::When<&Tlp::is_completion, wire::Be<&Tlp::completer, 2>{}, wire::Be<&Tlp::status_bits, 2>{},
                 wire::Be<&Tlp::requester, 2>{}, &Tlp::tag_bits, &Tlp::lower_address>{},
      wire::When<&Tlp::is_message, &Tlp::code, &Tlp::routing>{},
      wire::Run<&Tlp::payload, &Tlp::payload_size>{}, wire::When<&Tlp::has_digest, wire::Be<&Tlp::digest, 4>{}>{}>;
};

inline bool Tlp::known() const {
  switch (type) {
    case Type::kMRd32:
    case Type::kMRd64:
    case Type::kMWr32:
    case Type::kMWr64:
    case Type::kIoRd:
    case Type::kIoWr:
    case Type::kCfgRd0:
    case Type::kCfgWr0:
    case Type::kCfgRd1:
    case Type::kCfgWr1:
    case Type::kCpl:
    case Type::kCplD:
      return true;
    default:
      return is_message();
  }
}

inline bool Tlp::is_memory() const {
  return type == Type::kMRd32 || type == Type::kMRd64 || type == Type::kMWr32 || type == Type::kMWr64;
}

inline bool Tlp::is_config() const {
  return type == Type::kCfgRd0 || type == Type::kCfgWr0 || type == Type::kCfgRd1 || type == Type::kCfgWr1;
}

inline bool Tlp::is_message() const {
  const unsigned high = static_cast<unsigned>(type) & 0xf8;
  return (high == static_cast<unsigned>(Type::kMsg) || high == static_cast<unsigned>(Type::kMsgD)) && (static_cast<unsigned>(type) & 7) <= 5;
}

// ---- builders: packets as an honest component makes them ------------------------------------------------------------

// A byte range, which may start and end inside a DW, within one 4 KiB page and no larger than it. 4 DW headers are for
// addresses from 4 GiB on. A payload is padded with zeroes to whole DW.
Tlp memory_read(RequesterId requester, std::uint16_t tag, std::uint64_t address, std::size_t size);
Tlp memory_write(RequesterId requester, std::uint64_t address, base::View bytes);
// `offset` and `size` stay within one DW. Type 0 is for the bus at the far end of the link, type 1 for buses behind a
// bridge.
Tlp config_read(RequesterId requester, std::uint16_t tag, RequesterId target, unsigned offset, std::size_t size,
                bool type0);
Tlp config_write(RequesterId requester, std::uint16_t tag, RequesterId target, unsigned offset, base::View bytes,
                 bool type0);
// The one completion of a request. `data` is whole DW for a read that succeeds, empty otherwise.
Tlp completion(const Tlp& request, RequesterId completer, Status status, base::View data = {});
Tlp message(RequesterId requester, Routing routing, std::uint8_t code, base::View payload = {});

// ---- reading --------------------------------------------------------------------------------------------------

// The byte range that a memory or config request's enables select: its first byte, and how many up to the last one.
struct ByteRange {
  std::uint64_t address = 0;
  std::size_t size = 0;
  bool operator==(const ByteRange&) const = default;
};
ByteRange range_of(const Tlp& request);
// The selected bytes of a write.
base::View selected(const Tlp& write);
base::Bytes bytes_of(const Tlp& write);

// What makes the packet malformed, in words, or nothing. `size_max`: bytes, the smaller of MPS and MRRS that apply.
std::optional<std::string_view> fault_of(const Tlp& packet, std::size_t size_max = kPayloadMax);

// True only of config requests and completions that are, field by field, what a decoder makes of their bytes: whoever hands one over
// as it is has not told more than its bytes would.
bool reads_back(const Tlp& packet);

std::string name_of(Type type);  // "MRd64", "CplD", "Msg"; "?" when unknown
std::string_view name_of(Status status);
// "MWr64 01:00.0 tag 0x5 4_1000_0020 +4 11223344"
std::string print(const Tlp& packet);

}  // namespace tlp
