// A guest that takes a device into its trust boundary and works with it.
#include "guest/abi/guest_defences.h"
#include "guest/programs/programs.h"
#include "platform/protocol/accelerator/registers.h"
#include "platform/protocol/tio/calls.h"
#include "platform/requester/assignment.h"
#include "platform/requester/rows.h"

namespace programs {

namespace {

constexpr std::uint64_t kPage = 4096, kPayload = 64;
constexpr std::uint8_t kStream = 1;
constexpr tdisp::FunctionId kFunction{.bits = 0x0100};  // as the topology of the machine file has it: bus 1, device 0
constexpr std::uint16_t kLockFlags = tdisp::kLockNoFwUpdate;

// The root port's end of the stream, through whoever holds its keys.
class RootPortKeys final : public requester::PeerPort {
 public:
  RootPortKeys(abi::Guest& guest, const char* device) : guest_(guest), device_(device) {}
  bool program(std::uint8_t stream, const requester::MirrorKey& key) override {
    const tio::ProgramKey call{.stream = stream, .key_set = static_cast<std::uint8_t>(key.key_set),
                               .direction = static_cast<std::uint8_t>(key.direction),
                               .sub_stream = static_cast<std::uint8_t>(key.sub_stream), .key = key.key};
    return guest_.device_call(device_, static_cast<std::uint32_t>(tio::Call::kProgramKey), wire::encode(call));
  }
  bool go(std::uint8_t stream, unsigned key_set, ide::Direction direction) override {
    const tio::Go call{.stream = stream, .key_set = static_cast<std::uint8_t>(key_set), .direction = static_cast<std::uint8_t>(direction)};
    return guest_.device_call(device_, static_cast<std::uint32_t>(tio::Call::kGo), wire::encode(call));
  }

 private:
  abi::Guest& guest_;
  const char* device_;
};

// The accelerator's registers.
class Card {
 public:
  Card(abi::Guest& guest, const char* device) : guest_(guest), device_(device) {}
  // One command, to its end.
  bool run(accelerator::Command command, std::uint64_t source, std::uint64_t destination, std::uint64_t length) {
    return set(accelerator::kSource, source) && set(accelerator::kDestination, destination) && set(accelerator::kLength, length) &&
           set(accelerator::kCommand, static_cast<std::uint64_t>(command)) && set(accelerator::kDoorbell, 1) &&
           get(accelerator::kStatus) == static_cast<std::uint64_t>(accelerator::Status::kDone);
  }

 private:
  bool set(std::uint64_t offset, std::uint64_t value) {
    base::Bytes bytes;
    base::append_le<std::uint64_t>(bytes, value);
    return guest_.device_write(device_, 0, offset, bytes);
  }
  std::uint64_t get(std::uint64_t offset) {
    const auto bytes = guest_.device_read(device_, 0, offset, 8);
    return bytes ? base::load_le<std::uint64_t>(*bytes) : ~std::uint64_t{0};
  }
  abi::Guest& guest_;
  const char* device_;
};

bool call(abi::Guest& guest, const char* device, tio::Call which, base::View in) {
  return guest.device_call(device, static_cast<std::uint32_t>(which), in);
}

// A payload from private memory to the card and back.
bool use(abi::Guest& guest, const char* device) {
  const auto out = guest.alloc("to-device", kPage), in = guest.alloc("from-device", kPage);
  for (const auto page : {out, in})
    if (!call(guest, device, tio::Call::kMapDma, wire::encode(tio::MapDma{.gpa = page, .bytes = kPage}))) return false;
  const auto payload = guest.random(kPayload);
  guest.secret("payload", payload);
  guest.write(out, payload);
  guest.write(in, base::Bytes(kPayload));
  guest.moment("using");
  Card card(guest, device);
  if (!card.run(accelerator::Command::kFetch, out, 0, kPayload)) return false;
  guest.moment("computed");
  if (!card.run(accelerator::Command::kGive, 0, in, kPayload)) return false;
  return guest.read(in, kPayload) == payload;
}

}  // namespace

std::vector<const trust::Defence*> device_rows() { return requester::rows(); }

// assign-and-use DEVICE
void assign_and_use(abi::Guest& guest, const std::vector<std::string>& args) {
  const std::string name = args.empty() ? "gpu0" : args[0];
  const char* device = name.c_str();
  abi::GuestDefences defences(guest, device_rows());
  requester::Assignment device_side(
      {}, kFunction,
      [&guest](std::span<std::uint8_t> out) {
        const auto bytes = guest.random(out.size());
        std::copy(bytes.begin(), bytes.end(), out.begin());
      },
      [&guest, device](base::View object) { return guest.device_object(device, object); }, defences.get(), "guest");
  RootPortKeys port(guest, device);

  const auto failed = [&] {
    (void)call(guest, device, tio::Call::kRelease, wire::encode(tio::Bind{kStream}));
    guest.ends("assignment-failed");
  };
  const auto reach = [&](const char* moment, bool ok) {
    if (ok) guest.moment(moment);
    return ok;
  };
  if (!reach("connected", static_cast<bool>(device_side.connect()))) return failed();
  if (!reach("certified", static_cast<bool>(device_side.read_certificates()))) return failed();
  if (!reach("in-session", static_cast<bool>(device_side.open_session(0)))) return failed();
  if (!reach("measured", static_cast<bool>(device_side.measure(0)))) return failed();
  if (!reach("keyed", static_cast<bool>(device_side.key_stream(kStream, 0, port)))) return failed();
  if (!reach("versions", static_cast<bool>(device_side.ask_interface()))) return failed();
  if (!reach("locked", static_cast<bool>(device_side.lock({.flags = kLockFlags, .default_stream = kStream})))) return failed();
  if (!reach("reported", static_cast<bool>(device_side.read_report()))) return failed();
  if (!reach("bound", call(guest, device, tio::Call::kBind, wire::encode(tio::Bind{kStream})))) return failed();
  if (!reach("started", static_cast<bool>(device_side.start()))) return failed();
  auto state = device_side.state();
  if (!state || *state != tdisp::State::kRun) return failed();
  guest.device_accept(device, kLockFlags);
  if (!use(guest, device)) return failed();
  guest.moment("used");
  if (!device_side.stop()) return failed();
  (void)call(guest, device, tio::Call::kRelease, wire::encode(tio::Bind{kStream}));
  if (!device_side.close_session()) return failed();
  guest.ends("assignment-done");
}

}  // namespace programs
