#include "platform/protocol/tlp/tlp.h"

#include <algorithm>
#include <bit>
#include <cstdio>

namespace tlp {
namespace {

unsigned bits_of(Type type) { return static_cast<std::uint8_t>(type); }

void set_range(Tlp& packet, std::uint64_t address, std::size_t size) {
  const std::uint64_t first = address & 3, last = (address + size - 1) & 3;
  packet.set_length(size == 0 ? 1 : (first + size + 3) / 4);
  unsigned first_be = 0xf << first & 0xf, last_be = 0xf >> (3 - last);
  if (size == 0) packet.byte_enables = 0;
  else if (packet.length() == 1) packet.byte_enables = static_cast<std::uint8_t>(first_be & last_be);
  else packet.byte_enables = static_cast<std::uint8_t>(last_be << 4 | first_be);
  packet.address = address & ~3ull;
}

bool contiguous(unsigned be) {
  while (be && !(be & 1)) be >>= 1;
  return (be & (be + 1)) == 0;
}

// Bytes of `data` placed at their offset in whole DW.
base::Bytes padded(std::uint64_t address, base::View data) {
  const std::size_t skip = address & 3;
  base::Bytes out((skip + data.size() + 3) / 4 * 4);
  std::copy(data.begin(), data.end(), out.begin() + static_cast<std::ptrdiff_t>(skip));
  return out;
}

}  // namespace

std::string text_of(RequesterId id) {
  char text[16];
  std::snprintf(text, sizeof text, "%02x:%02x.%u", bus_of(id), devfn_of(id) >> 3, devfn_of(id) & 7);
  return text;
}

std::optional<RequesterId> requester_id_of(std::string_view text) {
  auto digit = [](char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; };
  if (text.size() != 7 || text[2] != ':' || text[5] != '.') return std::nullopt;
  for (std::size_t i : {0u, 1u, 3u, 4u, 6u})
    if (digit(text[i]) < 0) return std::nullopt;
  const int device = digit(text[3]) << 4 | digit(text[4]), function = digit(text[6]);
  if (device > 31 || function > 7) return std::nullopt;
  return requester_id(static_cast<unsigned>(digit(text[0]) << 4 | digit(text[1])), static_cast<unsigned>(device),
                      static_cast<unsigned>(function));
}

Flow Tlp::flow() const {
  if (is_completion()) return Flow::kCompletion;
  if (is_message() || type == Type::kMWr32 || type == Type::kMWr64) return Flow::kPosted;
  return Flow::kNonPosted;
}

std::uint16_t Tlp::tag() const {
  return static_cast<std::uint16_t>((class_bits & 0x80) << 2 | (class_bits & 0x08) << 5 | tag_bits);
}

void Tlp::set_tag(std::uint16_t tag) {
  class_bits = static_cast<std::uint8_t>((class_bits & 0x77) | (tag >> 2 & 0x80) | (tag >> 5 & 0x08));
  tag_bits = static_cast<std::uint8_t>(tag);
}

void Tlp::set_address_type(unsigned value) {
  length_bits = static_cast<std::uint16_t>((length_bits & ~0xc00u) | (value & 3) << 10);
}

void Tlp::set_length(std::size_t dwords) {
  length_bits = static_cast<std::uint16_t>((length_bits & ~0x3ffu) | (dwords & 0x3ff));
}

Tlp memory_read(RequesterId requester, std::uint16_t tag, std::uint64_t address, std::size_t size) {
  Tlp packet{.type = address >> 32 ? Type::kMRd64 : Type::kMRd32, .requester = requester};
  packet.set_tag(tag);
  set_range(packet, address, size);
  return packet;
}

Tlp memory_write(RequesterId requester, std::uint64_t address, base::View bytes) {
  Tlp packet{.type = address >> 32 ? Type::kMWr64 : Type::kMWr32, .requester = requester};
  set_range(packet, address, bytes.size());
  packet.payload = padded(address, bytes);
  packet.payload.resize(packet.payload_size());
  return packet;
}

Tlp config_read(RequesterId requester, std::uint16_t tag, RequesterId target, unsigned offset, std::size_t size,
                bool type0) {
  Tlp packet{.type = type0 ? Type::kCfgRd0 : Type::kCfgRd1, .requester = requester};
  packet.set_tag(tag);
  set_range(packet, offset, size);
  packet.address = 0;
  packet.target = target;
  packet.register_bits = static_cast<std::uint16_t>(offset & 0xffc);
  return packet;
}

Tlp config_write(RequesterId requester, std::uint16_t tag, RequesterId target, unsigned offset, base::View bytes,
                 bool type0) {
  Tlp packet = config_read(requester, tag, target, offset, bytes.size(), type0);
  packet.type = type0 ? Type::kCfgWr0 : Type::kCfgWr1;
  packet.payload = padded(offset, bytes);
  return packet;
}

Tlp completion(const Tlp& request, RequesterId completer, Status status, base::View data) {
  Tlp packet{.type = data.empty() ? Type::kCpl : Type::kCplD, .requester = request.requester};
  packet.set_tag(request.tag());
  packet.class_bits = static_cast<std::uint8_t>(packet.class_bits | (request.class_bits & 0x70));
  packet.completer = completer;
  packet.set_length(data.empty() ? 0 : data.size() / 4);
  std::size_t count = 4;
  if (request.is_memory()) {
    count = range_of(request).size;
    if (count == 0) count = 1;  // a zero-length read completes with one DW and a count of 1
    packet.lower_address = static_cast<std::uint8_t>(range_of(request).address & 0x7f);
  }
  packet.status_bits = static_cast<std::uint16_t>(static_cast<unsigned>(status) << 13 | (count & 0xfff));
  packet.payload = base::bytes_of(data);
  return packet;
}

Tlp message(RequesterId requester, Routing routing, std::uint8_t code, base::View payload) {
  const unsigned kind = bits_of(payload.empty() ? Type::kMsg : Type::kMsgD);
  Tlp packet{.type = static_cast<Type>(kind | static_cast<unsigned>(routing)), .requester = requester};
  packet.code = code;
  packet.set_length(payload.size() / 4);
  packet.payload = base::bytes_of(payload);
  return packet;
}

ByteRange range_of(const Tlp& request) {
  const std::uint64_t base = request.is_config() ? request.config_offset() : request.address & ~3ull;
  const unsigned first = request.first_be(), last = request.length() == 1 ? first : request.last_be();
  if (first == 0 || last == 0) return {base, 0};
  const auto begin = static_cast<std::size_t>(std::countr_zero(first));
  const auto end = 4 * (request.length() - 1) + static_cast<std::size_t>(std::bit_width(last));
  return {base + begin, end - begin};
}

base::View selected(const Tlp& write) {
  auto range = range_of(write);
  const std::size_t skip = range.address & 3;
  if (skip + range.size > write.payload.size()) return {};
  return base::View(write.payload).subspan(skip, range.size);
}

base::Bytes bytes_of(const Tlp& write) { return base::bytes_of(selected(write)); }

std::optional<std::string_view> fault_of(const Tlp& packet, std::size_t size_max) {
  if (!packet.known()) return "an unknown type";
  if (packet.payload.size() != packet.payload_size()) return "the payload is not as long as the header says";
  if (packet.has_data() && packet.payload.size() > size_max) return "the payload is larger than allowed";
  if (packet.is_config() || packet.is_io()) {
    if (packet.length() != 1) return "a config or IO request of more than one DW";
    if (packet.last_be() != 0) return "last byte enables in a request of one DW";
    return std::nullopt;
  }
  if (!packet.is_memory()) return std::nullopt;
  const std::size_t length = packet.length();
  const unsigned first = packet.first_be(), last = packet.last_be();
  if (4 * length > size_max) return "more bytes than allowed";
  if (length == 1 && last != 0) return "last byte enables in a request of one DW";
  if (length > 1 && (first == 0 || last == 0)) return "a longer request with empty byte enables";
  const bool aligned_pair = length == 2 && packet.address % 8 == 0;
  const bool joined = contiguous(first) && contiguous(last) && first & 8 && last & 1;
  if (length > 1 && !aligned_pair && !joined) return "byte enables with a gap";
  if ((packet.address & (kPage - 1)) + 4 * length > kPage) return "a request that crosses 4 KiB";
  if (packet.address_is_64() && packet.address >> 32 == 0) return "a 64-bit header for an address below 4 GiB";
  return std::nullopt;
}

bool reads_back(const Tlp& packet) {
  if (packet.has_digest() || packet.digest != 0 || packet.address != 0 || packet.code != 0 || packet.routing != decltype(packet.routing){} ||
      packet.payload.size() != packet.payload_size())
    return false;
  if (packet.is_completion()) return packet.byte_enables == 0 && packet.target == 0 && packet.register_bits == 0;
  return packet.is_config() && packet.completer == 0 && packet.status_bits == 0 && packet.lower_address == 0;
}

std::string name_of(Type type) {
  switch (type) {
    case Type::kMRd32: return "MRd32";
    case Type::kMRd64: return "MRd64";
    case Type::kMWr32: return "MWr32";
    case Type::kMWr64: return "MWr64";
    case Type::kIoRd: return "IORd";
    case Type::kIoWr: return "IOWr";
    case Type::kCfgRd0: return "CfgRd0";
    case Type::kCfgWr0: return "CfgWr0";
    case Type::kCfgRd1: return "CfgRd1";
    case Type::kCfgWr1: return "CfgWr1";
    case Type::kCpl: return "Cpl";
    case Type::kCplD: return "CplD";
    default: break;
  }
  Tlp probe{.type = type};
  if (!probe.is_message()) return "?";
  return probe.has_data() ? "MsgD" : "Msg";
}

std::string_view name_of(Status status) {
  switch (status) {
    case Status::kSuccess: return "SC";
    case Status::kUnsupportedRequest: return "UR";
    case Status::kRetry: return "RRS";
    case Status::kCompleterAbort: return "CA";
  }
  return "?";
}

std::string print(const Tlp& packet) {
  char text[64];
  std::string out = name_of(packet.type) + " " + text_of(packet.requester);
  if (packet.flow() != Flow::kPosted) {
    std::snprintf(text, sizeof text, " tag 0x%x", packet.tag());
    out += text;
  }
  if (packet.is_memory() || packet.is_io()) {
    auto range = range_of(packet);
    if (range.address >> 32)
      std::snprintf(text, sizeof text, " %llx_%04llx_%04llx", static_cast<unsigned long long>(range.address >> 32),
                    static_cast<unsigned long long>(range.address >> 16 & 0xffff),
                    static_cast<unsigned long long>(range.address & 0xffff));
    else
      std::snprintf(text, sizeof text, " %04llx_%04llx", static_cast<unsigned long long>(range.address >> 16),
                    static_cast<unsigned long long>(range.address & 0xffff));
    out += text;
    out += " +" + std::to_string(range.size);
  } else if (packet.is_config()) {
    std::snprintf(text, sizeof text, " %s reg 0x%03x be %x", text_of(packet.target).c_str(), packet.config_offset(),
                  packet.first_be());
    out += text;
  } else if (packet.is_completion()) {
    std::snprintf(text, sizeof text, " from %s count %zu ", text_of(packet.completer).c_str(), packet.byte_count());
    out += text;
    out += name_of(packet.status());
  } else {
    std::snprintf(text, sizeof text, " code 0x%02x", packet.code);
    out += text;
  }
  if (packet.poisoned()) out += " poisoned";
  if (!packet.payload.empty()) out += " " + base::to_hex(packet.payload);
  return out;
}

}  // namespace tlp
