#include "devices/nic/network_card.h"

namespace nic {
namespace {

std::vector<std::unique_ptr<endpoint::Logic>> stations(const Settings& settings) {
  std::vector<std::unique_ptr<endpoint::Logic>> out;
  out.push_back(std::make_unique<Station>(settings.card.serial));
  return out;
}

}  // namespace

NetworkCard::NetworkCard(std::string name, pcie::Link& link, trust::Defences& defences, endpoint::Firmware firmware,
                         const Settings& settings, std::function<std::optional<tdisp::Nonce>()> nonce)
    : TeeEndpoint(std::move(name), link, defences, stations(settings), std::move(firmware), settings.card,
                  std::move(nonce)) {}

}  // namespace nic
