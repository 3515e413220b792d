// A guest that knows its device by its certificates and measurements alone (PCIe 6.1, 6.31): no session, no stream, and
// data go over bounce buffers. What it learns holds for the moment at which it looked.
#include <array>

#include "guest/abi/guest_defences.h"
#include "guest/device_trust/collect.h"
#include "guest/device_trust/judge.h"
#include "guest/programs/device_card.h"
#include "guest/programs/device_look.h"
#include "guest/programs/programs.h"
#include "platform/crypto/calendar_time.h"
#include "platform/requester/doe.h"
#include "platform/requester/spdm.h"

namespace programs {

namespace {

constexpr std::array<std::uint8_t, 2> kVersions{0x10, 0x11};  // where this maker's devices tell versions

class Look {
 public:
  Look(abi::Guest& guest, const char* device, tdisp::FunctionId function, const device_trust::Policy& policy, bool stepwise,
       trust::Defences& defences)
      : guest_(guest), device_(device), policy_(policy), stepwise_(stepwise), defences_(defences),
        question_{.seen = look(guest, device, function), .now = crypto::calendar_time(2026, 1, 15)},
        spdm_({}, [&guest](std::span<std::uint8_t> out) {
          const auto bytes = guest.random(out.size());
          std::copy(bytes.begin(), bytes.end(), out.begin());
        }, defences, "guest") {}

  bool accepts() { return asks() && judged().accepted(); }

 private:
  // False: what the device said is not worth a judgement. A device that says nothing at all is judged by that.
  bool asks() {
    if (!run(requester::Connect{})) return spdm_.learned().vca.empty();
    guest_.moment("connected");
    if (!run(requester::ReadCertificates{})) return false;
    guest_.moment("certified");
    const auto slot = device_trust::choose_slot(told(), question_, policy_, defences_);
    if (!slot) return true;
    if (!run(requester::Challenge{.slot = *slot, .summary = summary()})) return false;
    question_.asked.proof = spdm_.learned().challenge->evidence.nonce;
    guest_.moment("challenged");
    if (!measures()) return true;
    if (stepwise_ && !measure_one_by_one(*slot)) return false;
    if (!stepwise_ && !run(requester::Measure{.with_signature = policy_.measurements.require_signature, .slot = *slot}))
      return false;
    if (const auto& evidence = spdm_.learned().measurements->evidence) question_.asked.measurements = evidence->nonce;
    guest_.moment("measured");
    return true;
  }
  // All that the owner knows of, and last, signed with them, the mode that the device is in.
  bool measure_one_by_one(std::uint8_t slot) {
    std::vector<std::uint8_t> indices;
    for (const auto& [index, reference] : policy_.measurements.references) indices.push_back(index);
    indices.insert(indices.end(), kVersions.begin(), kVersions.end());
    for (const std::uint8_t index : indices)
      if (!run(requester::Measure{.index = index, .with_signature = false, .slot = slot})) return false;
    guest_.moment("measured-firmware");
    return run(requester::Measure{.index = spdm::kIndexDeviceMode, .slot = slot});
  }
  device_trust::Decision judged() { return device_trust::judge(told(), question_, policy_, defences_, "guest"); }

  device_trust::DeviceEvidence told() const { return device_trust::collect(spdm_.learned()); }
  bool measures() const { return (spdm_.learned().capabilities & spdm::kCapMeasurementsMask) != 0; }
  std::uint8_t summary() const {
    return measures() && policy_.measurements.require_summary ? spdm::kSummaryAll : spdm::kSummaryNone;
  }
  bool run(const requester::Goal& goal) {
    const auto carry = [&](const requester::Message& message) -> std::optional<requester::Message> {
      const auto object = guest_.device_object(device_, requester::doe_wrap(message));
      return object ? requester::doe_unwrap(*object) : std::nullopt;
    };
    return static_cast<bool>(spdm_.run(goal, carry));
  }

  abi::Guest& guest_;
  const char* device_;
  const device_trust::Policy& policy_;
  bool stepwise_;
  trust::Defences& defences_;
  device_trust::Question question_;
  requester::Spdm spdm_;
};

}  // namespace

// authenticate DEVICE [twice | use | stepwise]
void authenticate(abi::Guest& guest, const std::vector<std::string>& args) {
  const std::string name = args.empty() ? "gpu0" : args[0], how = args.size() > 1 ? args[1] : "";
  const char* device = name.c_str();
  abi::GuestDefences defences(guest, device_rows());
  auto policy = owners_policy(guest, name);
  const auto function = function_of(guest, name);
  if (!policy || !function) return guest.ends("no-policy");
  policy->interface.require_report = false;    // nothing is locked
  policy->measurements.require_summary = true;  // so that proof and measurements are of one device
  for (int time = 0; time < (how == "twice" ? 2 : 1); ++time) {
    if (!Look(guest, device, *function, *policy, how == "stepwise", defences.get()).accepts()) return guest.ends("authentication-failed");
    guest.device_accept(device, GLACIS_IDENTITY_ONLY);
    guest.moment("accepted");
  }
  if (how != "use") return guest.ends("device-authenticated");
  const auto out = guest.alloc("to-device", kCardPage, GLACIS_SHARED);
  const auto in = guest.alloc("from-device", kCardPage, GLACIS_SHARED);
  const auto payload = guest.random(kPayload);
  guest.write(out, payload);
  guest.write(in, base::Bytes(kPayload));
  Card card(guest, device);
  const bool ran = guest.device_share(device, out, kCardPage) && guest.device_share(device, in, kCardPage) &&
                   card.run(accelerator::Command::kFetch, out, 0, kPayload) &&
                   card.run(accelerator::Command::kGive, 0, in, kPayload);
  guest.ends(ran && guest.read(in, kPayload) == payload ? "job-done" : "job-failed");
}

}  // namespace programs
