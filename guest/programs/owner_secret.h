#pragma once
// The owner's secret for programs that build on it.
#include <optional>

#include "guest/abi/guest.h"

namespace programs {

// Injected at launch or given on evidence, as the platform has it. Nothing: it did not come, and the guest has said how it ends.
std::optional<base::Bytes> owner_secret(abi::Guest& guest);

}  // namespace programs
