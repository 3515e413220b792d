#include "platform/protocol/spdm/vendor_defined.h"

#include "platform/base/check.h"

namespace spdm {
namespace {

template <class Message>
Message pci_message(Version version, std::uint8_t protocol, base::View message) {
  base::check(message.size() < 0xffff, "a vendor-defined payload has at most 65535 bytes");
  Message out;
  out.header.version = version;
  out.standard_id = kRegistryPciSig;
  base::append_le(out.vendor_id, kPciSigVendorId);
  out.vendor_id_length = static_cast<std::uint8_t>(out.vendor_id.size());
  out.payload = {protocol};
  base::append(out.payload, message);
  out.payload_length = static_cast<std::uint16_t>(out.payload.size());
  return out;
}

template <class Message>
std::optional<PciPayload> payload_of(const Message& message) {
  const bool pci = message.standard_id == kRegistryPciSig && message.vendor_id.size() == 2 &&
                   base::load_le<std::uint16_t>(message.vendor_id) == kPciSigVendorId;
  if (!pci || message.payload.empty()) return std::nullopt;
  return PciPayload{message.payload.front(), base::View(message.payload).subspan(1)};
}

}  // namespace

VendorDefinedRequest pci_request(Version version, std::uint8_t protocol, base::View message) {
  return pci_message<VendorDefinedRequest>(version, protocol, message);
}
VendorDefinedResponse pci_response(Version version, std::uint8_t protocol, base::View message) {
  return pci_message<VendorDefinedResponse>(version, protocol, message);
}
std::optional<PciPayload> pci_payload(const VendorDefinedRequest& message) { return payload_of(message); }
std::optional<PciPayload> pci_payload(const VendorDefinedResponse& message) { return payload_of(message); }

}  // namespace spdm
