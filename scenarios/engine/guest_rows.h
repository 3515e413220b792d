#pragma once
// The guest's own defences as rows, and the ABI's table of calls.
#include <string_view>
#include <vector>

#include "guest/abi/glacis_guest.h"
#include "platform/trust/defence.h"

namespace engine {

class GuestMachine;
class World;
struct VmState;

const trust::Defence& guest_row(std::string_view id);
std::vector<const trust::Defence*> guest_rows();
glacis_guest abi_of(GuestMachine& machine);
// Its calls on devices.
void add_device_calls(glacis_guest& calls);
// Its calls on what the host says and the platform measures; and who answers them on the host's side.
void add_host_calls(glacis_guest& calls);
void lead_host_words(World& world, VmState& vm);

}  // namespace engine
