// A guest that takes a device into its trust boundary and works with it.
#include "guest/abi/guest_defences.h"
#include "guest/device_trust/chain_rules.h"
#include "guest/device_trust/collect.h"
#include "guest/programs/device_card.h"
#include "guest/programs/device_look.h"
#include "guest/programs/device_taking.h"
#include "guest/programs/programs.h"
#include "platform/crypto/calendar_time.h"
#include "platform/requester/doe.h"
#include "platform/requester/rows.h"
#include "platform/requester/spdm.h"
#include "platform/requester/tdisp.h"

namespace programs {

namespace {

// The result of the last job is what counts: one that failed is done again.
bool use(abi::Guest& guest, const char* device, Taking& taking, const Buffers& b, const std::string& how) {
  if (!taking.lend(b.out, kCardPage, false) || !taking.lend(b.in, kCardPage, true) || !taking.lent()) return false;
  if (how == "twice") (void)run_job(guest, device, b, true);
  if (how == "rekeyed") {
    if (!run_job(guest, device, b, false) || !taking.new_keys()) return false;
    const auto own = guest.random(kPayload);
    guest.write(b.in, own);
    guest.moment("keyed-anew");
    if (guest.read(b.in, kPayload) != own) return false;
  }
  return run_job(guest, device, b, true, how == "at-length" ? kLongPayload : kPayload);
}

}  // namespace

std::vector<const trust::Defence*> device_rows() {
  auto rows = requester::rows();
  device_trust::collect_device_defences(rows);
  return rows;
}

// assign-and-use DEVICE [twice | rekeyed | again | at-length]
void assign_and_use(abi::Guest& guest, const std::vector<std::string>& args) {
  const std::string name = args.empty() ? "gpu0" : args[0], how = args.size() > 1 ? args[1] : "";
  const char* device = name.c_str();
  abi::GuestDefences defences(guest, device_rows());
  const auto taking = taking_of(guest, name, defences.get());
  if (!taking) return guest.ends("no-policy");
  // What the guest has besides, and lends to nobody.
  const auto own = guest.alloc("own", kCardPage);
  const auto held = guest.random(kPayload);
  guest.secret("own", held);
  guest.write(own, held);

  const auto failed = [&] {
    taking->let_go();
    guest.ends("assignment-failed");
  };
  if (!taking->take({})) return failed();
  const Buffers buffers{guest.alloc("to-device", kCardPage), guest.alloc("from-device", kCardPage)};
  bool works = use(guest, device, *taking, buffers, how);
  if (how == "again") {
    // A device that was reset, by whomever, is a stranger: it has to show that it is the one of before.
    if (works && !taking->give_back()) return failed();
    if (!works) taking->let_go();
    if (!reset_function(guest, device)) return failed();
    guest.moment("reset");
    if (!taking->take(taking->remembered())) return failed();
    works = use(guest, device, *taking, buffers, how);
  }
  if (!works) return failed();
  guest.moment("used");
  if (guest.read(own, kPayload) != held || !taking->give_back()) return failed();
  guest.ends("assignment-done");
}

namespace {

// Does the chain of slot 0 begin at the root in the image, under whatever name?
bool is_rooted(abi::Guest& guest, const std::string& device, const requester::Spdm& spdm, trust::Defences& defences) {
  auto policy = owners_policy(guest, device);
  const auto function = function_of(guest, device);
  if (!policy || !function) return false;
  policy->chain.require_pci_name = policy->chain.require_responder_purpose = false;
  const auto seen = look(guest, device.c_str(), *function);
  const requester::Tdisp none(*function, defences, "guest");
  const auto evidence = device_trust::collect(spdm.learned(), none, *function);
  const auto chain = device_trust::chain_case(evidence, 0, device_trust::negotiated_of(evidence.vca), policy->chain, seen,
                                              crypto::calendar_time(2026, 1, 15));
  return !defences.first_refusal<device_trust::ChainCase>(device_trust::kChainRules, chain, "guest");
}

}  // namespace

// check-device DEVICE [rooted]
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
  if (args.size() > 1 && args[1] == "rooted") {
    if (!is_rooted(guest, name, spdm, defences.get())) return guest.ends("check-failed");
    guest.moment("rooted");
  }
  guest.device_accept(name.c_str(), GLACIS_IDENTITY_ONLY);
  guest.ends("device-checked");
}

// use-untrusted DEVICE [kept]
void use_untrusted(abi::Guest& guest, const std::vector<std::string>& args) {
  const std::string name = args.empty() ? "gpu0" : args[0];
  const char* device = name.c_str();
  if (args.size() > 1 && args[1] == "kept") {  // a secret in the card's own memory, and none of the guest's lent
    const auto secret = guest.random(kPayload);
    guest.secret("payload", secret);
    guest.moment("using");
    const bool kept = guest.device_write(device, 0, accelerator::kWindow, secret);
    const auto back = guest.device_read(device, 0, accelerator::kWindow, kPayload);
    return guest.ends(kept && back && *back == secret ? "job-done" : "job-failed");
  }
  const auto out = guest.alloc("to-device", kCardPage, GLACIS_SHARED), in = guest.alloc("from-device", kCardPage, GLACIS_SHARED);
  const auto payload = guest.random(kPayload);
  guest.write(out, payload);
  guest.write(in, base::Bytes(kPayload));
  guest.moment("using");
  Card card(guest, device);
  const bool ran = guest.device_share(device, out, kCardPage) && guest.device_share(device, in, kCardPage) &&
                   card.run(accelerator::Command::kFetch, out, 0, kPayload) && card.run(accelerator::Command::kGive, 0, in, kPayload);
  guest.ends(ran && guest.read(in, kPayload) == payload ? "job-done" : "job-failed");
}

}  // namespace programs
