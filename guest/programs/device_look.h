#pragma once
// What a guest knows of a device before it asks it anything: its configuration space through the host, and what the guest's owner put
// into the image.
#include "guest/abi/guest.h"
#include "guest/device_trust/policy.h"
#include "guest/device_trust/seen.h"

namespace programs {

device_trust::Seen look(abi::Guest& guest, const char* device, tdisp::FunctionId function);
// The card's number as the topology of the machine file has it, out of the image.
// The stream that the host sets up for it, by the same; 1 where the image says nothing of it.
std::uint8_t stream_of(abi::Guest& guest, const std::string& device);
std::optional<tdisp::FunctionId> function_of(abi::Guest& guest, const std::string& device);
// Whose devices, and which firmware. Empty: the image says nothing of it.
std::optional<device_trust::Policy> owners_policy(abi::Guest& guest, const std::string& device);
// A function level reset, as the host carries it out.
bool reset_function(abi::Guest& guest, const char* device);

}  // namespace programs
