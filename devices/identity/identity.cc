#include "devices/identity/identity.h"

#include <cstdio>

#include "platform/crypto/der.h"
#include "platform/crypto/digest.h"

namespace identity {
namespace {

namespace der = crypto::der;

constexpr char kSubjectAltName[] = "2.5.29.17";
constexpr char kKeyUsage[] = "2.5.29.15";
constexpr char kExtendedKeyUsage[] = "2.5.29.37";
constexpr char kSubjectKeyIdentifier[] = "2.5.29.14";
constexpr char kAuthorityKeyIdentifier[] = "2.5.29.35";
constexpr char kRestriction[] = "2.999.1";  // of the arc that is for examples; convention
constexpr std::size_t kKeyIdentifierSize = 20;
constexpr std::size_t kSerialSize = 16;

std::string curve_name(crypto::Curve curve) {
  return curve == crypto::Curve::kP256 ? "P-256" : curve == crypto::Curve::kP384 ? "P-384" : "P-521";
}

base::Bytes seed_bytes(std::uint64_t seed) {
  base::Bytes out;
  base::append_le(out, seed);
  return out;
}

// What one certificate is made from.
struct Holder {
  std::string label;  // of its key, and of what else is derived for it
  crypto::Name name;
  crypto::EcKey key;
};

Holder holder(std::string label, crypto::Name name, crypto::Curve curve, std::uint64_t seed) {
  label += " " + curve_name(curve);
  crypto::EcKey key = crypto::EcKey::derive(curve, seed_bytes(seed), label);
  return {label, std::move(name), std::move(key)};
}

Holder root_of(const std::string& manufacturer, crypto::Curve curve, std::uint64_t seed) {
  return holder("device root " + manufacturer, {"Glacis emulated " + manufacturer + " root CA", manufacturer}, curve,
                seed);
}

Holder intermediate_of(const std::string& maker, crypto::Curve curve, std::uint64_t seed) {
  return holder("device intermediate " + maker, {"Glacis emulated " + maker + " device CA", maker}, curve, seed);
}

std::string leaf_label(const std::string& who) { return "device leaf " + who; }

Holder leaf_of(const Description& d, std::uint8_t slot, crypto::Curve curve, std::uint64_t seed) {
  const std::string who = device_name_of(d) + " slot " + std::to_string(slot);
  return holder(leaf_label(who), {"Glacis emulated " + who, d.manufacturer}, curve, seed);
}

base::Bytes key_identifier(const crypto::EcKey& key) {
  base::Bytes id = crypto::hash(crypto::Digest::kSha256, key.public_point());
  id.resize(kKeyIdentifierSize);
  return id;
}

// RFC 5280, 4.2.1.1 and 4.2.1.2.
crypto::Extension subject_key_identifier(const crypto::EcKey& key) {
  return {kSubjectKeyIdentifier, der::element(der::kOctetString, key_identifier(key)), false};
}
crypto::Extension authority_key_identifier(const crypto::EcKey& key) {
  constexpr std::uint8_t kKeyIdentifierTag = 0x80;  // [0], primitive
  return {kAuthorityKeyIdentifier, der::sequence({der::element(kKeyIdentifierTag, key_identifier(key))}), false};
}

base::Bytes other_name(std::string_view oid, std::string_view text) {
  const base::Bytes value = der::element(der::context(0), der::text(der::kUtf8String, text));
  return der::element(der::context(0), der::joined({der::object_id(oid), value}));
}

crypto::Extension alternative_names(const Description& description) {
  return {kSubjectAltName,
          der::sequence({other_name(spdm::kOidDeviceInfo, device_name_of(description)),
                         other_name(spdm::kOidPciSigCma, pci_name_of(description))}),
          false};
}

crypto::Extension key_purpose(std::string_view oid) {
  return {kExtendedKeyUsage, der::sequence({der::object_id(oid)}), true};
}

// One mark of DSP0274 1.3, 10.7.1: what kind of certificate this is.
crypto::Extension spdm_mark(std::string_view oid) {
  return {spdm::kOidSpdmExtension, der::sequence({der::sequence({der::object_id(oid)})}), false};
}

base::Bytes serial_of(const std::string& label) {
  base::Bytes serial = crypto::hash(crypto::Digest::kSha256, base::view_of("serial of " + label));
  serial.resize(kSerialSize);
  serial.front() = static_cast<std::uint8_t>((serial.front() & 0x3f) | 0x40);  // positive, of full length
  return serial;
}

// By the issuer's own key, unless another one is given.
base::Bytes sign_certificate(const Holder& subject, const Holder& issuer, const Validity& validity,
                             std::vector<crypto::Extension> extensions, crypto::Library& library,
                             const crypto::EcKey* signer = nullptr) {
  extensions.push_back(subject_key_identifier(subject.key));
  if (subject.label != issuer.label) extensions.push_back(authority_key_identifier(issuer.key));
  const crypto::CertificateContent content{serial_of(subject.label),
                                           subject.name,
                                           issuer.name,
                                           validity.not_before,
                                           validity.not_after,
                                           crypto::public_key_info(subject.key.public_point()),
                                           std::move(extensions)};
  return crypto::issue(content, library, {issuer.label, subject.label, 0}, signer ? *signer : issuer.key)
      .to_der();
}

// RFC 5280, 4.2.1.3: bit 4 alone.
crypto::Extension key_usage_agreement() {
  return {kKeyUsage, der::element(der::kBitString, base::Bytes{3, 0x08}), true};
}

std::vector<crypto::Extension> authority() { return {crypto::basic_constraints(true), crypto::key_usage_authority()}; }

}  // namespace

std::string pci_name_of(const Description& d) {
  char text[96];
  std::snprintf(text, sizeof text, "Vendor=%04x:Device=%04x:CC=%06x:REV=%02x:SSVID=%04x:SSID=%04x", d.vendor_id,
                d.device_id, d.class_code & 0xffffff, d.revision, d.subsystem_vendor_id, d.subsystem_id);
  return text;
}

std::string device_name_of(const Description& d) {
  return d.manufacturer + ":" + d.product + ":" + d.serial_number;
}

crypto::Certificate manufacturer_root(const std::string& manufacturer, crypto::Curve curve, const Validity& validity,
                                      std::uint64_t world_seed, crypto::Library& library) {
  const Holder root = root_of(manufacturer, curve, world_seed);
  return *crypto::Certificate::from_der(sign_certificate(root, root, validity, authority(), library));
}

base::Bytes leaf_serial(const Description& d, std::uint8_t slot, crypto::Curve curve) {
  return serial_of(leaf_label(device_name_of(d) + " slot " + std::to_string(slot)) + " " + curve_name(curve));
}

Slot provision(const Description& description, const Provision& how, std::uint8_t slot, std::uint64_t world_seed,
               crypto::Library& library) {
  const std::string& maker = description.manufacturer;
  const std::string who = device_name_of(description) + " slot " + std::to_string(slot);
  const bool alias = how.model == spdm::CertificateModel::kAlias;
  const Holder root = root_of(maker, how.curve, world_seed);
  const Holder intermediate = intermediate_of(maker, how.curve, world_seed);
  const Holder device = holder("device authority " + who, {"Glacis emulated " + who + " CA", maker}, how.curve,
                               world_seed);
  Holder leaf = leaf_of(description, slot, how.curve, world_seed);
  if (!how.key.empty()) leaf.key = crypto::EcKey::derive(how.curve, seed_bytes(world_seed), how.key);

  Slot out{{}, leaf.key, how.model};
  out.chain.push_back(sign_certificate(root, root, how.authorities, authority(), library));
  out.chain.push_back(sign_certificate(intermediate, root, how.authorities, authority(), library));
  const Holder* issuer = &intermediate;
  if (alias) {
    std::vector<crypto::Extension> extensions = authority();
    extensions.push_back(spdm_mark(spdm::kOidHardwareIdentity));
    out.chain.push_back(sign_certificate(device, intermediate, how.authorities, std::move(extensions), library));
    issuer = &device;
  }
  const auto of_leaf = [&](const Description& of, bool agreement) -> std::vector<crypto::Extension> {
    return {crypto::basic_constraints(false), agreement ? key_usage_agreement() : crypto::key_usage_signature(),
            key_purpose(how.requester ? spdm::kOidRequesterAuth : spdm::kOidResponderAuth), alternative_names(of),
            spdm_mark(alias ? spdm::kOidMutableCertificate : spdm::kOidHardwareIdentity)};
  };
  Description above = description;
  if (!how.below.empty()) above.serial_number = how.below;
  const Holder other = leaf_of(above, slot, how.curve, world_seed);
  if (!how.below.empty()) {
    out.chain.push_back(sign_certificate(other, *issuer, how.leaf, of_leaf(above, false), library));
    issuer = &other;
  }
  std::vector<crypto::Extension> extensions = of_leaf(description, how.key_agreement);
  if (!how.restricted_to.empty())
    extensions.push_back({kRestriction, der::text(der::kUtf8String, how.restricted_to), true});
  std::optional<crypto::EcKey> signer;
  if (!how.signer.empty()) signer = crypto::EcKey::derive(how.curve, seed_bytes(world_seed), how.signer);
  out.chain.push_back(sign_certificate(leaf, *issuer, how.leaf, std::move(extensions), library,
                                       signer ? &*signer : nullptr));
  return out;
}

crypto::RevocationList revocation_list(const std::string& manufacturer, crypto::Curve curve,
                                       const std::vector<base::Bytes>& serials, const Validity& validity,
                                       std::uint64_t world_seed, crypto::Library& library) {
  const Holder issuer = intermediate_of(manufacturer, curve, world_seed);
  const crypto::RevocationContent content{issuer.name, validity.not_before, validity.not_after, serials};
  return crypto::issue(content, library, {issuer.label, "revocation list", 0}, issuer.key);
}

Identity provisioned(const Description& description, const Provision& how, std::uint64_t world_seed,
                     crypto::Library& library) {
  Identity out{description, {}};
  out.slots[0] = provision(description, how, 0, world_seed, library);
  return out;
}

}  // namespace identity
