#include "tsm/abi/pkvm_guest.h"

#include <algorithm>

#include "platform/crypto/hash.h"
#include "platform/protocol/pkvm/status.h"
#include "tsm/abi/pkvm_guest_rules.h"

namespace tsm_abi {

namespace {

using pkvmproto::GuestCall;
using pkvmproto::Registers;

template <class T>
Answer<T> failure(Problem problem, std::uint32_t code = 0) {
  return {std::nullopt, problem, code, {}};
}
template <class T>
Answer<T> refused(trust::Refusal refusal) {
  return {std::nullopt, Problem::kRefused, 0, refusal};
}
template <class T>
Answer<T> firmware_error(std::int64_t x0) {
  return failure<T>(Problem::kFirmwareError, static_cast<std::uint32_t>(x0));
}

constexpr std::uint64_t id(GuestCall call) { return static_cast<std::uint64_t>(call); }

}  // namespace

PkvmGuest::PkvmGuest(PkvmPlatform& platform, trust::Defences& defences, std::string at)
    : platform_(platform), defences_(defences), at_(std::move(at)) {}

std::int64_t PkvmGuest::call(std::uint64_t function, std::uint64_t x1) {
  return static_cast<std::int64_t>(platform_.hvc({.x0 = function, .x1 = x1}).x0);
}

Answer<Done> PkvmGuest::boot() {
  const Registers uid = platform_.hvc({.x0 = id(GuestCall::kVendorUid)});
  const std::uint64_t said[] = {uid.x0, uid.x1, uid.x2, uid.x3};
  PkvmBootCase c{
      .is_kvm = std::ranges::equal(said, pkvmproto::kVendorUid), .features = ~std::uint64_t{0}, .granule = 4096};
  if (auto no = defences_.first_refusal<PkvmBootCase>(kPkvmBootRules, c, at_)) return refused<Done>(*no);
  c.features = static_cast<std::uint64_t>(call(id(GuestCall::kFeatures)));
  if (auto no = defences_.first_refusal<PkvmBootCase>(kPkvmBootRules, c, at_)) return refused<Done>(*no);
  const std::int64_t granule = call(id(GuestCall::kHypMeminfo));
  c.granule = granule > 0 ? static_cast<std::uint64_t>(granule) : 0;
  if (auto no = defences_.first_refusal<PkvmBootCase>(kPkvmBootRules, c, at_)) return refused<Done>(*no);
  return {Done{}};
}

// ---- pages ----------------------------------------------------------------------------------------------------------

Answer<Done> PkvmGuest::share_page(std::uint64_t ipa) {
  const std::uint64_t page = ipa & ~std::uint64_t{4095};
  if (shared(page)) return {Done{}};
  // What stood there is the guest's own until now.
  platform_.write(page, base::Bytes(4096));
  if (const auto x0 = call(id(GuestCall::kMemShare), page); x0 != pkvmproto::kSmcccSuccess)
    return firmware_error<Done>(x0);
  shared_.insert(page / 4096);
  return {Done{}};
}

Answer<Done> PkvmGuest::unshare_page(std::uint64_t ipa) {
  const std::uint64_t page = ipa & ~std::uint64_t{4095};
  if (!shared(page)) return {Done{}};
  const auto x0 = call(id(GuestCall::kMemUnshare), page);
  const PkvmUnshareCase c{x0 == pkvmproto::kSmcccSuccess};
  if (auto no = defences_.first_refusal<PkvmUnshareCase>(kPkvmUnshareRules, c, at_)) return refused<Done>(*no);
  shared_.erase(page / 4096);
  return {Done{}};
}

Answer<Done> PkvmGuest::leave_to_host(std::uint64_t ipa) {
  const auto x0 = call(id(GuestCall::kMmioGuard), ipa & ~std::uint64_t{4095});
  if (x0 != pkvmproto::kSmcccSuccess) return firmware_error<Done>(x0);
  return {Done{}};
}

// ---- keys and evidence ----------------------------------------------------------------------------------------------

bool PkvmGuest::take_handover(base::View handover) {
  handover_ = pkvmproto::decode_handover(handover);
  return handover_.has_value();
}

bool PkvmGuest::measure_configuration(crypto::Library& library, base::View configuration,
                                      const pkvmproto::DiceEdit& edit) {
  const auto chain = handover_ ? pkvmproto::decode_chain(handover_->chain) : std::nullopt;
  if (!chain) return false;
  pkvmproto::DiceInput input;
  input.code_hash = crypto::sha512(configuration);
  input.config_descriptor = pkvmproto::encode_config_descriptor({.component_name = std::string(kPkvmConfiguration)});
  input.mode = chain->entries.back().mode;
  const auto own = pkvmproto::dice_key(handover_->cdis.attest);
  const auto next = pkvmproto::next_cdis(handover_->cdis, input);
  const auto entry =
      pkvmproto::dice_certificate(library, {.actor = at_, .purpose = "configuration", .count = 0}, own,
                                  pkvmproto::dice_key(next.attest).public_point(), input, kPkvmConfiguration, edit);
  const auto longer = pkvmproto::append_to_chain(handover_->chain, entry);
  if (!longer) return false;
  handover_ = pkvmproto::Handover{next, *longer};
  return true;
}

Answer<base::Bytes> PkvmGuest::attest(crypto::Library& library, const base::Block<64>& challenge,
                                      const pkvmproto::DiceEdit& edit) {
  if (!handover_) return failure<base::Bytes>(Problem::kFirmwareError);
  cbor::Value payload = cbor::Map{{kPkvmEvidenceChallenge, challenge}};
  if (edit) edit("evidence", payload);
  const auto key = pkvmproto::dice_key(handover_->cdis.attest);
  const crypto::Operation operation{.actor = at_, .purpose = "evidence", .count = signatures_++};
  return {cose::encode_sign1(cose::sign1(library, operation, key, cbor::encode(payload), cose::Algorithm::kEs384))};
}

Answer<base::Block<32>> PkvmGuest::sealing_key(std::uint64_t select) const {
  if (!handover_) return failure<base::Block<32>>(Problem::kFirmwareError);
  base::Bytes info = base::bytes_of("sealing key");
  base::append_le(info, select);
  base::Block<32> out{};
  std::ranges::copy(crypto::hkdf_sha256(handover_->cdis.seal, {}, info, out.size()), out.begin());
  return {out};
}

std::vector<const trust::Defence*> pkvm_guest_defences() {
  std::vector<const trust::Defence*> all;
  for (const auto& rule : kPkvmBootRules) all.push_back(&rule.defence);
  for (const auto& rule : kPkvmUnshareRules) all.push_back(&rule.defence);
  return all;
}

}  // namespace tsm_abi
