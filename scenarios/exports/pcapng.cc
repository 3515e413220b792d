#include "scenarios/exports/pcapng.h"

#include <algorithm>

namespace exports {

namespace {

// Blocks and options of the IETF draft "PCAP Next Generation (pcapng) Capture File Format".
constexpr std::uint32_t kSection = 0x0a0d0d0a, kInterface = 1, kPacket = 6;
constexpr std::uint16_t kComment = 1, kName = 2, kFlags = 2, kTimeResolution = 9, kApplication = 4;
constexpr std::uint8_t kPicoseconds = 12;  // a power of ten
constexpr std::uint32_t kInbound = 1, kOutbound = 2;
constexpr std::size_t kOptionBytesMax = 0xfff0;

class Block {
 public:
  explicit Block(std::uint32_t type) { word(type), word(0); }
  void half(std::uint16_t value) { base::append_le(bytes_, value); }
  void word(std::uint32_t value) { base::append_le(bytes_, value); }
  void padded(base::View view) {
    base::append(bytes_, view);
    bytes_.resize((bytes_.size() + 3) / 4 * 4);
  }
  void option(std::uint16_t code, base::View value) {
    if (value.empty()) return;
    value = value.first(std::min(value.size(), kOptionBytesMax));
    half(code), half(static_cast<std::uint16_t>(value.size())), padded(value);
  }
  void append_to(base::Bytes& out) {
    word(0);  // the end of the options
    const auto size = static_cast<std::uint32_t>(bytes_.size() + 4);
    word(size);
    base::store_le(bytes_, 4, size);
    base::append(out, bytes_);
  }

 private:
  base::Bytes bytes_;
};

}  // namespace

base::Bytes pcapng(const std::string& comment, const std::vector<Interface>& interfaces, const std::vector<Frame>& frames) {
  base::Bytes out;
  Block section(kSection);
  section.word(0x1a2b3c4d);                          // tells the byte order
  section.half(1), section.half(0);                  // version 1.0
  section.word(0xffffffff), section.word(0xffffffff);  // of unknown length
  section.option(kComment, base::view_of(comment));
  section.option(kApplication, base::view_of("glacis"));
  section.append_to(out);
  for (const auto& interface : interfaces) {
    Block block(kInterface);
    block.half(static_cast<std::uint16_t>(interface.link)), block.half(0);
    block.word(0);  // packets are never cut
    block.option(kName, base::view_of(interface.name));
    block.option(kTimeResolution, base::View(&kPicoseconds, 1));
    block.append_to(out);
  }
  for (const auto& frame : frames) {
    Block block(kPacket);
    block.word(static_cast<std::uint32_t>(frame.interface));
    block.word(static_cast<std::uint32_t>(frame.time >> 32)), block.word(static_cast<std::uint32_t>(frame.time));
    const auto size = static_cast<std::uint32_t>(frame.bytes.size());
    block.word(size), block.word(size);
    block.padded(frame.bytes);
    block.option(kComment, base::view_of(frame.comment));
    base::Bytes flags;
    base::append_le(flags, frame.reply ? kInbound : kOutbound);
    block.option(kFlags, flags);
    block.append_to(out);
  }
  return out;
}

}  // namespace exports
