#include "devices/nvme/disk.h"

namespace nvme {
namespace {

std::vector<std::unique_ptr<endpoint::Logic>> controllers(const Settings& settings) {
  std::vector<std::unique_ptr<endpoint::Logic>> out;
  out.push_back(std::make_unique<Controller>(Shape{.vendor = settings.card.identity.vendor,
                                                   .subsystem_vendor = settings.card.identity.subsystem_vendor,
                                                   .serial = settings.card.serial,
                                                   .blocks = settings.blocks,
                                                   .vectors = settings.card.vectors}));
  return out;
}

}  // namespace

Disk::Disk(std::string name, pcie::Link& link, trust::Defences& defences, endpoint::Firmware firmware,
           const Settings& settings, std::function<std::optional<tdisp::Nonce>()> nonce)
    : TeeEndpoint(std::move(name), link, defences, controllers(settings), std::move(firmware), settings.card,
                  std::move(nonce)) {}

}  // namespace nvme
