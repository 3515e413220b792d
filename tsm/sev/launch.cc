#include "tsm/sev/launch.h"

#include <algorithm>

#include "platform/protocol/sev/secrets_page.h"
#include "tsm/sev/psp_rules.h"

namespace sev {
namespace {

using sevproto::Command;
using sevproto::PageType;
constexpr std::uint64_t kPage = 0x1000;

std::optional<CallResult> refuse_state(const PspState& psp, const GuestContext& context, Command event) {
  StateCase c{context.state, event};
  return first_failure<StateCase>(psp, kStateRules, c);
}

// Leaves whose words are feature flags: a page may show fewer. Elsewhere the words are numbers.
bool feature_leaf(std::uint32_t leaf) {
  return leaf == 0x1 || leaf == 0x7 || leaf == 0xD || leaf == 0x8000'0001 || leaf == 0x8000'0008 || leaf == 0x8000'0021;
}

// P-384 coordinates of a key structure, big-endian; empty when it holds no such key.
std::optional<base::Bytes> point_of(const sevproto::EcdsaPublicKey& key) {
  auto x = sevproto::be48_of(key.qx), y = sevproto::be48_of(key.qy);
  if (key.curve != sevproto::kCurveP384 || !x || !y) return std::nullopt;
  base::Bytes point = base::bytes_of(base::View(*x));
  base::append(point, *y);
  return point;
}

bool verifies(std::uint32_t algo, const sevproto::EcdsaPublicKey& key, base::View message,
              const sevproto::EcdsaSignature& signature) {
  auto point = point_of(key);
  auto r = sevproto::be48_of(signature.r), s = sevproto::be48_of(signature.s);
  if (algo != sevproto::kAlgoEcdsaP384Sha384 || !point || !r || !s) return false;
  return crypto::ec_verify(*point, message, {base::bytes_of(base::View(*r)), base::bytes_of(base::View(*s))});
}

}  // namespace

sevproto::CpuidPage truthful(const sevproto::CpuidPage& page, const std::vector<sevproto::CpuidFunction>& truth) {
  sevproto::CpuidPage out;
  out.count = std::min(page.count, sevproto::kCpuidCountMax);
  for (std::uint32_t i = 0; i < out.count; ++i) {
    const sevproto::CpuidFunction& claimed = page.functions[i];
    sevproto::CpuidFunction& entry = out.functions[i];
    entry.eax_in = claimed.eax_in, entry.ecx_in = claimed.ecx_in;
    entry.xcr0_in = claimed.xcr0_in, entry.xss_in = claimed.xss_in;
    auto has = std::ranges::find_if(
        truth, [&](const auto& t) { return t.eax_in == claimed.eax_in && t.ecx_in == claimed.ecx_in; });
    if (has == truth.end()) continue;
    bool fewer = feature_leaf(claimed.eax_in);
    entry.eax = fewer ? has->eax & claimed.eax : has->eax;
    entry.ebx = fewer ? has->ebx & claimed.ebx : has->ebx;
    entry.ecx = fewer ? has->ecx & claimed.ecx : has->ecx;
    entry.edx = fewer ? has->edx & claimed.edx : has->edx;
  }
  return out;
}

CallResult Launch::gctx_create(const command::Guest& request) {
  if (request.gctx_paddr % kPage != 0 || !psp_.rmp->covers(request.gctx_paddr, kPage))
    return {Status::kInvalidAddress, {}};
  RmpEntry entry = psp_.rmp->entry(request.gctx_paddr);
  if (state_of(entry) != PageState::kFirmware) return {Status::kInvalidPageState, {}};
  if (entry.size != memory::PageSize::k4K) return {Status::kInvalidPageSize, {}};
  entry.vmsa = true;
  psp_.rmp->set(request.gctx_paddr, entry);
  psp_.store(request.gctx_paddr, GuestContext{});
  return {};
}

CallResult Launch::start(const command::LaunchStart& request) {
  auto context = psp_.context(request.gctx_paddr);
  if (!context) return {Status::kInvalidGuest, {}};
  if (auto no = refuse_state(psp_, *context, Command::kSnpLaunchStart)) return *no;
  using Start = command::LaunchStart;
  const bool ma_en = request.flags & Start::kMaEn;
  if ((request.flags & ~(Start::kMaEn | Start::kImiEn)) != 0) return {Status::kInvalidParam, {}};
  // simplified: the agent is bound and named in reports; what it may then have exported (PAGE_SWAP_OUT) is not played.
  const auto agent = ma_en ? psp_.context(request.ma_gctx_paddr) : std::nullopt;
  if (ma_en && !agent) return {Status::kInvalidGuest, {}};
  StartCase c{psp_, request.policy, ma_en};
  if (auto no = first_failure<StartCase>(psp_, kStartRules, c)) return *no;
  context->state = *next_state(context->state, Command::kSnpLaunchStart);
  context->policy = request.policy;
  context->flags = request.flags;
  context->gosvw = request.gosvw;
  context->vek = psp_.random<32>("vek");
  context->report_id = psp_.random<32>("report id");
  context->ma_report_id.fill(0xFF);
  if (agent) context->ma_report_id = agent->report_id;
  context->vmrk = psp_.random<32>("vmrk");
  for (auto& key : context->vmpck) key = psp_.random<32>("vmpck");
  context->launch_tcb = pack(psp_.settings.current, psp_.chip.product);
  context->launch_mit_vector = psp_.settings.mit_vector;
  psp_.store(request.gctx_paddr, *context);
  return {};
}

CallResult Launch::activate(const command::Activate& request) {
  auto context = psp_.context(request.gctx_paddr);
  if (!context) return {Status::kInvalidGuest, {}};
  if (auto no = refuse_state(psp_, *context, Command::kSnpActivate)) return *no;
  ActivateCase c{psp_, context->asid, request.asid};
  if (auto no = first_failure<ActivateCase>(psp_, kActivateRules, c)) return *no;
  context->asid = request.asid;
  psp_.asids[request.asid] = request.gctx_paddr;
  psp_.memory.set_key(key_of(request.asid), context->vek);
  psp_.store(request.gctx_paddr, *context);
  return {};
}

CallResult Launch::update(const command::LaunchUpdate& request) {
  auto context = psp_.context(request.gctx_paddr);
  if (!context) return {Status::kInvalidGuest, {}};
  if (auto no = refuse_state(psp_, *context, Command::kSnpLaunchUpdate)) return *no;
  auto type = static_cast<PageType>(request.page_type());
  bool has_page =
      type == PageType::kNormal || type == PageType::kVmsa || type == PageType::kUnmeasured || type == PageType::kCpuid;
  std::uint64_t bytes = request.is_2m() ? 512 * kPage : kPage;
  if (request.page_type() < 1 || request.page_type() > 6 || (request.page >> 5) != 0)
    return {Status::kInvalidParam, {}};
  if (request.is_2m() && type != PageType::kNormal && type != PageType::kZero && type != PageType::kUnmeasured)
    return {Status::kInvalidParam, {}};
  if ((request.vmpl1_perms | request.vmpl2_perms | request.vmpl3_perms) > kPermAll) return {Status::kInvalidParam, {}};
  if (request.address % bytes != 0 || !psp_.rmp->covers(request.address, bytes)) return {Status::kInvalidAddress, {}};
  RmpEntry entry = psp_.rmp->entry(request.address);
  UpdateCaseSnp c{entry, state_of(entry), context->asid, request.is_2m()};
  if (auto no = first_failure<UpdateCaseSnp>(psp_, kLaunchUpdateRules, c)) return *no;

  base::Bytes plain(bytes);
  if (has_page && !psp_.read(memory::KeyId::kNone, request.address, plain)) return {Status::kInvalidAddress, {}};
  if (type == PageType::kSecrets) plain = secrets_page(*context);
  if (type == PageType::kCpuid) {
    auto page = wire::decode<sevproto::CpuidPage>(plain);
    if (!page) return {Status::kInvalidParam, {}};
    sevproto::CpuidPage truth = truthful(*page, psp_.settings.cpuid);
    CpuidCase cpuid{*page, truth};
    if (auto no = first_failure<CpuidCase>(psp_, kCpuidRules, cpuid)) {
      no->out = wire::encode(truth);
      if (!psp_.write(memory::KeyId::kNone, request.address, no->out)) return {Status::kInvalidAddress, {}};
      return *no;
    }
  }
  sevproto::VmplPerms perms{request.vmpl1_perms, request.vmpl2_perms, request.vmpl3_perms};
  for (std::uint64_t at = 0; at < bytes; at += kPage) {
    std::uint64_t gpa = type == PageType::kVmsa ? sevproto::kVmsaGpa : entry.gpa + at;
    base::View page = base::View(plain).subspan(at, kPage);
    context->digest = sevproto::extend_with_page(context->digest, type, page, gpa, perms, request.imi());
  }
  if (!psp_.write(key_of(context->asid), request.address, plain)) return {Status::kInvalidAddress, {}};
  entry.immutable = false;
  entry.validated = true;
  entry.vmsa = type == PageType::kVmsa;
  entry.perms = {kPermAll, request.vmpl1_perms, request.vmpl2_perms, request.vmpl3_perms};
  psp_.rmp->set(request.address, entry);
  if (entry.vmsa && psp_.save_areas) psp_.save_areas->adopt(context->asid, request.address);
  psp_.store(request.gctx_paddr, *context);
  return {};
}

CallResult Launch::finish(const command::LaunchFinish& request) {
  using Finish = command::LaunchFinish;
  auto context = psp_.context(request.gctx_paddr);
  if (!context) return {Status::kInvalidGuest, {}};
  if (auto no = refuse_state(psp_, *context, Command::kSnpLaunchFinish)) return *no;
  bool id_en = request.flags & Finish::kIdBlockEn, author_en = request.flags & Finish::kAuthKeyEn;
  if ((request.flags & ~7ull) != 0 || (author_en && !id_en)) return {Status::kInvalidParam, {}};
  if (id_en) {
    base::Bytes raw_block(wire::min_size<sevproto::IdBlock>()), raw_auth(wire::min_size<sevproto::IdAuth>());
    if (!psp_.read(memory::KeyId::kNone, request.id_block_paddr, raw_block) ||
        !psp_.read(memory::KeyId::kNone, request.id_auth_paddr, raw_auth))
      return {Status::kInvalidAddress, {}};
    auto block = wire::decode<sevproto::IdBlock>(raw_block);
    auto auth = wire::decode<sevproto::IdAuth>(raw_auth);
    if (!block || !auth) return {Status::kInvalidParam, {}};
    bool id_signed = verifies(auth->id_key_algo, auth->id_key, raw_block, auth->id_block_sig);
    bool author_signed =
        !author_en || verifies(auth->author_key_algo, auth->author_key, wire::encode(auth->id_key), auth->id_key_sig);
    IdBlockCase c{*context, *block, id_signed, author_signed};
    if (auto no = first_failure<IdBlockCase>(psp_, kIdBlockRules, c)) return *no;
    context->id_block_en = 1;
    context->author_key_en = author_en;
    context->family_id = block->family_id;
    context->image_id = block->image_id;
    context->guest_svn = block->guest_svn;
    context->id_key_digest = sevproto::key_digest(auth->id_key);
    if (author_en) context->author_key_digest = sevproto::key_digest(auth->author_key);
  }
  context->state = *next_state(context->state, Command::kSnpLaunchFinish);
  context->vcek_disabled = (request.flags & Finish::kVcekDisabled) != 0;
  context->host_data = request.host_data;
  if (context->asid != 0) psp_.rmp->thaw(context->asid);
  psp_.store(request.gctx_paddr, *context);
  return {};
}

CallResult Launch::status(const command::Guest& request) {
  auto context = psp_.context(request.gctx_paddr);
  if (!context) return {Status::kInvalidGuest, {}};
  command::GuestStatus status{context->policy, context->asid, static_cast<std::uint8_t>(context->state)};
  return {Status::kSuccess, wire::encode(status)};
}

CallResult Launch::decommission(const command::Guest& request) {
  auto context = psp_.context(request.gctx_paddr);
  if (!context) return {Status::kInvalidGuest, {}};
  if (context->asid != 0) {
    psp_.rmp->orphan(context->asid);
    psp_.memory.drop_key(key_of(context->asid));
    psp_.asids.erase(context->asid);
    psp_.give_up(context->asid);
  }
  base::Bytes zero(kPage);
  base::check(psp_.write(kFirmwareKey, request.gctx_paddr, zero), "a context page lies in memory");
  RmpEntry entry = psp_.rmp->entry(request.gctx_paddr);
  entry.vmsa = false;
  psp_.rmp->set(request.gctx_paddr, entry);
  return {};
}

base::Bytes Launch::secrets_page(const GuestContext& context) const {
  sevproto::SecretsPage page;
  const PspSettings& s = psp_.settings;
  page.flags = context.flags >> 1 & 1;
  // CPUID 8000_0001 EAX: extended family 27:20, extended model 19:16, family 11:8, model 7:4, stepping 3:0.
  page.fms = static_cast<std::uint32_t>((s.cpuid_fam_id - 0xF) << 20 | (s.cpuid_mod_id >> 4) << 16 | 0xF << 8 |
                                        (s.cpuid_mod_id & 0xF) << 4 | (s.cpuid_step & 0xF));
  page.gosvw = context.gosvw;
  page.vmpck0 = context.vmpck[0];
  page.vmpck1 = context.vmpck[1];
  page.vmpck2 = context.vmpck[2];
  page.vmpck3 = context.vmpck[3];
  return wire::encode(page);
}

}  // namespace sev
