#include "guest/relying_party/endorsement.h"

#include <algorithm>

#include "platform/crypto/der.h"
#include "platform/protocol/sev/cert_table.h"

namespace relying_party {

namespace {

constexpr std::string_view kProductName = "1.3.6.1.4.1.3704.1.2";
constexpr std::string_view kHwid = "1.3.6.1.4.1.3704.1.4";
constexpr std::string_view kCspId = "1.3.6.1.4.1.3704.1.5";

constexpr std::size_t kHwidSizeTurin = 8;

struct TcbExtension {
  std::string_view oid;
  std::uint8_t sev::Tcb::*component;  // null where none is defined yet: it must be zero
  bool required;
};
constexpr TcbExtension kTcbExtensions[] = {
    {"1.3.6.1.4.1.3704.1.3.1", &sev::Tcb::bootloader, true}, {"1.3.6.1.4.1.3704.1.3.2", &sev::Tcb::tee, true},
    {"1.3.6.1.4.1.3704.1.3.3", &sev::Tcb::snp, true},        {"1.3.6.1.4.1.3704.1.3.4", nullptr, false},
    {"1.3.6.1.4.1.3704.1.3.5", nullptr, false},              {"1.3.6.1.4.1.3704.1.3.6", nullptr, false},
    {"1.3.6.1.4.1.3704.1.3.7", nullptr, false},              {"1.3.6.1.4.1.3704.1.3.8", &sev::Tcb::microcode, true},
};
constexpr TcbExtension kFmcExtension = {"1.3.6.1.4.1.3704.1.3.9", &sev::Tcb::fmc, true};

bool read_component(const crypto::Certificate& leaf, const TcbExtension& extension, sev::Tcb& tcb) {
  const base::Bytes* raw = leaf.find_extension(extension.oid);
  if (!raw) return !extension.required;
  auto number = crypto::der::read_integer(*raw);
  if (!number || *number > 0xff) return false;
  if (!extension.component) return *number == 0;
  tcb.*extension.component = static_cast<std::uint8_t>(*number);
  return true;
}

std::optional<std::string_view> read_ia5(const crypto::Certificate& leaf, std::string_view oid) {
  const base::Bytes* raw = leaf.find_extension(oid);
  if (!raw) return std::nullopt;
  return crypto::der::read_text(crypto::der::kIa5String, *raw);
}

std::optional<crypto::Certificate> find_certificate(const std::vector<sevproto::CertEntry>& entries,
                                                    const sevproto::Guid& guid) {
  auto der = sevproto::find_cert(entries, guid);
  return der ? crypto::Certificate::from_der(*der) : std::nullopt;
}

}  // namespace

Endorsement read_endorsement(base::View table, sevproto::SigningKey kind) {
  Endorsement out{.kind = kind, .root = {}, .intermediate = {}, .leaf = {}, .revocation_list = {}};
  auto entries = sevproto::decode_cert_table(table);
  if (!entries) return out;
  out.root = find_certificate(*entries, sevproto::kGuidArk);
  out.intermediate = find_certificate(*entries, sevproto::kGuidAsk);
  if (kind == sevproto::SigningKey::kVcek) out.leaf = find_certificate(*entries, sevproto::kGuidVcek);
  if (kind == sevproto::SigningKey::kVlek) out.leaf = find_certificate(*entries, sevproto::kGuidVlek);
  if (auto der = sevproto::find_cert(*entries, sevproto::kGuidCrl))
    out.revocation_list = crypto::RevocationList::from_der(*der);
  return out;
}

std::optional<sev::Product> product_of(const crypto::Certificate& leaf) {
  auto name = read_ia5(leaf, kProductName);
  if (!name) return std::nullopt;
  // The stepping of a chip follows a hyphen; a VLEK, which no single chip holds, has none.
  std::string_view family = name->substr(0, name->find('-'));
  for (auto product : {sev::Product::kMilan, sev::Product::kGenoa, sev::Product::kTurin})
    if (family == sev::name_of(product)) return product;
  return std::nullopt;
}

std::optional<sev::Tcb> tcb_of(const crypto::Certificate& leaf, sev::Product product) {
  sev::Tcb tcb;
  for (const auto& extension : kTcbExtensions)
    if (!read_component(leaf, extension, tcb)) return std::nullopt;
  if (product == sev::Product::kTurin && !read_component(leaf, kFmcExtension, tcb)) return std::nullopt;
  return tcb;
}

std::optional<base::Block<64>> chip_id_of(const crypto::Certificate& leaf, sev::Product product) {
  base::Block<64> out{};
  const base::Bytes* raw = leaf.find_extension(kHwid);  // octets, no DER inside
  if (!raw || raw->size() != (product == sev::Product::kTurin ? kHwidSizeTurin : out.size())) return std::nullopt;
  std::copy(raw->begin(), raw->end(), out.begin());
  return out;
}

std::optional<std::string> provider_of(const crypto::Certificate& leaf) {
  auto text = read_ia5(leaf, kCspId);
  return text ? std::optional<std::string>(*text) : std::nullopt;
}

std::optional<sev::Product> product_of(const sevproto::Report& report) {
  const unsigned family = report.cpuid_fam_id, model = report.cpuid_mod_id;
  if (family == 0x19 && model <= 0x0f) return sev::Product::kMilan;
  if (family == 0x19 && (model >> 4 == 0x1 || model >> 4 == 0xa)) return sev::Product::kGenoa;
  if (family == 0x1a && model <= 0x1f) return sev::Product::kTurin;
  return std::nullopt;
}

}  // namespace relying_party
