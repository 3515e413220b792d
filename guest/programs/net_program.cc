// A guest that uses a network card outside of its trust boundary.
#include "guest/programs/programs.h"
#include "platform/protocol/nic/nic.h"

namespace programs {

namespace {

constexpr std::uint64_t kPage = 4096, kEntries = 4;
constexpr std::size_t kFrame = 64;
constexpr std::uint8_t kEcho[] = {0x02, 'G', 'L', 0, 0, 0xee};
constexpr std::uint8_t kEtherType[] = {0x88, 0xb5};  // for experiments (IEEE 802)

// The card, its rings and buffers in memory that it reaches.
class NetDriver {
 public:
  NetDriver(abi::Guest& guest, const char* device) : guest_(guest), device_(device) {}

  bool start() {
    for (auto* page : {&out_ring_, &in_ring_, &out_, &in_}) {
      static constexpr const char* kNames[] = {"out-ring", "in-ring", "to-device", "from-device"};
      *page = guest_.alloc(kNames[named_++], kPage, GLACIS_SHARED);
      guest_.write(*page, base::Bytes(kPage));
      if (!guest_.device_share(device_, *page, kPage)) return false;
    }
    guest_.write(in_ring_, wire::encode(nic::Descriptor{.address = in_, .length = nic::kFrameMax}));
    return set(nic::kControl, 0) && set(nic::kTransmitRing + nic::kRingBase, out_ring_) &&
           set(nic::kTransmitRing + nic::kRingSize, kEntries) && set(nic::kReceiveRing + nic::kRingBase, in_ring_) &&
           set(nic::kReceiveRing + nic::kRingSize, kEntries) && set(nic::kControl, nic::kControlTransmit | nic::kControlReceive) &&
           set(nic::kReceiveRing + nic::kRingTail, 1);
  }
  std::optional<base::Bytes> address() {
    const auto bytes = guest_.device_read(device_, 0, nic::kAddress, 8);
    if (!bytes) return std::nullopt;
    return base::bytes_of(base::View(*bytes).first(6));
  }
  bool send(base::View frame) {
    guest_.write(out_, frame);
    guest_.write(out_ring_, wire::encode(nic::Descriptor{.address = out_, .length = static_cast<std::uint16_t>(frame.size())}));
    if (!set(nic::kTransmitRing + nic::kRingTail, 1)) return false;
    const auto done = wire::decode<nic::Descriptor>(guest_.read(out_ring_, nic::kDescriptorSize));
    return done && done->flags == nic::kDone;
  }
  // The length is the card's word: taken once, and held against the room there is.
  std::optional<base::Bytes> receive() {
    const auto there = wire::decode<nic::Descriptor>(guest_.read(in_ring_, nic::kDescriptorSize));
    if (!there || there->flags != nic::kDone || there->length < nic::kFrameMin || there->length > nic::kFrameMax) return std::nullopt;
    return guest_.read(in_, there->length);
  }

 private:
  bool set(std::uint64_t offset, std::uint64_t value) {
    base::Bytes bytes;
    base::append_le(bytes, value);
    return guest_.device_write(device_, 0, offset, bytes);
  }
  abi::Guest& guest_;
  const char* device_;
  std::uint64_t out_ring_ = 0, in_ring_ = 0, out_ = 0, in_ = 0;
  unsigned named_ = 0;
};

}  // namespace

// net-untrusted DEVICE
void net_untrusted(abi::Guest& guest, const std::vector<std::string>& args) {
  const std::string name = args.empty() ? "nic0" : args[0];
  NetDriver card(guest, name.c_str());
  const auto own = card.start() ? card.address() : std::nullopt;
  if (!own) return guest.ends("net-failed");
  // Public: a network reads what goes over it.
  base::Bytes frame = base::bytes_of(kEcho);
  base::append(frame, *own);
  base::append(frame, kEtherType);
  base::append(frame, guest.random(kFrame - frame.size()));
  guest.moment("using");
  if (!card.send(frame)) return guest.ends("net-failed");
  guest.moment("sent");
  const auto back = card.receive();
  const bool right = back && back->size() == kFrame && std::equal(own->begin(), own->end(), back->begin());
  if (!right) return guest.ends("net-failed");
  guest.promise("integrity", std::equal(back->begin() + 12, back->end(), frame.begin() + 12));
  guest.ends("net-done");
}

}  // namespace programs
