#include "platform/crypto/revocation_list.h"

#include <openssl/err.h>

#include <algorithm>

#include "platform/crypto/der.h"
#include "platform/crypto/memo.h"
#include "platform/crypto/x509_parts.h"

namespace crypto {
namespace {

std::optional<RevocationContent> content_of(X509_CRL* crl) {
  std::optional<Name> issuer = x509::name_of(X509_CRL_get_issuer(crl));
  std::optional<CalendarTime> this_update = x509::time_of(X509_CRL_get0_lastUpdate(crl));
  std::optional<CalendarTime> next_update = x509::time_of(X509_CRL_get0_nextUpdate(crl));
  if (!issuer || !this_update || !next_update) return std::nullopt;
  RevocationContent out{*issuer, *this_update, *next_update, {}};
  STACK_OF(X509_REVOKED)* revoked = X509_CRL_get_REVOKED(crl);
  for (int i = 0; i < sk_X509_REVOKED_num(revoked); ++i) {
    std::optional<base::Bytes> serial =
        x509::serial_of(X509_REVOKED_get0_serialNumber(sk_X509_REVOKED_value(revoked, i)));
    if (!serial) return std::nullopt;
    out.serials.push_back(*serial);
  }
  return out;
}

base::Bytes to_be_signed(const RevocationContent& content, base::View algorithm) {
  base::Bytes revoked;
  for (const base::Bytes& serial : content.serials) {
    base::append(revoked, der::sequence({der::integer(base::View(serial)), x509::encode(content.this_update)}));
  }
  if (!revoked.empty()) revoked = der::sequence({revoked});
  return der::sequence({der::integer(1), algorithm, x509::encode(content.issuer), x509::encode(content.this_update),
                        x509::encode(content.next_update), revoked});  // version 1 means v2
}

template <class Key>
RevocationList issue_with(const RevocationContent& content, Library& library, const Operation& operation,
                          const Key& key) {
  const base::Bytes algorithm = x509::algorithm_of(key);
  const base::Bytes tbs = to_be_signed(content, algorithm);
  std::optional<RevocationList> out =
      RevocationList::from_der(x509::frame(tbs, algorithm, x509::signature_of(key, library, operation, tbs)));
  base::check(out.has_value(), "a revocation list of ours can be read");
  return *out;
}

}  // namespace

std::optional<RevocationList> RevocationList::from_der(base::View der) {
  constexpr std::size_t kKeptMax = 1 << 10, kKeptSizeMax = 8 << 10;  // as certificates
  static auto* const kStore = new Memory<std::optional<RevocationList>>(kKeptMax);  // never destroyed: a thread may outlive `main`
  if (der.size() > kKeptSizeMax) return read(der);
  return kStore->get(MemoKey("revocation list").add(der).digest(), [&] { return read(der); });
}

std::optional<RevocationList> RevocationList::read(base::View der) {
  std::optional<x509::Frame> frame = x509::unframe(der);
  if (!frame) return std::nullopt;
  const unsigned char* at = der.data();
  Owned<X509_CRL, X509_CRL_free> crl(d2i_X509_CRL(nullptr, &at, static_cast<long>(der.size())));
  ERR_clear_error();
  if (crl == nullptr || at != der.data() + der.size() || X509_CRL_get_version(crl.get()) != X509_CRL_VERSION_2) {
    return std::nullopt;
  }
  std::optional<RevocationContent> content = content_of(crl.get());
  if (!content) return std::nullopt;
  RevocationList out;
  out.der_ = base::bytes_of(der);
  out.tbs_ = std::move(frame->tbs);
  out.algorithm_ = std::move(frame->algorithm);
  out.signature_ = std::move(frame->signature);
  out.issuer_der_ = x509::der_of(X509_CRL_get_issuer(crl.get()));
  out.content_ = std::move(*content);
  return out;
}

bool RevocationList::signed_by(base::View issuer_public_key) const {
  return x509::verify(algorithm_, issuer_public_key, tbs_, signature_);
}

bool RevocationList::revokes(const Certificate& certificate) const {
  const std::vector<base::Bytes>& listed = content_.serials;
  return certificate.issuer_der_ == issuer_der_ &&
         std::find(listed.begin(), listed.end(), certificate.content().serial) != listed.end();
}

RevocationList issue(const RevocationContent& content, Library& library, const Operation& operation,
                     const RsaKey& key) {
  return issue_with(content, library, operation, key);
}
RevocationList issue(const RevocationContent& content, Library& library, const Operation& operation, const EcKey& key) {
  return issue_with(content, library, operation, key);
}

}  // namespace crypto
