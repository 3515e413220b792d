#pragma once
// TPMs in processes of their own, one for each that a world has (tsm/vtpm/process.cc). A child ends with its link.
#include <memory>
#include <string>

#include "scenarios/engine/outside_guest.h"

namespace gateway {

// `state`: the file that keeps what is permanent; empty: nothing is kept. Throws base::UserError where the program is not.
std::unique_ptr<engine::GuestLink> open_tpm(const std::string& state);

}  // namespace gateway
