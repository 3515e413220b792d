#pragma once
// What the security processor refuses, and with which status.
#include <optional>
#include <span>

#include "platform/protocol/sev/cpuid_page.h"
#include "platform/protocol/sev/guest_message.h"
#include "platform/protocol/sev/id_block.h"
#include "platform/protocol/sev/policy.h"
#include "tsm/sev/psp_state.h"

namespace sev {

using sevproto::Status;

template <class Case>
struct CommandRule {
  trust::Defence defence;
  bool (*holds)(const Case&);
  Status status;
};

// The first row that is broken and not lifted, as the command's result.
template <class Case>
std::optional<CallResult> first_failure(const PspState& psp, std::span<const CommandRule<Case>> rules, const Case& c) {
  const CommandRule<Case>* broken = psp.defences.first_broken(rules, c, psp.name);
  if (!broken) return std::nullopt;
  return CallResult{broken->status, {}, trust::Refusal{&broken->defence}};
}

// ---- guest states ---------------------------------------------------------------------------------------------------

// SNP ABI 1.58, 5.1.4: which command finds a guest in which state, and where it leaves it. Any other pair is refused.
struct GuestTransition {
  GuestState from;
  sevproto::Command event;
  GuestState to;
};
inline constexpr GuestTransition kGuestTransitions[] = {
    {GuestState::kInit, sevproto::Command::kSnpLaunchStart, GuestState::kLaunch},
    {GuestState::kLaunch, sevproto::Command::kSnpActivate, GuestState::kLaunch},
    {GuestState::kRunning, sevproto::Command::kSnpActivate, GuestState::kRunning},
    {GuestState::kLaunch, sevproto::Command::kSnpLaunchUpdate, GuestState::kLaunch},
    {GuestState::kLaunch, sevproto::Command::kSnpLaunchFinish, GuestState::kRunning},
    {GuestState::kRunning, sevproto::Command::kSnpGuestRequest, GuestState::kRunning},
    {GuestState::kLaunch, sevproto::Command::kSnpDbgDecrypt, GuestState::kLaunch},
    {GuestState::kRunning, sevproto::Command::kSnpDbgDecrypt, GuestState::kRunning},
    {GuestState::kLaunch, sevproto::Command::kSnpDbgEncrypt, GuestState::kLaunch},
    {GuestState::kRunning, sevproto::Command::kSnpDbgEncrypt, GuestState::kRunning},
};
constexpr std::optional<GuestState> next_state(GuestState from, sevproto::Command event) {
  for (const auto& row : kGuestTransitions)
    if (row.from == from && row.event == event) return row.to;
  return std::nullopt;
}

struct StateCase {
  GuestState state;
  sevproto::Command event;
  bool late_update() const { return event == sevproto::Command::kSnpLaunchUpdate && state == GuestState::kRunning; }
};
inline constexpr CommandRule<StateCase> kStateRules[] = {
    {{"psp.launch-finish.state", "SNP ABI 1.58, 8.18",
      "Nothing enters a guest by launch commands once its measurement is final."},
     [](const StateCase& c) { return !c.late_update(); },
     Status::kInvalidGuestState},
    {{"psp.guest.state", "SNP ABI 1.58, 5.1.4", "A guest command finds the guest in a state that it is for.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const StateCase& c) { return c.late_update() || next_state(c.state, c.event); },
     Status::kInvalidGuestState},
};

// ---- launch ---------------------------------------------------------------------------------------------------------

struct StartCase {
  const PspState& psp;
  std::uint64_t policy;
  bool migration_agent = false;  // the host binds one
  bool wants(std::uint64_t bit) const { return policy & bit; }
};
inline constexpr CommandRule<StartCase> kStartRules[] = {
    {{"psp.launch.policy", "SNP ABI 1.58, 4.3 and 8.16",
      "A guest is launched only by firmware no older than its policy's floor, and its policy has no unknown bits."},
     [](const StartCase& c) {
       unsigned floor = sevproto::policy_abi_major(c.policy) << 8 | sevproto::policy_abi_minor(c.policy);
       unsigned have = c.psp.settings.firmware.major << 8 | c.psp.settings.firmware.minor;
       return sevproto::policy_well_formed(c.policy) && floor <= have;
     },
     Status::kPolicyFailure},
    {{"psp.launch.platform", "SNP ABI 1.58, 4.3",
      "A guest is launched only on a platform configured as its policy asks.", trust::Act::kRefuse,
      trust::Kind::kConformance},
     [](const StartCase& c) {
       const PspSettings& s = c.psp.settings;
       return (!s.smt_enabled || c.wants(sevproto::kPolicySmtAllowed)) &&
              (s.aes_256_xts || !c.wants(sevproto::kPolicyAes256XtsRequired)) &&
              (s.rapl_disabled || !c.wants(sevproto::kPolicyRaplDisRequired)) &&
              (s.ciphertext_hiding || !c.wants(sevproto::kPolicyCiphertextHidingRequired));
     },
     Status::kPolicyFailure},
    {{"psp.launch.migration-agent", "SNP ABI 1.58, 4.3 and 8.16",
      "A guest has a migration agent only where its policy allows one.", trust::Act::kRefuse,
      trust::Kind::kConformance},
     [](const StartCase& c) { return !c.migration_agent || c.wants(sevproto::kPolicyMigrateMaAllowed); },
     Status::kPolicyFailure},
};

struct ActivateCase {
  const PspState& psp;
  std::uint32_t bound_to;  // the ASID that the guest has already; 0: none
  std::uint32_t asid;
};
inline constexpr CommandRule<ActivateCase> kActivateRules[] = {
    {{"psp.activate.asid", "SNP ABI 1.58, 8.1", "An ASID is in the range of this part.", trust::Act::kRefuse,
      trust::Kind::kConformance},
     [](const ActivateCase& c) { return c.asid != 0 && c.asid <= c.psp.settings.asid_max; },
     Status::kInvalidAsid},
    {{"psp.activate.once", "SNP ABI 1.58, 8.1", "A guest has one ASID.", trust::Act::kRefuse,
      trust::Kind::kConformance},
     [](const ActivateCase& c) { return c.bound_to == 0; },
     Status::kActive},
    {{"psp.activate.asid-owned", "SNP ABI 1.58, 8.1", "An ASID has one guest.", trust::Act::kRefuse,
      trust::Kind::kConformance},
     [](const ActivateCase& c) { return !c.psp.asids.contains(c.asid); },
     Status::kAsidOwned},
    {{"psp.activate.df-flush", "SNP ABI 1.58, 8.1",
      "An ASID is given out again only after its lines have left the caches."},
     [](const ActivateCase& c) { return !c.psp.dirty_asids.contains(c.asid); },
     Status::kDfflushRequired},
};

struct FlushCase {
  const PspState& psp;
};
inline constexpr CommandRule<FlushCase> kFlushRules[] = {
    {{"psp.df-flush.wbinvd", "SEV API 0.24, DF_FLUSH; SNP ABI 1.58, SNP_DF_FLUSH",
      "An ASID that was given up counts as flushed only once every socket has written its caches back since."},
     [](const FlushCase& c) {
       for (unsigned socket = 0; socket < c.psp.write_backs_then.size(); ++socket)
         if (c.psp.memory.write_backs(socket) == c.psp.write_backs_then[socket]) return false;
       return true;
     },
     Status::kWbinvdRequired},
};

struct UpdateCaseSnp {
  const RmpEntry& entry;
  PageState state;
  std::uint32_t asid;
  bool is_2m;
};
inline constexpr CommandRule<UpdateCaseSnp> kLaunchUpdateRules[] = {
    {{"psp.launch-update.active", "SNP ABI 1.58, 8.17", "A guest has its ASID before its first page.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const UpdateCaseSnp& c) { return c.asid != 0; },
     Status::kInactive},
    {{"psp.launch-update.page-size", "SNP ABI 1.58, 8.17", "The page has the size that the command names.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const UpdateCaseSnp& c) {
       return c.state == PageState::kHypervisor || (c.entry.size == memory::PageSize::k2M) == c.is_2m;
     },
     Status::kInvalidPageSize},
    {{"psp.launch-update.page-state", "SNP ABI 1.58, 8.17", "Only a page set aside for launch becomes a guest's.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const UpdateCaseSnp& c) { return c.state == PageState::kPreGuest; },
     Status::kInvalidPageState},
    {{"psp.launch-update.page-owner", "SNP ABI 1.58, 8.17", "A page is launched into the guest that it was given to.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const UpdateCaseSnp& c) { return c.entry.asid == c.asid; },
     Status::kInvalidPageOwner},
};

struct CpuidCase {
  const sevproto::CpuidPage& page;
  const sevproto::CpuidPage& truth;
};
inline constexpr CommandRule<CpuidCase> kCpuidRules[] = {
    {{"psp.cpuid-page.checked", "SNP ABI 1.58, 8.17.2.6",
      "A guest's CPUID page claims nothing that the processor lacks."},
     [](const CpuidCase& c) { return c.page == c.truth; },
     Status::kInvalidParam},
};

struct IdBlockCase {
  const GuestContext& context;
  const sevproto::IdBlock& block;
  bool signed_by_id_key;
  bool id_key_signed_by_author;  // or no author asked for
};
inline constexpr CommandRule<IdBlockCase> kIdBlockRules[] = {
    {{"psp.id-block.version", "SNP ABI 1.58, 8.18", "The identity block's version is known.", trust::Act::kRefuse,
      trust::Kind::kConformance},
     [](const IdBlockCase& c) { return c.block.version == 1; },
     Status::kBadVersion},
    {{"psp.id-block.signature", "SNP ABI 1.58, 8.18", "The keys that the report names signed the identity block."},
     [](const IdBlockCase& c) { return c.signed_by_id_key && c.id_key_signed_by_author; },
     Status::kBadSignature},
    {{"psp.id-block.digest", "SNP ABI 1.58, 8.18",
      "A guest carries an identity only with the content that the identity is for."},
     [](const IdBlockCase& c) { return c.block.launch_digest == c.context.digest; },
     Status::kBadMeasurement},
    {{"psp.id-block.policy", "SNP ABI 1.58, 8.18",
      "A guest carries an identity only under the policy that the identity is for."},
     [](const IdBlockCase& c) { return c.block.policy == c.context.policy; },
     Status::kPolicyFailure},
};

// ---- guest messages -------------------------------------------------------------------------------------------------

struct MessageCase {
  const sevproto::MessageHeader& header;
  std::uint64_t seqno;  // of the last message under this key
  bool opens;
};
inline constexpr CommandRule<MessageCase> kMessageRules[] = {
    {{"psp.guest-request.sequence", "SNP ABI 1.58, 8.26", "A guest's messages are taken once each and in their order."},
     [](const MessageCase& c) { return c.header.msg_seqno == c.seqno + 1; },
     Status::kAeadOflow},
    {{"psp.guest-request.tag", "SNP ABI 1.58, 8.26", "A message is taken only as the holder of the VMPCK sealed it."},
     [](const MessageCase& c) { return c.opens; },
     Status::kBadMeasurement},
};

struct ReportCase {
  std::uint32_t vmpl;
  std::uint8_t vmpck;
};
inline constexpr trust::Rule<ReportCase> kReportRules[] = {
    {{"psp.report.vmpl", "SNP ABI 1.58, 7.3", "A privilege level gets no report in the name of a higher one."},
     [](const ReportCase& c) { return c.vmpl <= 3 && c.vmpl >= c.vmpck; }},
};

struct KeyCase {
  const PspState& psp;
  const GuestContext& context;
  const sevproto::KeyRequest& request;
  const std::optional<Tcb>& tcb;  // of the request
  std::uint64_t launch_mit_vector;
  std::uint8_t vmpck;
};
inline constexpr trust::Rule<KeyCase> kKeyRules[] = {
    {{"psp.key.fields", "SNP ABI 1.58, 7.2", "A key is asked for with known words.", trust::Act::kRefuse,
      trust::Kind::kConformance},
     [](const KeyCase& c) { return c.request.root_key_select <= 1 && c.request.guest_field_select < 0x80; }},
    {{"psp.key.vmpl", "SNP ABI 1.58, 7.2", "A privilege level gets no key of a higher one.", trust::Act::kRefuse,
      trust::Kind::kConformance},
     [](const KeyCase& c) { return c.request.vmpl <= 3 && c.request.vmpl >= c.vmpck; }},
    {{"psp.key.svn", "SNP ABI 1.58, 7.2", "A guest gets no key of a later version of itself.", trust::Act::kRefuse,
      trust::Kind::kConformance},
     [](const KeyCase& c) { return c.request.guest_svn <= c.context.guest_svn; }},
    {{"psp.key.tcb", "SNP ABI 1.58, 7.2", "A guest gets no key of firmware later than the committed.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const KeyCase& c) { return c.tcb && at_least(c.psp.settings.committed, *c.tcb); }},
    {{"psp.key.mit-vector", "SNP ABI 1.58, 7.2", "A guest gets no key for mitigations that it was launched without.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const KeyCase& c) { return (c.launch_mit_vector & ~c.context.launch_mit_vector) == 0; }},
};

// ---- platform -------------------------------------------------------------------------------------------------------

struct DebugCase {
  const GuestContext& context;
};
inline constexpr CommandRule<DebugCase> kDebugRules[] = {
    {{"psp.debug.policy", "SNP ABI 1.58, 8.24",
      "A guest's memory is opened to the host only if its policy allows debugging."},
     [](const DebugCase& c) { return (c.context.policy & sevproto::kPolicyDebugAllowed) != 0; },
     Status::kPolicyFailure},
};

// convention: which race of the cores with SNP_INIT is closed is not published in detail; here it is a line left in a cache.
struct InitCase {
  bool clean;  // no core holds a written line of the table in its cache
};
inline constexpr trust::Rule<InitCase> kInitRules[] = {
    {{"psp.init.table", "AMD-SB-3020; CVE-2025-0033",
      "No write that a core made before outlasts the setting up of the ownership table."},
     [](const InitCase& c) { return c.clean; }},
};

struct FirmwareCase {
  const PspState& psp;
  const sevproto::FirmwareVersion& version;
  const std::optional<Tcb>& tcb;
  static unsigned number(const sevproto::FirmwareVersion& v) { return v.major << 16 | v.minor << 8 | v.build; }
};
inline constexpr CommandRule<FirmwareCase> kFirmwareRules[] = {
    {{"psp.firmware.committed", "SNP ABI 1.58, 3.3 and 8.5", "Firmware never falls below the committed version."},
     [](const FirmwareCase& c) {
       return at_least(*c.tcb, c.psp.settings.committed) &&
              FirmwareCase::number(c.version) >= FirmwareCase::number(c.psp.settings.committed_firmware);
     },
     Status::kBadSvn},
};

struct ConfigCase {
  const PspState& psp;
  const std::optional<Tcb>& reported;
};
inline constexpr CommandRule<ConfigCase> kConfigRules[] = {
    {{"psp.config.reported-tcb", "SNP ABI 1.58, 8.3", "The TCB reported is one that is committed.", trust::Act::kRefuse,
      trust::Kind::kConformance},
     [](const ConfigCase& c) { return c.reported && at_least(c.psp.settings.committed, *c.reported); },
     Status::kInvalidParam},
};

// ---- legacy ---------------------------------------------------------------------------------------------------------

struct SevStartCase {
  const PspState& psp;
  std::uint32_t policy;
  bool session_opens;
};
inline constexpr CommandRule<SevStartCase> kSevStartRules[] = {
    {{"sev.launch.policy", "SEV API 0.24, 6.2",
      "A guest is launched only by firmware no older than its policy's floor.", trust::Act::kRefuse,
      trust::Kind::kConformance},
     [](const SevStartCase& c) {
       unsigned floor = sevproto::sev_policy_api_major(c.policy) << 8 | sevproto::sev_policy_api_minor(c.policy);
       return floor <= (static_cast<unsigned>(c.psp.settings.sev_api.major) << 8 | c.psp.settings.sev_api.minor);
     },
     Status::kPolicyFailure},
    {{"sev.launch.es", "SEV API 0.24, 6.2",
      "A guest that wants its registers encrypted is launched only where they are.", trust::Act::kRefuse,
      trust::Kind::kConformance},
     [](const SevStartCase& c) { return !(c.policy & sevproto::kSevPolicyEs) || c.psp.settings.level != Level::kSev; },
     Status::kUnsupported},
    {{"sev.launch.session", "SEV API 0.24, 6.2", "Transport keys and policy are those that the guest's owner sent.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const SevStartCase& c) { return c.session_opens; },
     Status::kBadMeasurement},
};

struct SecretCase {
  bool mac_fits;
};
inline constexpr CommandRule<SecretCase> kSecretRules[] = {
    {{"sev.launch-secret.measure", "SEV API 0.24, 6.6",
      "A secret enters only the guest whose measurement its owner saw."},
     [](const SecretCase& c) { return c.mac_fits; },
     Status::kBadMeasurement},
};

struct SevDebugCase {
  std::uint32_t policy;
};
inline constexpr CommandRule<SevDebugCase> kSevDebugRules[] = {
    {{"sev.debug.policy", "SEV API 0.24, 7.1",
      "A guest's memory is opened to the host only if its policy allows debugging."},
     [](const SevDebugCase& c) { return (c.policy & sevproto::kSevPolicyNoDebug) == 0; },
     Status::kPolicyFailure},
};

}  // namespace sev
