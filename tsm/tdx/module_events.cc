// Events that the host raises in a TD, and its timers.
#include "platform/crypto/hash.h"
#include "tsm/tdx/event_rules.h"
#include "tsm/tdx/module.h"

namespace tdx {

// The virtual APIC is the module's, so that a vector which was posted shows in its in-service register.
trust::Result<cpu::Delivered> Module::post(const cpu::Event& event) {
  if (auto no = defences_.first_refusal<PostCase>(kPostRules, {event}, at_)) return *no;
  return cpu::Delivered{.in_service = event.type != cpu::EventType::kNmi};
}

std::uint32_t Module::unseen_steps(const cpu::Progress& progress) {
  if (!suspicious(progress, settings_.step_filter) || !defences_.refuse_unless(kStepFilterRow, false, at_)) return 0;
  base::Bytes from;
  base::append_le<std::uint64_t>(from, seed_);
  base::append_le<std::uint64_t>(from, ++filtered_);
  return 1 + crypto::sha256(from)[0] % kUnseenStepsMax;
}

}  // namespace tdx
