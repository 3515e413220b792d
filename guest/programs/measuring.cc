#include "guest/programs/measuring.h"

#include <algorithm>

#include "platform/crypto/hash.h"

namespace programs {

namespace rp = relying_party;

namespace {

constexpr unsigned kReadAtOnce = 8;

std::vector<unsigned> first_pcrs(std::size_t count) {
  std::vector<unsigned> out;
  for (unsigned pcr = 0; pcr < count; ++pcr) out.push_back(pcr);
  return out;
}

}  // namespace

bool Measuring::read(std::vector<tpm::Digest>& into) {
  into.assign(rp::kPcrsShown, {});
  for (unsigned first = 0; first < rp::kPcrsShown; first += kReadAtOnce) {
    std::vector<unsigned> some;
    for (unsigned pcr = first; pcr < std::min<unsigned>(first + kReadAtOnce, rp::kPcrsShown); ++pcr) some.push_back(pcr);
    const auto response = guest_.tpm(tpm::pcr_read(some));
    const auto values = response ? tpm::read_pcrs(*response) : std::nullopt;
    if (!values || values->size() != some.size()) return false;
    for (const auto& [pcr, value] : *values) into.at(pcr) = value;
  }
  return true;
}

bool Measuring::begin() {
  std::vector<tpm::Digest> pcrs;
  if (!read(pcrs)) return false;
  const auto aggregate = ima::boot_aggregate(std::span(pcrs).first(ima::kPcr));
  return add(ima::file_entry(ima::Bank::kSha256, aggregate, ima::kBootAggregate), false);
}

bool Measuring::file(std::string_view path, base::View content, bool of_another) {
  return add(ima::file_entry(ima::Bank::kSha256, crypto::sha256(content), path), of_another);
}

bool Measuring::violation(std::string_view path) { return add(ima::violation_entry(ima::Bank::kSha256, path), false); }

// The list first: what is extended and not in it could never be explained.
bool Measuring::add(ima::Entry entry, bool of_another) {
  tpm::Digest digest;
  digest.fill(0xff);
  if (!entry.is_violation()) std::copy(entry.digest.begin(), entry.digest.end(), digest.begin());
  entries_.push_back(std::move(entry));
  of_another_.push_back(of_another);
  const auto response = guest_.tpm(tpm::pcr_extend(ima::kPcr, digest));
  return response && tpm::result_of(*response) == tpm::kSuccess;
}

std::optional<tpm::Created> Measuring::create(const tpm::PublicArea& wanted) {
  const auto response = guest_.tpm(tpm::create_primary(tpm::kEndorsement, wanted));
  return response ? tpm::read_created(*response) : std::nullopt;
}

bool Measuring::quote(rp::TpmEvidence& into) {
  const auto ek = create(tpm::endorsement_template());
  if (!ek) return false;
  (void)guest_.tpm(tpm::flush_context(ek->handle));
  const auto ak = create(tpm::attestation_template());
  if (!ak) return false;
  into.endorsement = ek->area, into.attestation = ak->area;
  const auto session = rp::qualifying_data(into.nonce, into.channel_key);
  const auto response = guest_.tpm(tpm::quote(ak->handle, session, first_pcrs(rp::kPcrsShown)));
  (void)guest_.tpm(tpm::flush_context(ak->handle));
  const auto quoted = response ? tpm::read_quoted(*response) : std::nullopt;
  if (!quoted) return false;
  const auto attest = wire::decode<tpm::Quote>(quoted->attest);
  const auto signature = wire::decode<tpm::Signature>(quoted->signature);
  std::vector<tpm::Digest> pcrs;
  if (!attest || !signature || !read(pcrs)) return false;
  into.quote = *attest, into.signature = *signature;
  std::copy(pcrs.begin(), pcrs.end(), into.pcrs.begin());
  return true;
}

std::vector<ima::Entry> Measuring::list_for_owner() {
  std::vector<ima::Entry> out = entries_;
  const bool any = std::find(of_another_.begin(), of_another_.end(), true) != of_another_.end();
  if (any && !guest_.defend("guest.ima.withhold", false))
    for (std::size_t i = 0; i < out.size(); ++i)
      if (of_another_[i]) out[i] = ima::withheld(out[i]);
  return out;
}

}  // namespace programs
