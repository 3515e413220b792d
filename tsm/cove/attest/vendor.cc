#include "tsm/cove/attest/vendor.h"

#include "platform/crypto/calendar_time.h"

namespace attest {
namespace {

// Certificates are the same in every world: they are signed before any is.
crypto::Certificate issue(const crypto::CertificateContent& content, const crypto::EcKey& key, std::string_view purpose) {
  crypto::Library library(0);
  return crypto::issue(content, library, {.actor = "cove vendor", .purpose = purpose, .count = 0}, key);
}

}  // namespace

Vendor::Vendor(std::string name)
    : name_(std::move(name)),
      key_(crypto::EcKey::derive(crypto::Curve::kP384, base::view_of(name_), "vendor root")),
      root_(issue({.serial = {1},
                   .subject = {.common_name = name_ + " root", .organization = name_},
                   .issuer = {.common_name = name_ + " root", .organization = name_},
                   .not_before = crypto::calendar_time(2025, 1, 1),
                   .not_after = crypto::calendar_time(2045, 1, 1),
                   .public_key = crypto::public_key_info(key_.public_point()),
                   .extensions = {crypto::basic_constraints(true), crypto::key_usage_authority()}},
                  key_, "root")) {}

crypto::Certificate Vendor::endorse(const Platform& platform) const {
  const auto key = coveproto::key_of(platform.uds);
  const std::string id = coveproto::id_of(key.public_point());
  return issue({.serial = *base::from_hex(id.substr(0, 16)),
                .subject = {.common_name = id, .organization = name_},
                .issuer = root_.content().subject,
                .not_before = crypto::calendar_time(2025, 1, 1),
                .not_after = crypto::calendar_time(2035, 1, 1),
                .public_key = crypto::public_key_info(key.public_point()),
                .extensions = {crypto::basic_constraints(false), crypto::key_usage_signature()}},
               key_, id);
}

crypto::RevocationList Vendor::revocation_list(std::vector<base::Bytes> serials, crypto::CalendarTime from,
                                               crypto::CalendarTime until) const {
  crypto::Library library(0);
  const crypto::RevocationContent content{
      .issuer = root_.content().subject, .this_update = from, .next_update = until, .serials = std::move(serials)};
  return crypto::issue(content, library, {.actor = "cove vendor", .purpose = "revocation list", .count = 0}, key_);
}

}  // namespace attest
