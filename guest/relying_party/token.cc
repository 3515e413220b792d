#include "guest/relying_party/token.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "guest/relying_party/base64url.h"
#include "guest/relying_party/token_rules.h"
#include "platform/crypto/hash.h"

namespace relying_party {

namespace {

constexpr std::string_view kHeader = R"({"alg":"ES384","typ":"JWT"})";
constexpr std::size_t kTokenMax = 8 * 1024;
constexpr std::size_t kWordMax = 128;

base::View half(const ChannelKey& key, bool second) { return base::View(key).subspan(second ? key.size() / 2 : 0, key.size() / 2); }

// What of the issuer's own form follows, taken from the front; a reader of one form alone needs no parser of JSON.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}
  void skip(std::string_view expected) {
    if (!rest_.starts_with(expected)) good_ = false;
    else rest_.remove_prefix(expected.size());
  }
  std::string word() {
    const auto end = rest_.find('"');
    const std::string_view found = rest_.substr(0, end);
    const bool plain = end != std::string_view::npos && end <= kWordMax &&
                       std::ranges::all_of(found, [](char c) { return c >= 0x20 && c < 0x7f && c != '\\'; });
    if (!plain) return good_ = false, std::string();
    rest_.remove_prefix(end);
    return std::string(found);
  }
  crypto::CalendarTime time() {
    crypto::CalendarTime value = 0;
    const auto [end, what] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    const std::string_view digits(rest_.data(), static_cast<std::size_t>(end - rest_.data()));
    if (what != std::errc{} || value < 0 || digits != std::to_string(value)) return good_ = false, 0;
    rest_.remove_prefix(digits.size());
    return value;
  }
  template <std::size_t kSize>
  base::Block<kSize> block() {
    const auto bytes = from_base64url(word());
    base::Block<kSize> out{};
    if (!bytes || bytes->size() != kSize) good_ = false;
    else std::ranges::copy(*bytes, out.begin());
    return out;
  }
  bool ended() const { return good_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool good_ = true;
};

std::string payload_of(const TokenClaims& c) {
  return fmt::format(R"({{"iss":"{}","aud":"{}","iat":{},"nbf":{},"exp":{},"nonce":"{}","evidence":"{}",)"
                     R"("cnf":{{"jwk":{{"kty":"EC","crv":"P-384","x":"{}","y":"{}"}}}}}})",
                     c.issuer, c.audience, c.issued, c.not_before, c.expires, to_base64url(c.nonce), c.evidence,
                     to_base64url(half(c.holder, false)), to_base64url(half(c.holder, true)));
}

std::optional<TokenClaims> claims_of(std::string_view payload) {
  TokenClaims c;
  Reader in(payload);
  in.skip(R"({"iss":")");
  c.issuer = in.word();
  in.skip(R"(","aud":")");
  c.audience = in.word();
  in.skip(R"(","iat":)");
  c.issued = in.time();
  in.skip(R"(,"nbf":)");
  c.not_before = in.time();
  in.skip(R"(,"exp":)");
  c.expires = in.time();
  in.skip(R"(,"nonce":")");
  c.nonce = in.block<32>();
  in.skip(R"(","evidence":")");
  c.evidence = in.word();
  in.skip(R"(","cnf":{"jwk":{"kty":"EC","crv":"P-384","x":")");
  const auto x = in.block<48>();
  in.skip(R"(","y":")");
  const auto y = in.block<48>();
  in.skip(R"("}}})");
  if (!in.ended()) return std::nullopt;
  std::ranges::copy(x, c.holder.begin());
  std::ranges::copy(y, c.holder.begin() + 48);
  return c;
}

}  // namespace

std::string issue_token(const TokenClaims& claims, const crypto::EcKey& issuer, crypto::Library& library, const crypto::Operation& operation) {
  const std::string part = to_base64url(base::view_of(kHeader)) + "." + to_base64url(base::view_of(payload_of(claims)));
  return part + "." + to_base64url(issuer.sign(library, operation, base::view_of(part)).joined());
}

std::optional<Token> read_token(std::string_view compact) {
  const auto first = compact.find('.'), last = compact.rfind('.');
  if (compact.size() > kTokenMax || first == std::string_view::npos || first == last) return std::nullopt;
  const auto header = from_base64url(compact.substr(0, first)), payload = from_base64url(compact.substr(first + 1, last - first - 1)),
             signature = from_base64url(compact.substr(last + 1));
  if (!header || !payload || !signature || signature->size() != 96 || *header != base::bytes_of(base::view_of(kHeader))) return std::nullopt;
  const auto claims = claims_of({reinterpret_cast<const char*>(payload->data()), payload->size()});
  const auto split = crypto::ec_signature_of(*signature);
  if (!claims || !split) return std::nullopt;
  return Token{.claims = *claims, .signed_part = base::bytes_of(base::view_of(compact.substr(0, last))), .signature = *split};
}

base::Bytes proof_message(const Nonce& service_nonce, std::string_view token) {
  base::Bytes out = base::bytes_of(base::view_of(std::string_view("glacis-token-use-v1")));
  out.push_back(0);
  base::append(out, service_nonce);
  base::append(out, crypto::sha384(base::view_of(token)));
  return out;
}

std::optional<trust::Refusal> refuse_token(const TokenCase& c, trust::Defences& defences, std::string_view at) {
  return defences.first_refusal<TokenCase>(kTokenRules, c, at);
}

void collect_token_defences(std::vector<const trust::Defence*>& into) { trust::collect<TokenCase>(into, kTokenRules); }

}  // namespace relying_party
