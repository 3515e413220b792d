// What a realm asks of the RMM.
#include <algorithm>

#include "platform/base/check.h"
#include "tsm/cca/rmm.h"

namespace cca {
namespace {

constexpr std::uint64_t kPage = ccaproto::kGranule;
constexpr int kPageLevel = ccaproto::kRttPageLevel;

RsiResult ends(RsiStatus status, Registers out = {}) {
  out.x0 = static_cast<std::uint64_t>(status);
  return {.out = out};
}

// X1 to X8, or X3 to X10: 64 bytes in registers, the first byte lowest in the first one.
base::Block<64> bytes_of(std::initializer_list<std::uint64_t> words) {
  base::Block<64> out{};
  std::size_t at = 0;
  for (const std::uint64_t word : words) base::store_le<std::uint64_t>(out, at, word), at += 8;
  return out;
}

bool is_protected_page(const Realm& realm, std::uint64_t ipa) {
  return ipa % kPage == 0 && realm.rtt.contains(ipa) && realm.rtt.is_protected(ipa);
}

}  // namespace

RsiResult Rmm::rsi(std::uint32_t pe, const Registers& in) {
  Rec* rec = on(pe);
  Realm* mine = rec ? realm_of(*rec) : nullptr;
  if (!mine || !rec->running || mine->state != RealmState::kActive) return {.out = in, .exit = {}, .dead = true};
  RsiResult result;
  switch (static_cast<Rsi>(in.x0)) {
    case Rsi::kVersion:
      result = version(in);
      break;
    case Rsi::kFeatures: result = ends(RsiStatus::kSuccess, {.x1 = in.x1 == 0 && mine->devices ? ccaproto::kRsiFeatureDa | ccaproto::kRsiFeatureAts : 0}); break;
    case Rsi::kMeasurementRead: result = measurement_read(*mine, in); break;
    case Rsi::kMeasurementExtend: result = measurement_extend(*mine, in); break;
    case Rsi::kAttestTokenInit: result = token_init(*mine, *rec, in); break;
    case Rsi::kAttestTokenContinue: result = token_continue(*mine, *rec, in); break;
    case Rsi::kRealmConfig: result = realm_config(*mine, in); break;
    case Rsi::kIpaStateSet: result = ipa_state_set(*mine, *rec, in); break;
    case Rsi::kIpaStateGet: result = ipa_state_get(*mine, in); break;
    case Rsi::kHostCall: result = host_call(*mine, *rec, in); break;
    case Rsi::kVdevGetInfo:
    case Rsi::kVdevValidateMapping:
    case Rsi::kVdevDmaEnable:
    case Rsi::kVdevDmaDisable: result = settings_.device_assignment ? vdev_request(*mine, *rec, in) : psci(*mine, *rec, in); break;
    default: result = psci(*mine, *rec, in); break;  // and with it, whatever nobody has
  }
  if (result.exit) exit_to_host(pe, *result.exit);
  return result;
}

RsiResult Rmm::version(const Registers& in) const {
  const std::uint64_t highest = settings_.device_assignment ? ccaproto::kInterface11 : ccaproto::kInterface10;
  const bool known = in.x1 == ccaproto::kInterface10 || in.x1 == highest;
  return ends(known ? RsiStatus::kSuccess : RsiStatus::kErrorInput, {.x1 = known ? in.x1 : highest, .x2 = highest});
}

// A page that is not there makes the realm leave, as an access of its own would; the call is then made again.
std::optional<RsiResult> Rmm::copy_operand(const Realm& realm, const Registers& call, std::uint64_t ipa, std::span<std::uint8_t> out,
                                           base::View in) {
  const auto [level, entry] = realm.rtt.walk(ipa, kPageLevel);
  if (entry.ripas == Ripas::kEmpty) return ends(RsiStatus::kErrorInput);
  if (entry.hipas != Hipas::kAssigned || entry.ripas != Ripas::kRam)
    return RsiResult{.out = call,
                     .exit = RecExit{.reason = ccaproto::ExitReason::kSync,
                                     .esr = ccaproto::kEsrDataAbort | ccaproto::kEsrTranslationFault3,
                                     .hpfar = (ipa & ~(kPage - 1)) >> 8}};
  const std::uint64_t pa = entry.pa + ipa % ccaproto::rtt_entry_bytes(level);
  if (in.empty()) (void)memory_.read(realm.key, pa, out);
  else (void)memory_.write(realm.key, pa, in);
  return std::nullopt;
}

// ---- measurements ---------------------------------------------------------------------------------------------------

RsiResult Rmm::measurement_read(const Realm& realm, const Registers& in) {
  if (in.x1 > ccaproto::kMeasurementRemLast) return ends(RsiStatus::kErrorInput);
  const Measurement& m = in.x1 == ccaproto::kMeasurementRim ? realm.rim.value() : realm.rem[in.x1 - 1];
  const auto word = [&](std::size_t i) { return base::load_le<std::uint64_t>(m, 8 * i); };
  return ends(RsiStatus::kSuccess, {.x1 = word(0), .x2 = word(1), .x3 = word(2), .x4 = word(3), .x5 = word(4), .x6 = word(5), .x7 = word(6), .x8 = word(7)});
}

RsiResult Rmm::measurement_extend(Realm& realm, const Registers& in) {
  if (in.x1 < ccaproto::kMeasurementRemFirst || in.x1 > ccaproto::kMeasurementRemLast || in.x2 > ccaproto::kExtendBytesMax)
    return ends(RsiStatus::kErrorInput);
  const auto data = bytes_of({in.x3, in.x4, in.x5, in.x6, in.x7, in.x8, in.x9, in.x10});
  Measurement& rem = realm.rem[in.x1 - 1];
  rem = ccaproto::extended(realm.algorithm, rem, base::View(data).first(in.x2));
  return ends(RsiStatus::kSuccess);
}

// ---- attestation ----------------------------------------------------------------------------------------------------

// The token says what is so at this moment. One that was under way is forgotten.
RsiResult Rmm::token_init(const Realm& realm, Rec& rec, const Registers& in) {
  base::check(tokens_ != nullptr, "an RMM that runs realms has who signs its tokens");
  rec.token = tokens_->make({.challenge = bytes_of({in.x1, in.x2, in.x3, in.x4, in.x5, in.x6, in.x7, in.x8}),
                             .rpv = realm.rpv,
                             .algorithm = realm.algorithm,
                             .rim = realm.rim.value(),
                             .rem = realm.rem});
  rec.token_read = 0;
  return ends(RsiStatus::kSuccess, {.x1 = (rec.token->size() + kPage - 1) / kPage * kPage});
}

// X1: a page of the realm, X2: where in it, X3: how much there is room for.
RsiResult Rmm::token_continue(const Realm& realm, Rec& rec, const Registers& in) {
  if (!is_protected_page(realm, in.x1) || in.x2 >= kPage || in.x3 > kPage - in.x2) return ends(RsiStatus::kErrorInput);
  if (!rec.token) return ends(RsiStatus::kErrorState);
  const std::size_t part = std::min<std::size_t>(in.x3, rec.token->size() - rec.token_read);
  if (part != 0)
    if (auto no = copy_operand(realm, in, in.x1 + in.x2, {}, base::View(*rec.token).subspan(rec.token_read, part))) return *no;
  rec.token_read += part;
  const bool whole = rec.token_read == rec.token->size();
  if (whole) rec.token.reset();
  return ends(whole ? RsiStatus::kSuccess : RsiStatus::kIncomplete, {.x1 = part});
}

// ---- the realm's space ----------------------------------------------------------------------------------------------

RsiResult Rmm::realm_config(const Realm& realm, const Registers& in) {
  if (!is_protected_page(realm, in.x1)) return ends(RsiStatus::kErrorInput);
  const ccaproto::RealmConfig config{.ipa_width = realm.rtt.ipa_bits(), .algorithm = realm.algorithm, .rpv = realm.rpv};
  if (auto no = copy_operand(realm, in, in.x1, {}, wire::encode(config))) return *no;
  return ends(RsiStatus::kSuccess);
}

// The host decides whether, and how far at once; what becomes of the range, the realm has said.
RsiResult Rmm::ipa_state_set(const Realm& realm, Rec& rec, const Registers& in) {
  const bool range = in.x1 % kPage == 0 && in.x2 % kPage == 0 && in.x2 > in.x1 && in.x2 <= realm.rtt.unprotected_bit();
  if (in.x3 > static_cast<std::uint64_t>(Ripas::kRam) || !range) return ends(RsiStatus::kErrorInput);
  rec.ripas = {.base = in.x1,
               .top = in.x2,
               .next = in.x1,
               .value = static_cast<Ripas>(in.x3),
               .change_destroyed = (in.x4 & ccaproto::kChangeDestroyed) != 0};
  return {.out = in,
          .exit = RecExit{.reason = ccaproto::ExitReason::kRipasChange,
                          .ripas_base = in.x1,
                          .ripas_top = in.x2,
                          .ripas_value = static_cast<std::uint8_t>(in.x3)}};
}

RsiResult Rmm::ipa_state_get(const Realm& realm, const Registers& in) {
  if (!is_protected_page(realm, in.x1)) return ends(RsiStatus::kErrorInput);
  return ends(RsiStatus::kSuccess, {.x1 = static_cast<std::uint64_t>(realm.rtt.walk(in.x1, kPageLevel).entry.ripas)});
}

// X1: an RsiHostCall, which does not cross a page.
RsiResult Rmm::host_call(const Realm& realm, Rec& rec, const Registers& in) {
  if (in.x1 % ccaproto::kHostCallBytes != 0 || !is_protected_page(realm, in.x1 & ~(kPage - 1))) return ends(RsiStatus::kErrorInput);
  base::Bytes bytes(ccaproto::kHostCallBytes);
  if (auto no = copy_operand(realm, in, in.x1, bytes, {})) return *no;
  const auto asked = *wire::decode<ccaproto::HostCall>(bytes);
  RecExit exit{.reason = ccaproto::ExitReason::kHostCall};
  exit.gprs = asked.gprs;
  exit.imm = asked.imm;
  rec.host_call = in.x1;
  return {.out = in, .exit = exit};
}

}  // namespace cca
