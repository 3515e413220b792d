#include "tsm/abi/cca_guest.h"

#include <algorithm>

#include "tsm/abi/cca_guest_rules.h"

namespace tsm_abi {
namespace {

using ccaproto::Registers;
using ccaproto::Ripas;
using ccaproto::Rsi;
using ccaproto::RsiStatus;

constexpr std::uint64_t kPage = ccaproto::kGranule;
// Where in the buffer page a host call stands; configuration and token begin it.
constexpr std::uint64_t kHostCallAt = 0xF00;

template <class T>
Answer<T> failure(Problem problem, std::uint32_t code = 0) {
  return {std::nullopt, problem, code, {}};
}
template <class T>
Answer<T> refused(trust::Refusal refusal) {
  return {std::nullopt, Problem::kRefused, 0, refusal};
}
template <class T>
Answer<T> rmm_error(std::uint64_t x0) {
  return failure<T>(Problem::kFirmwareError, static_cast<std::uint32_t>(x0));
}

constexpr std::uint64_t frame_of(std::uint64_t gpa) { return gpa / kPage; }

}  // namespace

CcaGuest::CcaGuest(CcaPlatform& platform, std::uint64_t buffer_gpa, trust::Defences& defences, std::string at)
    : platform_(platform), buffer_gpa_(buffer_gpa), defences_(defences), at_(std::move(at)) {}

Registers CcaGuest::call(Rsi function, Registers in) {
  in.x0 = static_cast<std::uint64_t>(function);
  return platform_.rsi(in);
}

Answer<Done> CcaGuest::boot() {
  const Registers version = call(Rsi::kVersion, {.x1 = ccaproto::kInterface10});
  const RealmBootCase before{version.x0, version.x1, 0};
  if (auto no = defences_.first_refusal<RealmBootCase>(kRealmBootRules, before, at_)) return refused<Done>(*no);
  const Registers out = call(Rsi::kRealmConfig, {.x1 = buffer_gpa_});
  if (out.x0 != 0) return rmm_error<Done>(out.x0);
  const auto config = wire::decode<ccaproto::RealmConfig>(platform_.read_private(buffer_gpa_, kPage));
  if (!config) return failure<Done>(Problem::kMalformed);
  const RealmBootCase after{version.x0, version.x1, config->ipa_width == 0 ? 1 : config->ipa_width};
  if (auto no = defences_.first_refusal<RealmBootCase>(kRealmBootRules, after, at_)) return refused<Done>(*no);
  config_ = *config;
  return {Done{}};
}

// ---- pages ----------------------------------------------------------------------------------------------------------

// The host decides how far it goes at once.
Answer<Done> CcaGuest::change(std::uint64_t page, Ripas to, bool change_destroyed) {
  const std::uint64_t top = page + kPage;
  std::uint64_t at = page;
  for (unsigned i = 0; at < top; ++i) {
    if (i == kChangesMax) return failure<Done>(Problem::kBusy);
    const Registers out = call(Rsi::kIpaStateSet, {.x1 = at,
                                                   .x2 = top,
                                                   .x3 = static_cast<std::uint64_t>(to),
                                                   .x4 = change_destroyed ? ccaproto::kChangeDestroyed : ccaproto::kNoChangeDestroyed});
    if (out.x0 != 0) return rmm_error<Done>(out.x0);
    const RealmChangeCase c{at, top, out.x1, out.x2};
    if (auto no = defences_.first_refusal<RealmChangeCase>(kRealmChangeRules, c, at_)) return refused<Done>(*no);
    at = out.x1;
  }
  const auto now = state(page);
  if (!now) return failure<Done>(now.problem, now.code);
  const RealmStateCase s{to, *now};
  if (auto no = defences_.first_refusal<RealmStateCase>(kRealmStateRules, s, at_)) return refused<Done>(*no);
  return {Done{}};
}

// Only of a page that the guest itself gave away it knows that its content is gone.
Answer<Done> CcaGuest::accept_page(std::uint64_t gpa) {
  const std::uint64_t page = gpa & ~(kPage - 1);
  const RealmAcceptCase c{accepted(page)};
  if (auto no = defences_.first_refusal<RealmAcceptCase>(kRealmAcceptRules, c, at_)) return refused<Done>(*no);
  if (auto changed = change(page, Ripas::kRam, shared_.contains(frame_of(page))); !changed) return changed;
  shared_.erase(frame_of(page));
  accepted_.insert(frame_of(page));
  return {Done{}};
}

Answer<Done> CcaGuest::share_page(std::uint64_t gpa) {
  const std::uint64_t page = gpa & ~(kPage - 1);
  if (auto changed = change(page, Ripas::kEmpty, true); !changed) return changed;
  accepted_.erase(frame_of(page));
  shared_.insert(frame_of(page));
  return {Done{}};
}

void CcaGuest::note_accepted(std::uint64_t gpa, std::uint64_t bytes) {
  for (std::uint64_t frame = frame_of(gpa); frame * kPage < gpa + bytes; ++frame) accepted_.insert(frame);
}

Answer<Ripas> CcaGuest::state(std::uint64_t gpa) {
  const Registers out = call(Rsi::kIpaStateGet, {.x1 = gpa & ~(kPage - 1)});
  if (out.x0 != 0) return rmm_error<Ripas>(out.x0);
  return {static_cast<Ripas>(out.x1)};
}

// ---- measurement ----------------------------------------------------------------------------------------------------

Answer<base::Block<64>> CcaGuest::measurement(unsigned index) {
  const Registers out = call(Rsi::kMeasurementRead, {.x1 = index});
  if (out.x0 != 0) return rmm_error<base::Block<64>>(out.x0);
  base::Block<64> value{};
  std::size_t at = 0;
  for (const std::uint64_t word : {out.x1, out.x2, out.x3, out.x4, out.x5, out.x6, out.x7, out.x8})
    base::store_le<std::uint64_t>(value, at, word), at += 8;
  return {value};
}

Answer<Done> CcaGuest::extend(unsigned index, base::View data) {
  if (data.size() > ccaproto::kExtendBytesMax) return failure<Done>(Problem::kMalformed);
  base::Block<64> all{};
  std::copy(data.begin(), data.end(), all.begin());
  const auto word = [&](std::size_t i) { return base::load_le<std::uint64_t>(all, 8 * i); };
  const Registers out = call(Rsi::kMeasurementExtend, {.x1 = index, .x2 = data.size(), .x3 = word(0), .x4 = word(1), .x5 = word(2),
                                                       .x6 = word(3), .x7 = word(4), .x8 = word(5), .x9 = word(6), .x10 = word(7)});
  if (out.x0 != 0) return rmm_error<Done>(out.x0);
  return {Done{}};
}

Answer<base::Bytes> CcaGuest::token(const base::Block<64>& challenge) {
  const auto word = [&](std::size_t i) { return base::load_le<std::uint64_t>(challenge, 8 * i); };
  const Registers begun = call(Rsi::kAttestTokenInit, {.x1 = word(0), .x2 = word(1), .x3 = word(2), .x4 = word(3), .x5 = word(4),
                                                       .x6 = word(5), .x7 = word(6), .x8 = word(7)});
  if (begun.x0 != 0) return rmm_error<base::Bytes>(begun.x0);
  const std::uint64_t max = std::min<std::uint64_t>(begun.x1, kTokenBytesMax);
  base::Bytes token;
  while (token.size() < max) {
    const Registers out = call(Rsi::kAttestTokenContinue, {.x1 = buffer_gpa_, .x2 = 0, .x3 = kPage});
    const bool more = out.x0 == static_cast<std::uint64_t>(RsiStatus::kIncomplete);
    if (out.x0 != 0 && !more) return rmm_error<base::Bytes>(out.x0);
    const RealmTokenCase c{token.size(), out.x1, max};
    if (auto no = defences_.first_refusal<RealmTokenCase>(kRealmTokenRules, c, at_)) return refused<base::Bytes>(*no);
    base::append(token, platform_.read_private(buffer_gpa_, out.x1));
    if (!more) return {token};
    if (out.x1 == 0) return failure<base::Bytes>(Problem::kBusy);
  }
  return failure<base::Bytes>(Problem::kMalformed);
}

// ---- the host -------------------------------------------------------------------------------------------------------

Answer<ccaproto::HostCall> CcaGuest::host_call(const ccaproto::HostCall& asked) {
  platform_.write_private(buffer_gpa_ + kHostCallAt, wire::encode(asked));
  const Registers out = call(Rsi::kHostCall, {.x1 = buffer_gpa_ + kHostCallAt});
  if (out.x0 != 0) return rmm_error<ccaproto::HostCall>(out.x0);
  const auto back = wire::decode<ccaproto::HostCall>(platform_.read_private(buffer_gpa_ + kHostCallAt, ccaproto::kHostCallBytes));
  if (!back) return failure<ccaproto::HostCall>(Problem::kMalformed);
  return {*back};
}

void CcaGuest::power_off() { (void)platform_.rsi({.x0 = static_cast<std::uint64_t>(ccaproto::Psci::kSystemOff)}); }

std::vector<const trust::Defence*> cca_guest_defences() {
  std::vector<const trust::Defence*> all;
  trust::collect<RealmBootCase>(all, kRealmBootRules);
  trust::collect<RealmAcceptCase>(all, kRealmAcceptRules);
  trust::collect<RealmChangeCase>(all, kRealmChangeRules);
  trust::collect<RealmStateCase>(all, kRealmStateRules);
  trust::collect<RealmTokenCase>(all, kRealmTokenRules);
  return all;
}

}  // namespace tsm_abi
