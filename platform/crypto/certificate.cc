#include "platform/crypto/certificate.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "platform/crypto/der.h"
#include "platform/crypto/memo.h"
#include "platform/crypto/x509_parts.h"

namespace crypto {
namespace {

constexpr std::string_view kEcPublicKey = "1.2.840.10045.2.1";
constexpr std::string_view kP256 = "1.2.840.10045.3.1.7";
constexpr std::string_view kP384 = "1.3.132.0.34";
constexpr std::string_view kP521 = "1.3.132.0.35";
constexpr const char* kBasicConstraints = "2.5.29.19";
constexpr const char* kKeyUsage = "2.5.29.15";

using X509Owned = Owned<X509, X509_free>;

std::optional<CertificateContent> content_of(const X509* x509) {
  std::optional<base::Bytes> serial = x509::serial_of(X509_get0_serialNumber(x509));
  std::optional<Name> subject = x509::name_of(X509_get_subject_name(x509));
  std::optional<Name> issuer = x509::name_of(X509_get_issuer_name(x509));
  std::optional<CalendarTime> not_before = x509::time_of(X509_get0_notBefore(x509));
  std::optional<CalendarTime> not_after = x509::time_of(X509_get0_notAfter(x509));
  if (!serial || !subject || !issuer || !not_before || !not_after) return std::nullopt;
  CertificateContent out{*serial, *subject, *issuer, *not_before, *not_after, {}, {}};

  unsigned char* key = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x509), &key);
  if (size < 0) return std::nullopt;
  out.public_key.assign(key, key + size);
  OPENSSL_free(key);

  for (int i = 0; i < X509_get_ext_count(x509); ++i) {
    X509_EXTENSION* extension = X509_get_ext(x509, i);
    char oid[128];
    const int oid_size = OBJ_obj2txt(oid, sizeof oid, X509_EXTENSION_get_object(extension), 1);
    if (oid_size <= 0 || oid_size >= static_cast<int>(sizeof oid)) return std::nullopt;
    const ASN1_OCTET_STRING* value = X509_EXTENSION_get_data(extension);
    const unsigned char* bytes = ASN1_STRING_get0_data(value);
    out.extensions.push_back(
        {oid, {bytes, bytes + ASN1_STRING_length(value)}, X509_EXTENSION_get_critical(extension) == 1});
  }
  return out;
}

base::Bytes to_be_signed(const CertificateContent& content, base::View algorithm) {
  const base::Bytes version = der::element(der::context(0), der::integer(2));  // v3
  const base::Bytes validity = der::sequence({x509::encode(content.not_before), x509::encode(content.not_after)});
  base::Bytes extensions;
  for (const Extension& extension : content.extensions) base::append(extensions, x509::encode(extension));
  if (!extensions.empty()) extensions = der::element(der::context(3), der::sequence({extensions}));
  return der::sequence({version, der::integer(base::View(content.serial)), algorithm, x509::encode(content.issuer),
                        validity, x509::encode(content.subject), content.public_key, extensions});
}

template <class Key>
Certificate issue_with(const CertificateContent& content, Library& library, const Operation& operation,
                       const Key& key) {
  const base::Bytes algorithm = x509::algorithm_of(key);
  const base::Bytes tbs = to_be_signed(content, algorithm);
  std::optional<Certificate> out =
      Certificate::from_der(x509::frame(tbs, algorithm, x509::signature_of(key, library, operation, tbs)));
  base::check(out.has_value(), "a certificate of ours can be read, its content permitting");
  return *out;
}

Extension key_usage(std::uint8_t bits, std::uint8_t unused_bits) {
  return {kKeyUsage, der::element(der::kBitString, base::Bytes{unused_bits, bits}), true};
}

}  // namespace

Extension basic_constraints(bool is_authority) {
  const base::Bytes flag = is_authority ? der::element(der::kBoolean, base::Bytes{0xff}) : base::Bytes{};
  return {kBasicConstraints, der::sequence({flag}), true};
}
Extension key_usage_signature() { return key_usage(0x80, 7); }
Extension key_usage_authority() { return key_usage(0x86, 1); }

base::Bytes public_key_info(base::View point) {
  base::check(point.size() == 64 || point.size() == 96 || point.size() == 132, "a point is on P-256, P-384 or P-521");
  const std::string_view curve = point.size() == 64 ? kP256 : point.size() == 96 ? kP384 : kP521;
  const base::Bytes uncompressed{4};
  return der::sequence({der::sequence({der::object_id(kEcPublicKey), der::object_id(curve)}),
                        der::bit_string(der::joined({uncompressed, point}))});
}

std::optional<base::Bytes> point_of(base::View public_key_info) { return x509::point_of(public_key_info); }

std::optional<Certificate> Certificate::from_der(base::View der) {
  // A certificate of a kilobyte is five here. Who searches with altered ones makes thousands, and sees none of them again.
  constexpr std::size_t kKeptMax = 1 << 12, kKeptSizeMax = 8 << 10;
  static auto* const kStore = new Memory<std::optional<Certificate>>(kKeptMax);  // never destroyed: a thread may outlive `main`
  if (der.size() > kKeptSizeMax) return read(der);
  return kStore->get(MemoKey("certificate").add(der).digest(), [&] { return read(der); });
}

std::optional<Certificate> Certificate::read(base::View der) {
  std::optional<x509::Frame> frame = x509::unframe(der);
  if (!frame) return std::nullopt;
  const unsigned char* at = der.data();
  X509Owned x509(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  ERR_clear_error();
  if (x509 == nullptr || at != der.data() + der.size()) return std::nullopt;
  if (X509_get_version(x509.get()) != X509_VERSION_3) return std::nullopt;

  // RFC 5280, 4.1.1.2: the algorithm outside the signed part, which anyone can alter, repeats the one inside.
  const X509_ALGOR* outside = nullptr;
  X509_get0_signature(nullptr, &outside, x509.get());
  if (X509_ALGOR_cmp(outside, X509_get0_tbs_sigalg(x509.get())) != 0) return std::nullopt;

  std::optional<CertificateContent> content = content_of(x509.get());
  if (!content) return std::nullopt;
  Certificate out;
  out.der_ = base::bytes_of(der);
  out.tbs_ = std::move(frame->tbs);
  out.algorithm_ = std::move(frame->algorithm);
  out.signature_ = std::move(frame->signature);
  out.issuer_der_ = x509::der_of(X509_get_issuer_name(x509.get()));
  out.subject_der_ = x509::der_of(X509_get_subject_name(x509.get()));
  out.content_ = std::move(*content);
  out.point_ = x509::point_of(out.content_.public_key);
  return out;
}

std::optional<std::vector<Certificate>> Certificate::from_pem(std::string_view pem) {
  Owned<BIO, BIO_free_all> source(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  check_openssl(source != nullptr);
  std::vector<Certificate> out;
  for (;;) {
    char *name = nullptr, *header = nullptr;
    unsigned char* data = nullptr;
    long size = 0;
    if (PEM_read_bio(source.get(), &name, &header, &data, &size) != 1) break;
    const bool named = std::string_view(name) == "CERTIFICATE";
    base::Bytes der(data, data + size);
    OPENSSL_free(name);
    OPENSSL_free(header);
    OPENSSL_free(data);
    std::optional<Certificate> certificate = named ? from_der(der) : std::nullopt;
    if (!certificate) return std::nullopt;
    out.push_back(std::move(*certificate));
  }
  // "No start line" is how OpenSSL says that the text has ended; anything else is a block cut short or garbled.
  const bool ended = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (!ended || out.empty()) return std::nullopt;
  return out;
}

std::string Certificate::to_pem() const {
  Owned<BIO, BIO_free_all> sink(BIO_new(BIO_s_mem()));
  check_openssl(sink != nullptr);
  check_openssl(PEM_write_bio(sink.get(), "CERTIFICATE", "", der_.data(), static_cast<long>(der_.size())) > 0);
  char* text = nullptr;
  const long size = BIO_get_mem_data(sink.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

const base::Bytes* Certificate::find_extension(std::string_view oid) const {
  for (const Extension& extension : content_.extensions) {
    if (extension.oid == oid) return &extension.value;
  }
  return nullptr;
}

bool Certificate::is_authority() const {
  const base::Bytes* value = find_extension(kBasicConstraints);
  if (value == nullptr) return false;
  base::View rest = *value;
  std::optional<der::Element> constraints = der::read(rest);
  if (!constraints || constraints->tag != der::kSequence || !rest.empty()) return false;
  base::View fields = constraints->content;
  std::optional<der::Element> flag = der::read(fields);
  return flag && flag->tag == der::kBoolean && flag->content.size() == 1 && flag->content[0] == 0xff;
}

bool Certificate::signed_by(base::View issuer_public_key) const {
  return x509::verify(algorithm_, issuer_public_key, tbs_, signature_);
}

Certificate issue(const CertificateContent& content, Library& library, const Operation& operation, const RsaKey& key) {
  return issue_with(content, library, operation, key);
}
Certificate issue(const CertificateContent& content, Library& library, const Operation& operation, const EcKey& key) {
  return issue_with(content, library, operation, key);
}

bool issued_by(const Certificate& child, const Certificate& issuer, CalendarTime at) {
  return child.names_as_issuer(issuer) && child.valid_at(at) && issuer.valid_at(at) &&
         child.signed_by(issuer.public_key());
}

std::string to_pem(const std::vector<Certificate>& chain) {
  std::string out;
  for (const Certificate& certificate : chain) out += certificate.to_pem();
  return out;
}

}  // namespace crypto
