#pragma once
// What a guest knows of a device before it asks it anything: its configuration space through the host, and what the guest's owner put
// into the image.
#include "guest/abi/guest.h"
#include "guest/device_trust/policy.h"
#include "guest/device_trust/seen.h"

namespace programs {

inline constexpr tdisp::FunctionId kFunction{.bits = 0x0100};  // of the card at rp0: bus 1, device 0

device_trust::Seen look(abi::Guest& guest, const char* device, tdisp::FunctionId function = kFunction);
// The card's number as the topology of the machine file has it: the image says so for whoever may lie elsewhere.
std::optional<tdisp::FunctionId> function_of(abi::Guest& guest, const std::string& device);
// Whose devices, and which firmware: of the machine's first device when none is named. Empty: the image says nothing of it.
std::optional<device_trust::Policy> owners_policy(abi::Guest& guest, const std::string& device = "");
// A function level reset, as the host carries it out.
bool reset_function(abi::Guest& guest, const char* device);

}  // namespace programs
