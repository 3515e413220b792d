#include "tsm/sev/keys/key_hierarchy.h"

#include <algorithm>

#include "platform/base/check.h"
#include "platform/crypto/der.h"
#include "platform/crypto/hash.h"
#include "tsm/sev/keys/vendor_keys.h"

namespace sev {
namespace {

constexpr char kOrganization[] = "Glacis EMULATED - not AMD";
// The vendor's own randomness, the same in every world: its signatures are older than the world.
constexpr std::uint64_t kVendorSeed = 0x616d6420656d756c;

constexpr std::size_t kHwidSizeTurin = 8;

crypto::Operation signing(std::string_view purpose) { return {.actor = "sev vendor", .purpose = purpose, .count = 0}; }

crypto::Name name(const std::string& common_name) { return {common_name, kOrganization}; }
crypto::Name ark_name(Product product) { return name("ARK-" + std::string(name_of(product))); }
crypto::Name ask_name(Product product) { return name("SEV-" + std::string(name_of(product))); }
crypto::Name asvk_name(Product product) { return name("SEV-VLEK-" + std::string(name_of(product))); }

// productName of a VCEK says the stepping, except on Turin; that of a VLEK, which no single chip holds, never does.
std::string product_name(Product product) {
  switch (product) {
    case Product::kMilan:
      return "Milan-B0";
    case Product::kGenoa:
      return "Genoa-B1";
    case Product::kTurin:
      return "Turin";
  }
  return "";
}

base::Block<32> secret_of(base::View seed, std::string_view label) {
  return crypto::hmac_sha256(seed, base::view_of(label));
}

crypto::Certificate authority(const crypto::Name& subject, const crypto::Name& issuer, std::uint8_t serial,
                              const crypto::RsaKey& key) {
  crypto::Library vendor(kVendorSeed);
  crypto::CertificateContent content{
      .serial = {serial},
      .subject = subject,
      .issuer = issuer,
      .not_before = authority_not_before(),
      .not_after = authority_not_after(),
      .public_key = key.public_key(),
      .extensions = {crypto::basic_constraints(true), crypto::key_usage_authority()},
  };
  return crypto::issue(content, vendor, signing("authority certificate"), ark_key());
}

crypto::Extension number(const char* oid, std::uint64_t value) { return {oid, crypto::der::integer(value)}; }
crypto::Extension ia5(const char* oid, std::string_view text) {
  return {oid, crypto::der::text(crypto::der::kIa5String, text)};
}

// In the order of the vendor's own certificates, which is not that of the numbers. Turin's FMC takes the place of spl4.
std::vector<crypto::Extension> tcb_extensions(Product product, const Tcb& tcb, std::string_view product_name) {
  const bool turin = product == Product::kTurin;
  std::vector<crypto::Extension> out{number(oid::kStructVersion, turin ? 1 : 0), ia5(oid::kProductName, product_name)};
  if (turin) out.push_back(number(oid::kFmcSpl, tcb.fmc));
  out.push_back(number(oid::kBlSpl, tcb.bootloader));
  out.push_back(number(oid::kTeeSpl, tcb.tee));
  if (turin) out.push_back(number(oid::kSnpSpl, tcb.snp));
  if (!turin) out.push_back(number(oid::kSpl4, 0));
  for (const char* reserved : {oid::kSpl5, oid::kSpl6, oid::kSpl7}) out.push_back(number(reserved, 0));
  if (!turin) out.push_back(number(oid::kSnpSpl, tcb.snp));
  out.push_back(number(oid::kUcodeSpl, tcb.microcode));
  return out;
}

crypto::CertificateContent endorsement(const char* common_name, const crypto::Name& issuer, const crypto::EcKey& key,
                                       std::vector<crypto::Extension> extensions) {
  return {
      .serial = {0},
      .subject = name(common_name),
      .issuer = issuer,
      .not_before = endorsement_not_before(),
      .not_after = endorsement_not_after(),
      .public_key = crypto::public_key_info(key.public_point()),
      .extensions = std::move(extensions),
  };
}

crypto::Certificate vcek_certificate_by(const crypto::RsaKey& intermediate, const Chip& chip, const Tcb& tcb) {
  std::vector<crypto::Extension> extensions = tcb_extensions(chip.product, tcb, product_name(chip.product));
  extensions.push_back({oid::kHwid, base::bytes_of(chip.hwid_octets())});  // octets, no DER inside
  crypto::Library vendor(kVendorSeed);
  return crypto::issue(endorsement("SEV-VCEK", ask_name(chip.product), vcek(chip, tcb), std::move(extensions)), vendor,
                       signing("vcek certificate"), intermediate);
}

// What the vendor certified before any world, made once in a process.
struct Authorities {
  explicit Authorities(Product product)
      : ark(authority(ark_name(product), ark_name(product), 1, ark_key())),
        ask(authority(ask_name(product), ark_name(product), 2, ask_key())),
        asvk(authority(asvk_name(product), ark_name(product), 3, asvk_key())),
        retired_ask(authority(ask_name(product), ark_name(product), 4, retired_ask_key())) {}
  crypto::Certificate ark, ask, asvk, retired_ask;
};

template <Product kProduct>
const Authorities& authorities() {
  static const Authorities kAuthorities(kProduct);
  return kAuthorities;
}

const Authorities& authorities_of(Product product) {
  switch (product) {
    case Product::kMilan:
      return authorities<Product::kMilan>();
    case Product::kGenoa:
      return authorities<Product::kGenoa>();
    case Product::kTurin:
      break;
  }
  return authorities<Product::kTurin>();
}

}  // namespace

Chip Chip::from_seed(Product product, base::View seed) {
  Chip chip;
  chip.product = product;
  const base::Bytes hwid = crypto::hkdf_sha384(seed, {}, base::view_of("hwid"), chip.hwid_octets().size());
  std::copy(hwid.begin(), hwid.end(), chip.hwid.begin());
  chip.secret = secret_of(seed, "chip secret");
  return chip;
}

base::View Chip::hwid_octets() const {
  return base::View(hwid).first(product == Product::kTurin ? kHwidSizeTurin : hwid.size());
}

Provider Provider::from_seed(std::string csp_id, base::View seed) {
  return {std::move(csp_id), secret_of(seed, "provider secret")};
}

crypto::EcKey vcek(const Chip& chip, const Tcb& tcb) { return TcbSecret::from_root(chip.secret, "vcek", tcb).key(); }

crypto::EcKey vlek(const Provider& provider, Product product, const Tcb& tcb) {
  return TcbSecret::from_root(provider.secret, "vlek/" + std::string(name_of(product)), tcb).key();
}

KeyHierarchy::KeyHierarchy(Product product)
    : product_(product),
      ark_(authorities_of(product).ark),
      ask_(authorities_of(product).ask),
      asvk_(authorities_of(product).asvk),
      retired_ask_(authorities_of(product).retired_ask) {}

crypto::Certificate KeyHierarchy::vcek_certificate(const Chip& chip, const Tcb& tcb) const {
  base::check(chip.product == product_, "a chip is endorsed by the hierarchy of its product");
  return vcek_certificate_by(ask_key(), chip, tcb);
}

crypto::Certificate KeyHierarchy::retired_vcek_certificate(const Chip& chip, const Tcb& tcb) const {
  base::check(chip.product == product_, "a chip is endorsed by the hierarchy of its product");
  return vcek_certificate_by(retired_ask_key(), chip, tcb);
}

crypto::Certificate KeyHierarchy::vlek_certificate(const Provider& provider, const Tcb& tcb) const {
  std::vector<crypto::Extension> extensions = tcb_extensions(product_, tcb, name_of(product_));
  extensions.push_back(ia5(oid::kCspId, provider.csp_id));
  crypto::Library vendor(kVendorSeed);
  const crypto::EcKey key = vlek(provider, product_, tcb);
  return crypto::issue(endorsement("SEV-VLEK", asvk_name(product_), key, std::move(extensions)), vendor,
                       signing("vlek certificate"), asvk_key());
}

crypto::RevocationList KeyHierarchy::revocation_list(const std::vector<base::Bytes>& serials,
                                                     crypto::CalendarTime this_update,
                                                     crypto::CalendarTime next_update) const {
  crypto::Library vendor(kVendorSeed);
  crypto::RevocationContent content{ark_name(product_), this_update, next_update, serials};
  return crypto::issue(content, vendor, signing("revocation list"), ark_key());
}

std::string KeyHierarchy::vcek_chain_pem() const { return crypto::to_pem({ask_, ark_}); }
std::string KeyHierarchy::vlek_chain_pem() const { return crypto::to_pem({asvk_, ark_}); }

crypto::CalendarTime authority_not_before() { return crypto::calendar_time(2020, 10, 22); }
crypto::CalendarTime authority_not_after() { return crypto::calendar_time(2045, 10, 22); }
crypto::CalendarTime endorsement_not_before() { return crypto::calendar_time(2024, 1, 1); }
crypto::CalendarTime endorsement_not_after() { return crypto::calendar_time(2031, 1, 1); }

}  // namespace sev
