#pragma once
// What the guest's owner is willing to believe of a device. Plain data. An unset optional or an empty set means that
// the owner does not ask, except for roots and measurements, where nothing is accepted unasked.
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "platform/crypto/certificate.h"
#include "platform/crypto/revocation_list.h"
#include "platform/protocol/spdm/algorithms.h"
#include "platform/protocol/spdm/capabilities.h"
#include "platform/protocol/spdm/measurements.h"

namespace device_trust {

// A root that the owner trusts. Certificates do not say for which PCI vendors a root may speak; the owner does.
struct TrustedRoot {
  crypto::Certificate root;
  std::set<std::uint16_t> vendors{};  // empty: for every vendor
};

struct NegotiationPolicy {
  spdm::Version version_min = spdm::Version::k12;
  std::uint32_t capabilities = spdm::kCapCert | spdm::kCapEncrypt | spdm::kCapMac | spdm::kCapKeyExchange;  // at least
  // Each is a set of which the responder has to choose one; zero does not ask.
  std::uint32_t base_asym = spdm::kAsymEcdsaP384 | spdm::kAsymEcdsaP256;
  std::uint32_t base_hash = spdm::kHashSha384 | spdm::kHashSha256;
  std::uint16_t dhe = spdm::kDheSecp384r1 | spdm::kDheSecp256r1;
  std::uint16_t aead = spdm::kAeadAes256Gcm;
};

struct ChainPolicy {
  std::vector<TrustedRoot> keyring{};
  bool keyring_by_vendor = true;      // `TrustedRoot::vendors` counts
  std::optional<std::uint8_t> slot{};  // empty: the first slot that verifies
  std::optional<crypto::Certificate> device_root{};  // this device's own, whatever else the keyring has
  bool check_validity = true;
  bool require_revocation_list = false;  // a current one of every authority in the chain
  std::vector<crypto::RevocationList> revocation_lists{};
  std::set<base::Block<32>> blocked{};  // SHA-256 of certificates that the owner takes back himself
  bool require_responder_purpose = true;  // without it, a leaf without any purpose of DMTF's will do
  bool require_pci_name = true;           // PCIe 6.2 no longer asks for it
  bool require_serial_number = false;     // the name has the serial number
};

// What one measurement may be. Digests are compared as they come: the hash is the negotiated one.
struct Reference {
  spdm::MeasurementType type = spdm::MeasurementType::kMutableFirmware;
  bool raw = false;
  std::set<base::Bytes> values{};  // any of them
};

struct MeasurementPolicy {
  bool require = true;
  bool require_signature = false;  // a secured session vouches for unsigned ones otherwise
  std::map<std::uint8_t, Reference> references{};  // by index; each is required
  bool allow_unknown = false;                      // an index without reference
  std::optional<std::uint64_t> security_version_min{};
  std::set<std::string> versions{};
  bool require_device_mode = false;
  bool allow_debug = false;
  bool require_summary = false;                    // in the proof
  std::set<std::uint8_t> tcb_indices{};            // what a summary of the TCB covers
};

struct InterfacePolicy {
  bool require_report = true;
  std::set<std::uint16_t> non_tee_ranges{};  // range ids that may be open to the host
  bool allow_updatable = false;              // ranges that may turn into such
  bool allow_pasid = false, allow_ats = false, allow_prs = false;
  std::optional<base::Block<48>> device_info{};  // SHA-384 of the device specific information
  bool require_tsm_digests = false;              // the host carried the evidence
};

struct Policy {
  bool require_authentication = true;
  // The proof answers a nonce of the guest's. Without that, the security manager's word is taken that it is fresh.
  bool require_own_proof = true;
  NegotiationPolicy negotiation{};
  ChainPolicy chain{};
  MeasurementPolicy measurements{};
  InterfacePolicy interface{};
  bool allow_firmware_change = false;  // when a device is looked at again
};

}  // namespace device_trust
