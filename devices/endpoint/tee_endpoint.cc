#include "devices/endpoint/tee_endpoint.h"

#include "platform/base/check.h"

namespace endpoint {
namespace {

constexpr std::uint64_t kBar2Size = 0x1000;
constexpr unsigned kFunctionsMax = 8;

// Where the DOE mailbox is, for the function that has one.
unsigned build_config(pcie::ConfigSpace& config, const Settings& settings, unsigned index, bool multifunction) {
  pcie::ConfigBuilder build(config);
  pcie::Identity identity = settings.identity;
  identity.multifunction = multifunction;
  build.type0(identity);
  build.bar({.index = 0, .size = settings.bar0_size, .prefetchable = settings.bar0_prefetchable});
  const MsixPlace& msix = settings.msix;
  if (msix.bar == 2) build.bar({.index = 2, .size = kBar2Size});
  build.power_management();
  build.pcie({.tee_io = true});
  build.msix({.vectors = settings.vectors,
              .table_bar = msix.bar,
              .table_offset = msix.table_offset,
              .pba_bar = msix.bar,
              .pba_offset = msix.pba_offset});
  build.aer(false);
  build.serial_number(settings.serial);
  build.acs(0);
  if (settings.ats) build.ats();
  if (index != 0) return 0;
  const unsigned doe = build.doe(0);
  build.ide({.selective_streams = settings.ide_streams,
             .address_associations = settings.address_associations,
             .aggregation = settings.ide_aggregation,
             .pcrc = settings.ide_pcrc,
             .link_streams = settings.link_streams});
  return doe;
}

}  // namespace

TeeEndpoint::TeeEndpoint(std::string name, pcie::Link& link, trust::Defences& defences,
                         std::vector<std::unique_ptr<Logic>> logics, Firmware firmware, Settings settings,
                         std::function<std::optional<tdisp::Nonce>()> nonce)
    : name_(std::move(name)), firmware_(std::move(firmware)), logics_(std::move(logics)) {
  const auto count = static_cast<unsigned>(logics_.size());
  base::check(count >= 1 && count <= kFunctionsMax, "a card has 1 to 8 functions");
  base::check(settings.msix.bar == 0 || settings.msix.bar == 2, "MSI-X lies in BAR 0 or 2");
  unsigned doe = 0;
  for (unsigned i = 0; i < count; ++i) {
    functions_.push_back(std::make_unique<Function>(*logics_[i]));
    logics_[i]->set_version(firmware_.version);
    const unsigned at = build_config(functions_[i]->config(), settings, i, count > 1);
    if (i == 0) doe = at;
  }
  mailbox_ = std::make_unique<pcie::DoeMailbox>(functions_[0]->config(), doe);
  endpoint_ = std::make_unique<pcie::Endpoint>(name_, link, *functions_[0], defences, settings.port);
  for (unsigned i = 1; i < count; ++i) endpoint_->attach(*functions_[i], i);
  mailbox_->on_interrupt([this](unsigned message) { endpoint_->requester(0).interrupt(message, false); });

  auto id_of = [this](unsigned devfn) {
    pcie::Requester* bus = &endpoint_->requester(devfn);
    return [bus] { return bus->requester_id(); };
  };
  dsm_ = std::make_unique<dsm::Dsm>(name_ + ".dsm", defences, endpoint_->ide(), functions_[0]->config(), id_of(0),
                                    std::move(nonce));
  dsm_->keys().set_port_index(settings.ide_port_index);
  for (unsigned i = 0; i < count; ++i) {
    dsm::Tdi& tdi = dsm_->add({.at = name_ + ".if" + std::to_string(i),
                               .config = &functions_[i]->config(),
                               .logic = functions_[i].get(),
                               .id = id_of(i),
                               .settings = settings.tdi});
    auto reset = [this, i](pcie::Reset kind) {
      dsm_->reset(i, kind);
      if (i == 0) mailbox_->reset();
      if (told_) told_(kind, i);
    };
    functions_[i]->join(endpoint_->requester(i), tdi,
                        {.reset = reset,
                         .stream_failed = [this](std::uint8_t stream) { dsm_->stream_failed(stream); },
                         .config_written = [this] { dsm_->config_written(); }});
  }
}

void TeeEndpoint::serve(std::uint8_t type, pcie::DoeMailbox::Handler handler) {
  mailbox_->serve(pcie::kPciSigVendor, type, std::move(handler));
}

bool TeeEndpoint::update_firmware(Firmware firmware) {
  if (!dsm_->firmware_update()) return false;
  firmware_ = std::move(firmware);
  for (auto& logic : logics_) logic->set_version(firmware_.version);
  return true;
}

}  // namespace endpoint
