#pragma once
// The guest's own defences as rows, and the ABI's table of calls.
#include <string_view>
#include <vector>

#include "guest/abi/glacis_guest.h"
#include "platform/trust/defence.h"

namespace engine {

class GuestMachine;

const trust::Defence& guest_row(std::string_view id);
std::vector<const trust::Defence*> guest_rows();
glacis_guest abi_of(GuestMachine& machine);
// Its calls on devices.
void add_device_calls(glacis_guest& calls);

}  // namespace engine
