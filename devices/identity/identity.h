#pragma once
// Who a device is: certificate chains with their keys, up to eight slots, as its manufacturer provisioned them. All of
// it is derived from a seed and a description, so the same two give the same bytes everywhere. Roots are ours and say
// so in their names.
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "platform/crypto/certificate.h"
#include "platform/crypto/revocation_list.h"
#include "platform/protocol/spdm/certificates.h"

namespace identity {

// What certificates tell of a device.
struct Description {
  std::string manufacturer = "Glacis Devices";
  std::string product = "Accelerator";
  std::string serial_number = "0001";
  std::uint16_t vendor_id = 0x1b36;
  std::uint16_t device_id = 0x0100;
  std::uint32_t class_code = 0x120000;
  std::uint8_t revision = 0x01;
  std::uint16_t subsystem_vendor_id = 0x1af4;
  std::uint16_t subsystem_id = 0x1100;
};

struct Validity {
  crypto::CalendarTime not_before = crypto::calendar_time(2024, 1, 1);
  crypto::CalendarTime not_after = crypto::calendar_time(2049, 12, 31, 23, 59, 59);
};

// How one slot is provisioned. A device certificate has the hardware-identity mark in its leaf; with an alias
// certificate the mark is in the device's own authority, which signs a leaf that goes with the firmware.
struct Provision {
  crypto::Curve curve = crypto::Curve::kP384;
  spdm::CertificateModel model = spdm::CertificateModel::kDevice;
  Validity leaf{};
  Validity authorities{};
  bool requester = false;  // the leaf authenticates a requester
  bool key_agreement = false;  // the leaf's key agrees on keys and signs nothing
  // Serial number of another device of the same maker and model, whose leaf issues this one. Empty: an authority does.
  std::string below{};
  // What the leaf may be used for alone, in a critical extension of its maker's. Empty: no such.
  std::string restricted_to{};
  // Label of the leaf's key. Empty: the device's own.
  std::string key{};
  // Label of the key that signs the leaf. Empty: its issuer's own.
  std::string signer{};
};

struct Slot {
  std::vector<base::Bytes> chain;  // DER, root first
  crypto::EcKey key;               // of the leaf
  spdm::CertificateModel model = spdm::CertificateModel::kDevice;
  const base::Bytes& root() const { return chain.front(); }
  const base::Bytes& leaf() const { return chain.back(); }
};

struct Identity {
  Description description{};
  std::array<std::optional<Slot>, spdm::kSlotCount> slots{};
};

// A chain of root, intermediate, (device authority,) leaf. Every key comes from `world_seed` and a label: the root's
// label is the manufacturer's name, so that all its devices have one root; the leaf's are the device and the slot.
Slot provision(const Description& description, const Provision& how, std::uint8_t slot, std::uint64_t world_seed,
               crypto::Library& library);
// Slot 0 alone.
Identity provisioned(const Description& description, const Provision& how, std::uint64_t world_seed,
                     crypto::Library& library);
// The self-signed root of a manufacturer, for whoever is to trust it.
crypto::Certificate manufacturer_root(const std::string& manufacturer, crypto::Curve curve, const Validity& validity,
                                      std::uint64_t world_seed, crypto::Library& library);

// Serial number of the certificate that stands for a device in this slot.
base::Bytes leaf_serial(const Description& description, std::uint8_t slot, crypto::Curve curve);
// What a manufacturer's device authority takes back, by their serial numbers; good to the end of `validity`.
crypto::RevocationList revocation_list(const std::string& manufacturer, crypto::Curve curve,
                                       const std::vector<base::Bytes>& serials, const Validity& validity,
                                       std::uint64_t world_seed, crypto::Library& library);

// "Vendor=1b36:Device=0100:CC=120000:REV=01:SSVID=1af4:SSID=1100" (PCIe 6.1, 6.31.3).
std::string pci_name_of(const Description& description);
// "Manufacturer:Product:Serial" (DSP0274 1.3, 10.7.1).
std::string device_name_of(const Description& description);

}  // namespace identity
