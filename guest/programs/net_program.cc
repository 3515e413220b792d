// Guests that use a network card, outside of their trust boundary and within it.
#include <functional>

#include "guest/abi/guest_defences.h"
#include "guest/programs/device_look.h"
#include "guest/programs/device_taking.h"
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

  // Pages of this attribute, each let to the card by `lend`.
  bool prepare(int attribute, const std::function<bool(std::uint64_t gpa, bool writable)>& lend) {
    for (auto [name, page, writable] : {std::tuple{"out-ring", &out_ring_, true}, std::tuple{"in-ring", &in_ring_, true},
                                        std::tuple{"to-device", &out_, false}, std::tuple{"from-device", &in_, true}}) {
      *page = guest_.alloc(name, kPage, attribute);
      guest_.write(*page, base::Bytes(kPage));
      if (!lend(*page, writable)) return false;
    }
    return true;
  }
  bool start() {
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
    // A read from the device pushes its posted writes ahead of it (PCIe 6.0, 2.4.1): what is not there then never comes.
    if (!set(nic::kTransmitRing + nic::kRingTail, 1) || get(nic::kStatus) != 0) return false;
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
  std::optional<std::uint64_t> get(std::uint64_t offset) {
    const auto bytes = guest_.device_read(device_, 0, offset, 8);
    if (!bytes) return std::nullopt;
    return base::load_le<std::uint64_t>(*bytes);
  }
  bool set(std::uint64_t offset, std::uint64_t value) {
    base::Bytes bytes;
    base::append_le(bytes, value);
    return guest_.device_write(device_, 0, offset, bytes);
  }
  abi::Guest& guest_;
  const char* device_;
  std::uint64_t out_ring_ = 0, in_ring_ = 0, out_ = 0, in_ = 0;
};

// A public frame out and its echo back: a network reads what goes over it. False: there was none.
bool send_and_compare(abi::Guest& guest, NetDriver& card) {
  const auto own = card.start() ? card.address() : std::nullopt;
  if (!own) return false;
  base::Bytes frame = base::bytes_of(kEcho);
  base::append(frame, *own);
  base::append(frame, kEtherType);
  base::append(frame, guest.random(kFrame - frame.size()));
  guest.moment("using");
  if (!card.send(frame)) return false;
  guest.moment("sent");
  const auto back = card.receive();
  if (!back || back->size() != kFrame || !std::equal(own->begin(), own->end(), back->begin())) return false;
  guest.promise("integrity", std::equal(back->begin() + 12, back->end(), frame.begin() + 12));
  return true;
}

}  // namespace

// net-untrusted DEVICE
void net_untrusted(abi::Guest& guest, const std::vector<std::string>& args) {
  const std::string name = args.empty() ? "nic0" : args[0];
  NetDriver card(guest, name.c_str());
  const auto share = [&](std::uint64_t gpa, bool) { return guest.device_share(name.c_str(), gpa, kPage); };
  guest.ends(card.prepare(GLACIS_SHARED, share) && send_and_compare(guest, card) ? "net-done" : "net-failed");
}

// net-trusted DEVICE
void net_trusted(abi::Guest& guest, const std::vector<std::string>& args) {
  const std::string name = args.empty() ? "nic0" : args[0];
  const char* device = name.c_str();
  abi::GuestDefences defences(guest, device_rows());
  const auto taking = taking_of(guest, name, defences.get());
  if (!taking) return guest.ends("no-policy");
  NetDriver card(guest, device);
  const auto lend = [&](std::uint64_t gpa, bool writable) { return taking->lend(gpa, kPage, writable); };
  const bool worked = taking->take({}) && card.prepare(GLACIS_PRIVATE, lend) && taking->lent() && send_and_compare(guest, card) &&
                      taking->give_back();
  if (!worked) taking->let_go();
  guest.ends(worked ? "net-done" : "net-failed");
}

}  // namespace programs
