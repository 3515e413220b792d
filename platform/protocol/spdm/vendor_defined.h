#pragma once
// VENDOR_DEFINED_REQUEST and _RESPONSE (DSP0274 1.3, 10.24), which carry IDE_KM and TDISP: standard id PCI-SIG, vendor
// id 0001h, and a payload whose first byte is the protocol.
#include <cstdint>
#include <optional>

#include "platform/protocol/spdm/header.h"

namespace spdm {

// Registries (DSP0274 1.3, 9.2.2).
inline constexpr std::uint16_t kRegistryDmtf = 0;
inline constexpr std::uint16_t kRegistryTcg = 1;
inline constexpr std::uint16_t kRegistryPciSig = 3;
inline constexpr std::uint16_t kRegistryIana = 4;
inline constexpr std::uint16_t kRegistryCxl = 7;

inline constexpr std::uint16_t kPciSigVendorId = 0x0001;
inline constexpr std::uint8_t kPciProtocolIdeKm = 0x00;
inline constexpr std::uint8_t kPciProtocolTdisp = 0x01;

template <Code kCode>
struct VendorDefined {
  Header header{.code = kCode};
  std::uint16_t standard_id = 0;
  std::uint8_t vendor_id_length = 0;
  base::Bytes vendor_id{};
  std::uint16_t payload_length = 0;
  base::Bytes payload{};
  bool operator==(const VendorDefined&) const = default;
  using Wire = wire::Layout<&VendorDefined::header, &VendorDefined::standard_id, &VendorDefined::vendor_id_length,
                            wire::Run<&VendorDefined::vendor_id, &VendorDefined::vendor_id_length>{},
                            &VendorDefined::payload_length,
                            wire::Run<&VendorDefined::payload, &VendorDefined::payload_length>{}>;
};
using VendorDefinedRequest = VendorDefined<Code::kVendorDefinedRequest>;
using VendorDefinedResponse = VendorDefined<Code::kVendorDefinedResponse>;

// A PCI-SIG message of this protocol (IDE_KM, TDISP) with lengths that fit.
VendorDefinedRequest pci_request(Version version, std::uint8_t protocol, base::View message);
VendorDefinedResponse pci_response(Version version, std::uint8_t protocol, base::View message);

struct PciPayload {
  std::uint8_t protocol = 0;
  base::View message;  // into the message asked for
};
// Empty unless it is PCI-SIG's and has a protocol byte.
std::optional<PciPayload> pci_payload(const VendorDefinedRequest& message);
std::optional<PciPayload> pci_payload(const VendorDefinedResponse& message);

}  // namespace spdm
