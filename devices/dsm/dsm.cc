#include "devices/dsm/dsm.h"

#include "devices/dsm/ide_km_rules.h"
#include "devices/dsm/tdisp_rules.h"

namespace dsm {
namespace {

std::string device_of(const std::string& at) { return at.substr(0, at.find('.')); }

Event event_of(pcie::Reset kind) {
  switch (kind) {
    case pcie::Reset::kFlr: return Event::kFunctionReset;
    case pcie::Reset::kLinkDown: return Event::kLinkLost;
    case pcie::Reset::kD3Hot: return Event::kContextLost;
    default: return Event::kConventionalReset;
  }
}

template <class Rows>
void add(std::vector<const trust::Defence*>& into, const Rows& rows) {
  for (const auto& row : rows) into.push_back(&row.defence);
}

}  // namespace

Dsm::Dsm(std::string at, trust::Defences& defences, pcie::IdePort& port, pcie::ConfigSpace& config0,
         std::function<tlp::RequesterId()> id0, std::function<std::optional<tdisp::Nonce>()> nonce)
    : at_(std::move(at)),
      defences_(defences),
      port_(port),
      config0_(config0),
      boundary_(device_of(at_) + ".logic"),
      keys_(at_, defences, port, config0, std::move(id0)),
      nonce_(std::move(nonce)),
      tdisp_(at_, defences, interfaces_) {
  keys_.on_insecure([this](ide::StreamId stream) { stream_failed(stream); });
}

Tdi& Dsm::add(const Interface& interface) {
  TdiParts parts{.at = interface.at,
                 .index = interface_count(),
                 .defences = defences_,
                 .config = *interface.config,
                 .ide_config = config0_,
                 .port = port_,
                 .keys = keys_,
                 .logic = *interface.logic,
                 .boundary = boundary_,
                 .id = interface.id,
                 .nonce = nonce_};
  interfaces_.push_back(std::make_unique<Tdi>(std::move(parts), interface.settings));
  return *interfaces_.back();
}

std::optional<base::Bytes> Dsm::vendor(std::uint32_t session_id, std::uint16_t standard_id, base::View vendor_id,
                                       base::View payload) {
  if (standard_id != tdisp::kStandardId || vendor_id.size() != 2 ||
      base::load_le<std::uint16_t>(vendor_id) != tdisp::kVendorId || payload.empty())
    return std::nullopt;
  if (payload[0] == ide_km::kProtocolId) return keys_.answer(session_id, payload);
  if (payload[0] == tdisp::kProtocolId) return tdisp_.answer(session_id, payload);
  return std::nullopt;
}

// Interfaces first: an interface in ERROR does not see its stream go.
void Dsm::session_ended(std::uint32_t session_id) {
  if (session_id == kNoSession) return;
  for (auto& tdi : interfaces_) tdi->session_ended(session_id);
  keys_.session_ended(session_id);
}

void Dsm::stream_failed(ide::StreamId stream) {
  for (auto& tdi : interfaces_) tdi->stream_failed(stream);
}

void Dsm::config_written() {
  for (auto& tdi : interfaces_) tdi->config_written();
}

void Dsm::reset(unsigned index, pcie::Reset kind) {
  if (index == 0) keys_.reset();
  for (auto& tdi : interfaces_) {
    const bool befallen = tdi->parts().index == index || (index == 0 && kind == pcie::Reset::kFlr);
    if (!befallen) continue;
    tdi->happened(event_of(kind));
    tdi->scrub();
  }
}

bool Dsm::firmware_update() {
  for (auto& tdi : interfaces_) {
    const bool locked = tdi->state() == tdisp::State::kConfigLocked || tdi->state() == tdisp::State::kRun;
    const bool against = locked && tdi->lock_flags() & tdisp::kLockNoFwUpdate;
    if (defences_.refuse_unless(kFirmwareLocked, !against, tdi->parts().at)) return false;
  }
  for (auto& tdi : interfaces_) tdi->happened(Event::kFirmwareChanged);
  return true;
}

std::vector<const trust::Defence*> defences() {
  std::vector<const trust::Defence*> all{&kKeyInUse,  &kKeysErased, &kScrubbed,
                                         &kInSession, &kEntropy,    &kFirmwareLocked};
  add(all, kSpeakerRules);
  add(all, kKeyProgRules);
  add(all, kTriggerRules);
  add(all, kMmioRules);
  add(all, kDmaRules);
  add(all, kRequestRules);
  add(all, kLockRules);
  add(all, kReportRules);
  add(all, kStartRules);
  add(all, kBindRules);
  add(all, kUnbindRules);
  add(all, kAttributeRules);
  return all;
}

}  // namespace dsm
