#include "devices/accelerator/accelerator.h"

#include <bit>

#include "platform/base/check.h"

namespace accelerator {
namespace {

std::vector<std::unique_ptr<endpoint::Logic>> engines(const Settings& settings) {
  base::check(std::has_single_bit(settings.memory_size) && settings.memory_size >= 0x1000,
              "a private memory has a size of whole pages");
  std::vector<std::unique_ptr<endpoint::Logic>> out;
  for (unsigned i = 0; i < settings.functions; ++i) out.push_back(std::make_unique<Engine>(settings.memory_size));
  return out;
}

}  // namespace

Accelerator::Accelerator(std::string name, pcie::Link& link, trust::Defences& defences, Firmware firmware,
                         const Settings& settings, std::function<std::optional<tdisp::Nonce>()> nonce)
    : TeeEndpoint(std::move(name), link, defences, engines(settings), std::move(firmware), settings.card,
                  std::move(nonce)) {}

}  // namespace accelerator
