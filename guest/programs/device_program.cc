// A guest that takes a device into its trust boundary and works with it.
#include <functional>

#include "guest/abi/guest_defences.h"
#include "guest/device_trust/collect.h"
#include "guest/device_trust/judge.h"
#include "guest/programs/programs.h"
#include "platform/protocol/accelerator/registers.h"
#include "platform/protocol/tio/calls.h"
#include "platform/crypto/calendar_time.h"
#include "platform/protocol/spdm/measurements.h"
#include "platform/requester/assignment.h"
#include "platform/requester/doe.h"
#include "platform/requester/rows.h"

namespace programs {

namespace {

constexpr std::uint64_t kPage = 4096, kPayload = 64;
constexpr std::uint8_t kStream = 1;
constexpr tdisp::FunctionId kFunction{.bits = 0x0100};  // as the topology of the machine file has it: bus 1, device 0
constexpr std::uint16_t kMsixRange = 2;  // BAR 2 holds the interrupt table alone, which this guest leaves to the host
constexpr std::uint16_t kLockFlags = tdisp::kLockNoFwUpdate;

// The root port's end of the stream, through whoever holds its keys.
class RootPortKeys final : public requester::PeerPort {
 public:
  RootPortKeys(abi::Guest& guest, const char* device) : guest_(guest), device_(device) {}
  bool program(std::uint8_t stream, const requester::MirrorKey& key) override {
    const tio::ProgramKey call{.stream = stream, .key_set = static_cast<std::uint8_t>(key.key_set),
                               .direction = static_cast<std::uint8_t>(key.direction),
                               .sub_stream = static_cast<std::uint8_t>(key.sub_stream), .key = key.key};
    guest_.secret("stream-key", key.key);
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

constexpr std::uint32_t kIds = 0x00, kClass = 0x08, kBar0 = 0x10, kBar2 = 0x18, kSubsystem = 0x2c, kCapabilities = 0x34;  // configuration space
constexpr std::uint32_t kMsixCapability = 0x11;
constexpr int kHopsMax = 48;

// What the guest sees of the device, through the host.
device_trust::Seen look(abi::Guest& guest, const char* device) {
  const auto dword = [&](std::uint32_t offset) { return guest.device_config(device, offset); };
  device_trust::Seen seen;
  seen.interface = kFunction;
  seen.identity = {.vendor_id = static_cast<std::uint16_t>(dword(kIds)), .device_id = static_cast<std::uint16_t>(dword(kIds) >> 16),
                   .class_code = dword(kClass) >> 8, .revision = static_cast<std::uint8_t>(dword(kClass))};
  seen.identity.subsystem = {static_cast<std::uint16_t>(dword(kSubsystem)), static_cast<std::uint16_t>(dword(kSubsystem) >> 16)};
  for (const auto& [index, at] : {std::pair{0, kBar0}, std::pair{2, kBar2}}) {
    const std::uint32_t low = dword(at), high = dword(at + 4);
    guest.set_device_config(device, at, 0xffff'ffff);
    const std::uint32_t mask = dword(at) & ~0xfu;
    guest.set_device_config(device, at, low);
    seen.bars.push_back({.index = static_cast<std::uint16_t>(index), .address = std::uint64_t{high} << 32 | (low & ~0xfu),
                         .size = std::uint64_t{~mask} + 1});
  }
  // The interrupt table is where a capability says (PCIe 6.0, 7.7.2).
  std::uint32_t at = dword(kCapabilities) & 0xfc;
  for (int hop = 0; hop < kHopsMax && at >= 0x40; ++hop, at = dword(at) >> 8 & 0xfc) {
    if ((dword(at) & 0xff) != kMsixCapability) continue;
    const std::uint32_t table = dword(at + 4), pending = dword(at + 8);
    seen.msix = {.control = static_cast<std::uint16_t>(dword(at) >> 16),
                 .table_bar = static_cast<std::uint16_t>(table & 7), .table_offset = table & ~7u,
                 .pba_bar = static_cast<std::uint16_t>(pending & 7), .pba_offset = pending & ~7u};
    break;
  }
  return seen;
}

// What the owner put into the image: whose devices, and which firmware.
std::optional<device_trust::Policy> owners_policy(abi::Guest& guest) {
  const auto root = guest.image_file("device-root"), firmware = guest.image_file("device-firmware");
  const auto certificate = root ? crypto::Certificate::from_der(*root) : std::nullopt;
  if (!certificate || !firmware) return std::nullopt;
  device_trust::Policy policy;
  policy.chain.keyring = {{.root = *certificate, .vendors = {}}};
  policy.interface.non_tee_ranges = {kMsixRange};
  policy.measurements.require_signature = policy.measurements.require_device_mode = true;
  for (std::size_t at = 0; at + 4 <= firmware->size();) {
    const std::size_t size = 4 + base::load_le<std::uint16_t>(*firmware, at + 2);
    if (size > firmware->size() - at) return std::nullopt;
    const auto block = wire::decode<spdm::MeasurementBlock>(base::View(*firmware).subspan(at, size));
    if (!block) return std::nullopt;
    const auto value = wire::decode<spdm::DmtfMeasurement>(block->measurement);
    if (!value) return std::nullopt;
    at += size;
    const auto type = static_cast<spdm::MeasurementType>(value->value_type & 0x7f);
    if (type == spdm::MeasurementType::kDeviceMode) continue;  // judged by what it says
    policy.measurements.references[block->index] = {.type = type, .raw = (value->value_type & 0x80) != 0, .values = {value->value}};
  }
  return policy;
}

bool call(abi::Guest& guest, const char* device, tio::Call which, base::View in) {
  return guest.device_call(device, static_cast<std::uint32_t>(which), in);
}

// Private pages of the guest that the card may reach.
struct Buffers {
  std::uint64_t out = 0;  // the card only reads it
  std::uint64_t in = 0;
};

std::optional<Buffers> lend(abi::Guest& guest, const char* device) {
  const Buffers b{guest.alloc("to-device", kPage), guest.alloc("from-device", kPage)};
  if (!call(guest, device, tio::Call::kMapDma, wire::encode(tio::MapDma{.gpa = b.out, .bytes = kPage, .writable = 0}))) return std::nullopt;
  if (!call(guest, device, tio::Call::kMapDma, wire::encode(tio::MapDma{.gpa = b.in, .bytes = kPage}))) return std::nullopt;
  return b;
}

// A payload from private memory to the card and back. A card that says it is done has done it.
bool job(abi::Guest& guest, const char* device, const Buffers& b, bool wants_result) {
  const auto payload = guest.random(kPayload);
  guest.secret("payload", payload);
  guest.write(b.out, payload);
  guest.write(b.in, base::Bytes(kPayload));
  guest.moment("using");
  Card card(guest, device);
  if (!card.run(accelerator::Command::kFetch, b.out, 0, kPayload)) return false;
  guest.moment("computed");
  if (!card.run(accelerator::Command::kGive, 0, b.in, kPayload)) return false;
  if (!wants_result) return true;
  const bool right = guest.read(b.in, kPayload) == payload;
  guest.promise("integrity", right);
  return right;
}

// The result of the last job is what counts: one that failed is done again.
bool use(abi::Guest& guest, const char* device, const std::string& how, const std::function<bool()>& new_keys) {
  const auto b = lend(guest, device);
  if (!b) return false;
  if (how == "twice") (void)job(guest, device, *b, true);
  if (how == "rekeyed") {
    if (!job(guest, device, *b, false) || !new_keys()) return false;
    const auto own = guest.random(kPayload);
    guest.write(b->in, own);
    guest.moment("keyed-anew");
    if (guest.read(b->in, kPayload) != own) return false;
  }
  return job(guest, device, *b, true);
}

}  // namespace

std::vector<const trust::Defence*> device_rows() {
  auto rows = requester::rows();
  device_trust::collect_device_defences(rows);
  return rows;
}

// assign-and-use DEVICE [twice | rekeyed]
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
  const auto policy = owners_policy(guest);
  if (!policy) return guest.ends("no-policy");
  // What the guest has besides, and lends to nobody.
  const auto own = guest.alloc("own", kPage);
  const auto held = guest.random(kPayload);
  guest.secret("own", held);
  guest.write(own, held);

  const auto failed = [&] {
    (void)call(guest, device, tio::Call::kRelease, wire::encode(tio::Bind{kStream}));
    guest.ends("assignment-failed");
  };
  const auto reach = [&](const char* moment, bool ok) {
    if (ok) guest.moment(moment);
    return ok;
  };
  device_trust::Question question{.seen = look(guest, device), .asked = {.lock_flags = kLockFlags}, .now = crypto::calendar_time(2026, 1, 15)};
  if (!reach("connected", static_cast<bool>(device_side.connect()))) return failed();
  if (!reach("certified", static_cast<bool>(device_side.read_certificates()))) return failed();
  if (!reach("in-session", static_cast<bool>(device_side.open_session(0)))) return failed();
  if (!reach("measured", static_cast<bool>(device_side.measure(0)))) return failed();
  if (!reach("keyed", static_cast<bool>(device_side.key_stream(kStream, 0, port)))) return failed();
  if (!reach("versions", static_cast<bool>(device_side.ask_interface()))) return failed();
  if (!reach("locked", static_cast<bool>(device_side.lock({.flags = kLockFlags, .default_stream = kStream})))) return failed();
  if (!reach("reported", static_cast<bool>(device_side.read_report()))) return failed();
  if (const auto state = device_side.state(); !state) return failed();
  question.asked.proof = device_side.own_proof();
  question.asked.measurements = device_side.own_measurements();
  const auto evidence = device_trust::collect(device_side.learned(), device_side.interface(), kFunction);
  const auto decision = device_trust::judge(evidence, question, *policy, defences.get(), "guest");
  if (!reach("judged", decision.trust == device_trust::Trust::kInterface)) return failed();
  if (!reach("bound", call(guest, device, tio::Call::kBind, wire::encode(tio::Bind{kStream})))) return failed();
  if (!reach("started", static_cast<bool>(device_side.start()))) return failed();
  auto state = device_side.state();
  if (!state || *state != tdisp::State::kRun) return failed();
  guest.device_accept(device, kLockFlags);
  const auto new_keys = [&] { return static_cast<bool>(device_side.key_stream(kStream, 1, port)); };
  if (!use(guest, device, args.size() > 1 ? args[1] : "", new_keys)) return failed();
  guest.moment("used");
  if (guest.read(own, kPayload) != held || !device_side.stop()) return failed();
  (void)call(guest, device, tio::Call::kRelease, wire::encode(tio::Bind{kStream}));
  if (!device_side.close_session()) return failed();
  guest.ends("assignment-done");
}

// check-device DEVICE
void check_device(abi::Guest& guest, const std::vector<std::string>& args) {
  const std::string name = args.empty() ? "gpu0" : args[0];
  abi::GuestDefences defences(guest, device_rows());
  requester::Spdm spdm(
      {},
      [&guest](std::span<std::uint8_t> out) {
        const auto bytes = guest.random(out.size());
        std::copy(bytes.begin(), bytes.end(), out.begin());
      },
      defences.get(), "guest");
  const auto carry = [&](const requester::Message& message) -> std::optional<requester::Message> {
    const auto object = guest.device_object(name.c_str(), requester::doe_wrap(message));
    return object ? requester::doe_unwrap(*object) : std::nullopt;
  };
  for (const auto& [goal, moment] : {std::pair{requester::Goal{requester::Connect{}}, "connected"},
                                     std::pair{requester::Goal{requester::ReadCertificates{.slots = 1}}, "certified"},
                                     std::pair{requester::Goal{requester::Challenge{}}, "challenged"}}) {
    if (!spdm.run(goal, carry)) return guest.ends("check-failed");
    guest.moment(moment);
  }
  guest.device_accept(name.c_str(), GLACIS_IDENTITY_ONLY);
  guest.ends("device-checked");
}

// use-untrusted DEVICE
void use_untrusted(abi::Guest& guest, const std::vector<std::string>& args) {
  const std::string name = args.empty() ? "gpu0" : args[0];
  const char* device = name.c_str();
  const auto out = guest.alloc("to-device", kPage, GLACIS_SHARED), in = guest.alloc("from-device", kPage, GLACIS_SHARED);
  const auto payload = guest.random(kPayload);
  guest.write(out, payload);
  guest.write(in, base::Bytes(kPayload));
  guest.moment("using");
  Card card(guest, device);
  const bool ran = guest.device_share(device, out, kPage) && guest.device_share(device, in, kPage) &&
                   card.run(accelerator::Command::kFetch, out, 0, kPayload) && card.run(accelerator::Command::kGive, 0, in, kPayload);
  guest.ends(ran && guest.read(in, kPayload) == payload ? "job-done" : "job-failed");
}

}  // namespace programs
