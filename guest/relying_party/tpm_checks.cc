#include <algorithm>

#include "guest/relying_party/tpm_rules.h"
#include "platform/crypto/ec_key.h"
#include "platform/protocol/tpm/commands.h"

namespace relying_party {

namespace {

constexpr std::size_t kWidth = 32;  // of P-256

// Big-endian, as wide as the curve wants it: a TPM leaves leading zeroes away. Empty: it is too wide.
base::Bytes widened(const base::Bytes& number) {
  if (number.size() > kWidth) return {};
  base::Bytes out(kWidth - number.size());
  base::append(out, number);
  return out;
}

bool has_all(std::uint32_t attributes, std::uint32_t wanted) { return (attributes & wanted) == wanted; }

constexpr std::uint32_t kNeverLeaves = tpm::kFixedTpm | tpm::kFixedParent | tpm::kSensitiveDataOrigin | tpm::kRestricted;

bool has_path(const ima::Entry& entry) { return !entry.is_withheld() && entry.path() != ima::kBootAggregate; }

}  // namespace

bool keys_are_of_their_kind(const TpmCase& c) {
  const auto& ek = c.shown.endorsement;
  const auto& ak = c.shown.attestation;
  return has_all(ek.attributes, kNeverLeaves | tpm::kDecrypt) && !(ek.attributes & tpm::kSign) && ak.is_ecc() && ak.curve == tpm::kNistP256 &&
         ak.name_algorithm == tpm::kSha256 && ak.scheme == tpm::Scheme{tpm::kEcdsa, tpm::kSha256} &&
         has_all(ak.attributes, kNeverLeaves | tpm::kSign) && !(ak.attributes & tpm::kDecrypt);
}

bool quote_is_signed(const TpmCase& c) {
  const auto& ak = c.shown.attestation;
  base::Bytes point = widened(ak.x.bytes);
  base::append(point, widened(ak.y.bytes));
  const crypto::EcSignature signature{.r = widened(c.shown.signature.r.bytes), .s = widened(c.shown.signature.s.bytes)};
  return point.size() == 2 * kWidth && signature.r.size() == kWidth && signature.s.size() == kWidth &&
         crypto::ec_verify(point, wire::encode(c.shown.quote), signature);
}

bool quote_is_for_this_session(const TpmCase& c) {
  const auto wanted = qualifying_data(c.shown.nonce, c.shown.channel_key);
  return c.shown.quote.extra.bytes == base::bytes_of(base::View(wanted));
}

bool all_pcrs_are_quoted(const TpmCase& c) {
  const auto& selected = c.shown.quote.selected.items;
  if (selected.size() != 1 || selected[0].algorithm != tpm::kSha256) return false;
  for (unsigned pcr = 0; pcr < kPcrsShown; ++pcr)
    if (!selected[0].has(pcr)) return false;
  return true;
}

bool pcrs_are_those_quoted(const TpmCase& c) {
  std::map<unsigned, tpm::Digest> shown;
  for (unsigned pcr = 0; pcr < kPcrsShown; ++pcr) shown[pcr] = c.shown.pcrs[pcr];
  return c.shown.quote.pcr_digest.bytes == base::bytes_of(base::View(tpm::digest_of(shown, c.shown.quote.selected)));
}

bool boot_is_golden(const TpmCase& c) {
  for (unsigned pcr = 0; pcr < ima::kPcr; ++pcr) {
    const auto wanted = c.policy.boot.find(pcr);
    if (c.shown.pcrs[pcr] != (wanted == c.policy.boot.end() ? tpm::Digest{} : wanted->second)) return false;
  }
  return true;
}

bool list_replays(const TpmCase& c) { return ima::replay(c.entries) == c.shown.pcrs[ima::kPcr]; }

bool digests_are_of_their_entries(const TpmCase& c) {
  return std::ranges::all_of(c.entries, [](const auto& entry) { return entry.is_consistent(ima::Bank::kSha256); });
}

bool list_begins_with_this_boot(const TpmCase& c) {
  const auto aggregate = ima::boot_aggregate(std::span(c.shown.pcrs).first(ima::kPcr));
  return !c.entries.empty() && c.entries.front() == ima::file_entry(ima::Bank::kSha256, aggregate, ima::kBootAggregate);
}

bool no_violation(const TpmCase& c) {
  return std::ranges::none_of(c.entries, [](const auto& entry) { return entry.is_violation(); });
}

// What is violated says nothing of the file; that it is there is a rule of its own.
bool files_are_known(const TpmCase& c) {
  return std::ranges::all_of(c.entries, [&](const auto& entry) {
    if (!has_path(entry) || entry.is_violation()) return true;
    const auto known = c.policy.files.find(entry.path());
    const auto digest = entry.file_digest();
    return known != c.policy.files.end() && std::ranges::any_of(known->second, [&](const auto& one) { return base::bytes_of(base::View(one)) == digest; });
  });
}

bool withheld_are_known(const TpmCase& c) {
  return std::ranges::all_of(c.entries, [&](const auto& entry) {
    if (!entry.is_withheld()) return true;
    return std::ranges::any_of(c.policy.neighbours, [&](const auto& one) { return base::bytes_of(base::View(one)) == entry.digest; });
  });
}

}  // namespace relying_party
