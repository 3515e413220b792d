#pragma once
// What the IOMMU and the root complex refuse to a device.
#include "platform/pcie/iommu.h"

namespace pcie {

struct DmaCase {
  const DmaRequest& request;
  bool bound;          // the requester acts for a guest
  bool may_translate;
  bool mapped, writable;
};

inline constexpr trust::Defence kAtsAllowed{"iommu.ats.allowed", "PCIe 6.0, 10.1",
                                            "An address is taken as translated only from a function that may translate."};
// convention: the sources say what a timeout is (PCIe 6.0, 10.3.3), and leave to software what follows from it.
inline constexpr trust::Defence kConfirmed{
    "iommu.ats.confirmed", "PCIe 6.0, 10.3",
    "A function that does not confirm that it forgot a translation is believed about none.", trust::Act::kDetect,
    trust::Kind::kConformance};

inline constexpr trust::Rule<DmaCase> kDmaRules[] = {
    {{"iommu.trusted.bound", "PCIe 6.1, 11.3", "A trusted request comes from a function bound to a guest."},
     [](const DmaCase& c) { return !c.request.trusted || c.bound; }},
    {kAtsAllowed, [](const DmaCase& c) { return !c.request.translated || c.may_translate; }},
    {{"iommu.dma.mapped", "VT-d 4.1, 3", "A function reaches only pages that are mapped for it."},
     [](const DmaCase& c) { return c.request.translated || c.mapped; }},
    {{"iommu.dma.writable", "VT-d 4.1, 3", "A function writes only to pages that are mapped writable for it."},
     [](const DmaCase& c) { return c.request.translated || !c.mapped || !c.request.write || c.writable; }},
};

struct UpstreamCase {
  bool validates_source;  // ACS source validation is on at the port it came through
  bool bus_behind;        // its requester id is of a bus behind that port
  bool blocks_translated = false;
  bool says_translated = false;  // its address type is not the plain one
};
inline constexpr trust::Rule<UpstreamCase> kUpstreamRules[] = {
    {{"pcie.acs.source", "PCIe 6.0, 6.12.1.1", "A request carries a requester id of a bus behind its port."},
     [](const UpstreamCase& c) { return !c.validates_source || c.bus_behind; }},
    {{"pcie.acs.translation", "PCIe 6.0, 6.12.1.1", "Where translation is blocked, a request carries a plain address.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const UpstreamCase& c) { return !c.blocks_translated || !c.says_translated; }},
};

struct DroppedCase {
  bool trusted_write, done;
};
// A posted write has no answer: its device takes it for done, and the guest takes the device at its word. convention: the public sources
// leave open what becomes of a device whose trusted write finds no page.
inline constexpr trust::Rule<DroppedCase> kDroppedRules[] = {
    {{"iommu.trusted.dropped", "PCIe 6.1, 11.2", "A stream whose trusted write was lost protects nothing until it is keyed anew.",
      trust::Act::kDetect},
     [](const DroppedCase& c) { return !c.trusted_write || c.done; }},
};

struct PeerCase {
  bool redirects;  // ACS request redirect is on at the port it came through
};
// Refused here means: not directly, but by way of the IOMMU.
inline constexpr trust::Rule<PeerCase> kPeerRules[] = {
    {{"pcie.acs.redirect", "PCIe 6.0, 6.12.1.1", "One function reaches another only by way of the IOMMU."},
     [](const PeerCase& c) { return !c.redirects; }},
};

}  // namespace pcie
