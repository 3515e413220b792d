#include "devices/accelerator/accelerator.h"

#include <bit>

#include "platform/base/check.h"

namespace accelerator {
namespace {

constexpr std::uint32_t kPbaOffset = 0x800;

// Where the DOE mailbox is, for the function that has one.
unsigned build_config(pcie::ConfigSpace& config, const Settings& settings, unsigned index) {
  pcie::ConfigBuilder build(config);
  pcie::Identity identity = settings.identity;
  identity.multifunction = settings.functions > 1;
  build.type0(identity);
  build.bar({.index = 0, .size = kBar0Size});
  build.bar({.index = 2, .size = kBar2Size});
  build.power_management();
  build.pcie({.tee_io = true});
  build.msix({.vectors = kVectors, .table_bar = 2, .pba_bar = 2, .pba_offset = kPbaOffset});
  build.aer(false);
  build.serial_number(settings.serial);
  build.acs(0);
  if (index != 0) return 0;
  const unsigned doe = build.doe(0);
  build.ide({.selective_streams = settings.ide_streams, .address_associations = settings.address_associations});
  return doe;
}

}  // namespace

Accelerator::Accelerator(std::string name, pcie::Link& link, trust::Defences& defences, Firmware firmware,
                         Settings settings, std::function<std::optional<tdisp::Nonce>()> nonce)
    : name_(std::move(name)), defences_(defences), firmware_(std::move(firmware)), settings_(std::move(settings)) {
  base::check(settings_.functions >= 1 && settings_.functions <= 8, "a card has 1 to 8 functions");
  base::check(std::has_single_bit(settings_.memory_size) && settings_.memory_size >= 0x1000,
              "a private memory has a size of whole pages");
  unsigned doe = 0;
  for (unsigned i = 0; i < settings_.functions; ++i) {
    engines_.push_back(std::make_unique<Engine>(settings_.memory_size));
    engines_[i]->set_version(firmware_.version);
    const unsigned at = build_config(engines_[i]->config(), settings_, i);
    if (i == 0) doe = at;
  }
  mailbox_ = std::make_unique<pcie::DoeMailbox>(engines_[0]->config(), doe);
  endpoint_ = std::make_unique<pcie::Endpoint>(name_, link, *engines_[0], defences_, settings_.port);
  for (unsigned i = 1; i < settings_.functions; ++i) endpoint_->attach(*engines_[i], i);
  mailbox_->on_interrupt([this](unsigned message) { endpoint_->requester(0).interrupt(message, false); });

  auto id_of = [this](unsigned devfn) {
    pcie::Requester* bus = &endpoint_->requester(devfn);
    return [bus] { return bus->requester_id(); };
  };
  dsm_ = std::make_unique<dsm::Dsm>(name_ + ".dsm", defences_, endpoint_->ide(), engines_[0]->config(), id_of(0),
                                    std::move(nonce));
  dsm_->keys().set_port_index(settings_.ide_port_index);
  for (unsigned i = 0; i < settings_.functions; ++i) {
    dsm::Tdi& tdi = dsm_->add({.at = name_ + ".if" + std::to_string(i),
                               .config = &engines_[i]->config(),
                               .logic = engines_[i].get(),
                               .id = id_of(i),
                               .settings = settings_.tdi});
    auto reset = [this, i](pcie::Reset kind) {
      dsm_->reset(i, kind);
      if (i != 0) return;
      mailbox_->reset();
      if (told_) told_(kind);
    };
    engines_[i]->connect(endpoint_->requester(i), tdi, reset,
                         [this](std::uint8_t stream) { dsm_->stream_failed(stream); },
                         [this] { dsm_->config_written(); });
  }
}

void Accelerator::serve(std::uint8_t type, pcie::DoeMailbox::Handler handler) {
  mailbox_->serve(pcie::kPciSigVendor, type, std::move(handler));
}

bool Accelerator::update_firmware(Firmware firmware) {
  if (!dsm_->firmware_update()) return false;
  firmware_ = std::move(firmware);
  for (auto& engine : engines_) engine->set_version(firmware_.version);
  return true;
}

}  // namespace accelerator
