#pragma once
// The kinds of cards that a machine file may put behind a root port: how each is made, and who it is by its
// certificates. What may be wrong with one is device_kinds.h's.
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "devices/endpoint/tee_endpoint.h"
#include "devices/identity/identity.h"

namespace engine {

class World;
struct DeviceSettings;

const std::vector<std::string>& card_kinds();
bool is_card(const std::string& kind);
// What their names begin with: "gpu", "nic", "nvme".
const std::vector<std::string>& card_names();
bool is_card_name(const std::string& part);

// A card that is a network card has an echo at the far end of its cable, at the boundaries "net nic0 -> echo0" and back.
std::unique_ptr<endpoint::TeeEndpoint> make_card(const DeviceSettings& settings, pcie::Link& link, World& world,
                                                 const pcie::PortSettings& port,
                                                 std::function<std::optional<tdisp::Nonce>()> nonces);

// Who a genuine card of that kind is, and what it says of itself in each interface report.
identity::Description description_of(const std::string& kind);
base::Bytes device_specific_info(const std::string& kind);

}  // namespace engine
