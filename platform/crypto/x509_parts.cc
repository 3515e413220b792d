#include "platform/crypto/x509_parts.h"

#include <openssl/objects.h>

#include <chrono>
#include <cstdio>

#include "platform/crypto/der.h"

namespace crypto::x509 {
namespace {

constexpr std::string_view kCommonName = "2.5.4.3";
constexpr std::string_view kOrganization = "2.5.4.10";
constexpr std::string_view kSha384 = "2.16.840.1.101.3.4.2.2";
constexpr std::string_view kMgf1 = "1.2.840.113549.1.1.8";
constexpr std::string_view kRsaPss = "1.2.840.113549.1.1.10";
constexpr std::string_view kEcdsaSha256 = "1.2.840.10045.4.3.2";
constexpr std::string_view kEcdsaSha384 = "1.2.840.10045.4.3.3";
constexpr std::string_view kEcdsaSha512 = "1.2.840.10045.4.3.4";

base::Bytes attribute(std::string_view type, std::string_view value) {
  if (value.empty()) return {};
  return der::element(der::kSet, der::sequence({der::object_id(type), der::text(der::kUtf8String, value)}));
}

// RFC 4055, 3.1. AMD writes the trailer field out although it has its default value; DER leaves it away. Both are read.
base::Bytes rsa_pss(bool with_trailer) {
  const base::Bytes null = der::element(der::kNull, {});
  const base::Bytes hash = der::sequence({der::object_id(kSha384), null});
  const base::Bytes mask = der::sequence({der::object_id(kMgf1), hash});
  const base::Bytes trailer = with_trailer ? der::element(der::context(3), der::integer(1)) : base::Bytes{};
  const base::Bytes parameters =
      der::sequence({der::element(der::context(0), hash), der::element(der::context(1), mask),
                     der::element(der::context(2), der::integer(48)), trailer});
  return der::sequence({der::object_id(kRsaPss), parameters});
}

base::Bytes ecdsa(Curve curve) {
  const std::string_view name =
      curve == Curve::kP256 ? kEcdsaSha256 : curve == Curve::kP384 ? kEcdsaSha384 : kEcdsaSha512;
  return der::sequence({der::object_id(name)});
}

// Empty when the name has no such attribute; nullopt when it has and it is no text.
std::optional<std::string> attribute_of(const X509_NAME* name, int nid) {
  const int index = X509_NAME_get_index_by_NID(name, nid, -1);
  if (index < 0) return std::string();
  unsigned char* text = nullptr;
  const int size = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, index)));
  if (size < 0) return std::nullopt;
  std::string out(reinterpret_cast<char*>(text), static_cast<std::size_t>(size));
  OPENSSL_free(text);
  return out;
}

}  // namespace

base::Bytes encode(const Name& name) {
  return der::sequence({attribute(kOrganization, name.organization), attribute(kCommonName, name.common_name)});
}

base::Bytes encode(CalendarTime time) {
  using namespace std::chrono;
  const sys_seconds at{seconds(time)};
  const auto day = floor<days>(at);
  const year_month_day date(day);
  const hh_mm_ss clock(at - day);
  const int year = static_cast<int>(date.year());
  base::check(year >= 1950 && year <= 9999, "a certificate's time lies between 1950 and 9999");
  char text[32];
  const bool short_year = year < 2050;
  std::snprintf(text, sizeof text, short_year ? "%02d%02u%02u%02d%02d%02dZ" : "%04d%02u%02u%02d%02d%02dZ",
                short_year ? year % 100 : year, static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return der::text(short_year ? der::kUtcTime : der::kGeneralizedTime, text);
}

base::Bytes encode(const Extension& extension) {
  const base::Bytes critical = extension.critical ? der::element(der::kBoolean, base::Bytes{0xff}) : base::Bytes{};
  return der::sequence({der::object_id(extension.oid), critical, der::element(der::kOctetString, extension.value)});
}

std::optional<Name> name_of(const X509_NAME* name) {
  std::optional<std::string> common_name = attribute_of(name, NID_commonName);
  std::optional<std::string> organization = attribute_of(name, NID_organizationName);
  if (!common_name || !organization) return std::nullopt;
  return Name{*common_name, *organization};
}

std::optional<CalendarTime> time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return std::nullopt;
  return calendar_time(parts.tm_year + 1900, static_cast<unsigned>(parts.tm_mon + 1),
                       static_cast<unsigned>(parts.tm_mday), static_cast<unsigned>(parts.tm_hour),
                       static_cast<unsigned>(parts.tm_min), static_cast<unsigned>(parts.tm_sec));
}

std::optional<base::Bytes> serial_of(const ASN1_INTEGER* serial) {
  if (ASN1_STRING_type(serial) == V_ASN1_NEG_INTEGER) return std::nullopt;
  base::Bytes out(ASN1_STRING_get0_data(serial), ASN1_STRING_get0_data(serial) + ASN1_STRING_length(serial));
  while (out.size() > 1 && out.front() == 0) out.erase(out.begin());
  if (out.empty()) out.push_back(0);
  return out;
}

base::Bytes der_of(const X509_NAME* name) {
  const unsigned char* der = nullptr;
  std::size_t size = 0;
  check_openssl(X509_NAME_get0_der(name, &der, &size) == 1);
  return {der, der + size};
}

std::optional<Frame> unframe(base::View der) {
  std::optional<der::Element> whole = der::read(der);
  if (!whole || !der.empty() || whole->tag != der::kSequence) return std::nullopt;
  base::View rest = whole->content;
  std::optional<der::Element> tbs = der::read(rest);
  std::optional<der::Element> algorithm = der::read(rest);
  std::optional<der::Element> signature = der::read(rest);
  if (!tbs || !algorithm || !signature || !rest.empty()) return std::nullopt;
  if (signature->tag != der::kBitString || signature->content.empty()) return std::nullopt;
  if (signature->content[0] != 0) return std::nullopt;  // unused bits
  return Frame{base::bytes_of(tbs->whole), base::bytes_of(algorithm->whole),
               base::bytes_of(signature->content.subspan(1))};
}

base::Bytes frame(base::View tbs, base::View algorithm, base::View signature) {
  return der::sequence({tbs, algorithm, der::bit_string(signature)});
}

base::Bytes algorithm_of(const RsaKey&) { return rsa_pss(true); }
base::Bytes algorithm_of(const EcKey& key) { return ecdsa(key.curve()); }

base::Bytes signature_of(const RsaKey& key, Library& library, const Operation& operation, base::View tbs) {
  return key.sign_pss_sha384(library, operation, tbs);
}
base::Bytes signature_of(const EcKey& key, Library& library, const Operation& operation, base::View tbs) {
  return crypto::to_der(key.sign(library, operation, tbs));
}

std::optional<base::Bytes> point_of(base::View public_key) {
  for (Curve curve : {Curve::kP256, Curve::kP384, Curve::kP521}) {
    const std::size_t size = 2 * width_of(curve);
    if (public_key.size() < size) continue;
    base::Bytes point = base::bytes_of(public_key.last(size));
    base::Bytes again = public_key_info(point);
    if (std::equal(again.begin(), again.end(), public_key.begin(), public_key.end())) return point;
  }
  return std::nullopt;
}

bool verify(base::View algorithm, base::View public_key, base::View tbs, base::View signature) {
  const base::Bytes named = base::bytes_of(algorithm);
  if (named == rsa_pss(true) || named == rsa_pss(false)) return rsa_pss_sha384_verify(public_key, tbs, signature);
  std::optional<base::Bytes> point = point_of(public_key);
  if (!point) return false;
  const Curve curve = point->size() == 64 ? Curve::kP256 : point->size() == 96 ? Curve::kP384 : Curve::kP521;
  if (named != ecdsa(curve)) return false;
  std::optional<EcSignature> pair = ec_signature_from_der(curve, signature);
  return pair && ec_verify(*point, tbs, *pair);
}

}  // namespace crypto::x509
