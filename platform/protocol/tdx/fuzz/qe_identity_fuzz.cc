// QE identity out of a signed document: what is accepted is read again from what we write of it.
#include "platform/base/check.h"
#include "platform/protocol/tdx/collateral.h"
#include "tests/fuzz/target.h"

namespace {

base::Bytes seed() {
  tdxproto::QeIdentity identity;
  identity.levels = {{4, {}}, {0, {.date = 0, .status = tdxproto::TcbStatus::kRevoked, .advisories = {"A"}}}};
  return base::bytes_of(
      tdxproto::join(tdxproto::kQeIdentityMember, {.body = tdxproto::to_json(identity), .signature = {}}));
}

}  // namespace

FUZZ_TARGET(
    [](base::View in) {
      const std::string text = base::text_of(in);
      const auto document = tdxproto::split(tdxproto::kQeIdentityMember, text);
      const auto identity = tdxproto::qe_identity_from_json(document ? document->body : text);
      if (!identity) return;
      base::check(tdxproto::qe_identity_from_json(tdxproto::to_json(*identity)) == identity,
                  "a QE identity is read as it was written");
    },
    seed())
