#pragma once
// SNP reports signed by whoever holds an endorsement key that is not a security processor's, or no longer.
#include <optional>

#include "platform/crypto/library.h"
#include "platform/protocol/sev/report.h"
#include "scenarios/engine/forgery.h"
#include "tsm/sev/keys/key_hierarchy.h"

namespace engine {

// Firmware that its vendor signed once and the owner no longer accepts.
inline sev::Tcb old_tcb(sev::Tcb tcb) {
  tcb.snp = 1;
  return tcb;
}

// A report that says what `genuine` says, but is bound to `binding`; and its certificate table. Empty when `genuine` is no report.
std::optional<Counterfeit> forge_report(const Forgery& forgery, sev::Product product, std::uint64_t seed, crypto::Library& library,
                                        base::View genuine, const base::Block<64>& binding);

}  // namespace engine
