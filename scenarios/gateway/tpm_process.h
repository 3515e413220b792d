#pragma once
// TPMs in processes of their own (tsm/vtpm/process.cc): no two TPMs share one. A child ends with its link.
#include <memory>
#include <string>

#include "scenarios/engine/outside_guest.h"

namespace gateway {

// `state`: the file that keeps what is permanent; empty: nothing is kept. Throws base::UserError where the program is not.
std::unique_ptr<engine::GuestLink> start_tpm(const std::string& state);

// One that keeps nothing; a process is started for what no TPM of this program was asked before (tpm_memory.h).
std::unique_ptr<engine::GuestLink> open_tpm();

}  // namespace gateway
