#include "tsm/sev/psp.h"

#include <algorithm>

#include "platform/crypto/aead.h"
#include "platform/crypto/hash.h"
#include "tsm/sev/psp_rules.h"

namespace sev {
namespace {

base::Block<32> wrapping_key(const Chip& chip) {
  base::Bytes key = crypto::hkdf_sha384(chip.secret, {}, base::view_of("vlek wrapping key"), 32);
  base::Block<32> out{};
  std::ranges::copy(key, out.begin());
  return out;
}
constexpr std::size_t kWrapIvBytes = 12;

bool is_snp(sevproto::Command command) {
  return command >= sevproto::Command::kSnpInit && command <= sevproto::Command::kTioRollKey;
}

}  // namespace

base::Bytes wrap_vlek(const Chip& chip, const Provider& provider) {
  base::Bytes plain = base::bytes_of(base::View(provider.secret));
  base::append(plain, base::view_of(provider.csp_id));
  // The IV is a digest of what it wraps, so that two providers never share one.
  base::Block<48> digest = crypto::sha384(plain);
  base::Bytes out(digest.begin(), digest.begin() + kWrapIvBytes);
  base::append(out, crypto::aes256_gcm_seal(wrapping_key(chip), base::View(out), {}, plain));
  return out;
}

Psp::Psp(const Chip& chip, const Settings& settings, Rmp* rmp, memory::EncryptedMemory& memory,
         trust::Defences& defences, crypto::Library& library, std::uint64_t seed, SaveAreas* save_areas,
         std::string name)
    : state_(chip, settings, rmp, memory, defences, library, seed, save_areas, std::move(name)),
      launch_(state_),
      tio_(state_),
      guest_requests_(state_, tio_),
      legacy_(state_) {
  base::check(settings.level != Level::kSnp || rmp != nullptr, "a machine with page ownership has a table of it");
}

template <class Message, class Part>
CallResult Psp::with(base::View buffer, Part& part, CallResult (Part::*member)(const Message&)) {
  auto message = wire::decode<Message>(buffer);
  if (!message) return {Status::kInvalidLength, {}};
  return (part.*member)(*message);
}

CallResult Psp::call(sevproto::Command command, base::View buffer) {
  using C = sevproto::Command;
  if (is_snp(command)) {
    if (state_.settings.level != Level::kSnp) return {Status::kUnsupported, {}};
    bool early = command == C::kSnpInit || command == C::kSnpPlatformStatus || command == C::kSnpDownloadFirmwareEx;
    if (!early && !state_.initialized) return {Status::kInvalidPlatformState, {}};
  }
  switch (command) {
    case C::kSnpInit: return with(buffer, *this, &Psp::init);
    case C::kSnpPlatformStatus: return with(buffer, *this, &Psp::platform_status);
    case C::kDfFlush:
    case C::kSnpDfFlush: return with(buffer, *this, &Psp::df_flush);
    case C::kSnpCommit: return with(buffer, *this, &Psp::commit);
    case C::kSnpPageReclaim: return with(buffer, *this, &Psp::page_reclaim);
    case C::kSnpConfig: return with(buffer, *this, &Psp::config);
    case C::kSnpDownloadFirmwareEx: return with(buffer, *this, &Psp::download_firmware);
    case C::kSnpVlekLoad: return vlek_load(buffer);
    case C::kSnpDbgDecrypt: return with(buffer, *this, &Psp::debug_decrypt);
    case C::kSnpDbgEncrypt: return with(buffer, *this, &Psp::debug_encrypt);
    case C::kSnpGctxCreate: return with(buffer, launch_, &Launch::gctx_create);
    case C::kSnpLaunchStart: return with(buffer, launch_, &Launch::start);
    case C::kSnpActivate: return with(buffer, launch_, &Launch::activate);
    case C::kSnpLaunchUpdate: return with(buffer, launch_, &Launch::update);
    case C::kSnpLaunchFinish: return with(buffer, launch_, &Launch::finish);
    case C::kSnpGuestStatus: return with(buffer, launch_, &Launch::status);
    case C::kSnpDecommission: return with(buffer, *this, &Psp::decommission);
    case C::kTioStatus: return with(buffer, tio_, &Tio::status);
    case C::kTioInit: return with(buffer, tio_, &Tio::init);
    case C::kTioDevCreate: return with(buffer, tio_, &Tio::dev_create);
    case C::kTioDevConnect: return with(buffer, tio_, &Tio::dev_connect);
    case C::kTioDevDisconnect: return with(buffer, tio_, &Tio::dev_disconnect);
    case C::kTioDevMeasurements: return with(buffer, tio_, &Tio::dev_measurements);
    case C::kTioRollKey: return with(buffer, tio_, &Tio::roll_key);
    case C::kTioTdiCreate: return with(buffer, tio_, &Tio::tdi_create);
    case C::kTioTdiBind: return with(buffer, tio_, &Tio::tdi_bind);
    case C::kTioTdiUnbind: return with(buffer, tio_, &Tio::tdi_unbind);
    case C::kTioGuestRequest: return with(buffer, guest_requests_, &GuestRequests::handle_tio);
    case C::kSnpGuestRequest: return with(buffer, guest_requests_, &GuestRequests::handle);
    case C::kLaunchStart: return with(buffer, legacy_, &LegacyLaunch::start);
    case C::kActivate: return with(buffer, legacy_, &LegacyLaunch::activate);
    case C::kLaunchUpdateData: return with(buffer, legacy_, &LegacyLaunch::update_data);
    case C::kLaunchUpdateVmsa: return with(buffer, legacy_, &LegacyLaunch::update_vmsa);
    case C::kLaunchMeasure: return with(buffer, legacy_, &LegacyLaunch::measure);
    case C::kLaunchSecret: return with(buffer, legacy_, &LegacyLaunch::secret);
    case C::kLaunchFinish: return with(buffer, legacy_, &LegacyLaunch::finish);
    case C::kDecommission: return with(buffer, legacy_, &LegacyLaunch::decommission);
    case C::kDbgDecrypt: return with(buffer, legacy_, &LegacyLaunch::debug_decrypt);
    default: return {Status::kInvalidCommand, {}};
  }
}

CallResult Psp::init(const command::Empty&) {
  if (state_.initialized) return {Status::kInvalidPlatformState, {}};
  state_.initialized = true;
  state_.aliases_absent = state_.settings.alias_check_done && !state_.memory.aliases_present();
  InitCase c{state_.rmp->clean()};
  if (state_.defences.first_refusal<InitCase>(kInitRules, c, state_.name)) state_.rmp->flush();
  state_.rmp->protect();
  return {};
}

// An interface that was the guest's is nobody's from now on.
CallResult Psp::decommission(const command::Guest& request) {
  const auto guest = state_.context(request.gctx_paddr);
  CallResult result = launch_.decommission(request);
  if (result.ok() && guest) tio_.forget(guest->asid);
  return result;
}

CallResult Psp::platform_status(const command::Empty&) {
  const PspSettings& s = state_.settings;
  command::PlatformStatus status;
  status.api_major = s.firmware.major;
  status.api_minor = s.firmware.minor;
  status.state = state_.initialized;
  status.is_rmp_initialized = state_.initialized;
  status.build_id = s.firmware.build;
  status.features = (state_.mask_chip_id ? 1u : 0) | (state_.mask_chip_key ? 2u : 0) | (state_.provider ? 4u : 0);
  for (const auto& [spa, entry] : state_.rmp->entries()) status.guest_count += state_of(entry) == PageState::kContext;
  status.current_tcb = pack(s.current, state_.chip.product);
  status.reported_tcb = pack(s.reported, state_.chip.product);
  return {Status::kSuccess, wire::encode(status)};
}

CallResult Psp::df_flush(const command::Empty&) {
  if (auto no = first_failure<FlushCase>(state_, kFlushRules, {state_})) return *no;
  state_.dirty_asids.clear();
  state_.write_backs_then.clear();
  return {};
}

CallResult Psp::commit(const command::Empty&) {
  state_.settings.committed = state_.settings.current;
  state_.settings.committed_firmware = state_.settings.firmware;
  return {};
}

CallResult Psp::page_reclaim(const command::PageReclaim& request) {
  std::uint64_t spa = request.paddr & ~1ull;
  std::uint64_t bytes = memory::bytes_of((request.paddr & 1) ? memory::PageSize::k2M : memory::PageSize::k4K);
  if (spa % bytes != 0 || !state_.rmp->covers(spa, bytes)) return {Status::kInvalidAddress, {}};
  if (state_.rmp->state(spa) != PageState::kHypervisor && memory::bytes_of(state_.rmp->entry(spa).size) != bytes)
    return {Status::kInvalidPageSize, {}};
  return {state_.rmp->reclaim(spa) ? Status::kSuccess : Status::kInvalidPageState, {}};
}

CallResult Psp::config(const command::Config& request) {
  if ((request.flags & ~3u) != 0) return {Status::kInvalidParam, {}};
  // Zero asks for the default, which is the committed TCB.
  std::optional<Tcb> reported = unpack(request.reported_tcb, state_.chip.product);
  if (request.reported_tcb == 0) reported = state_.settings.committed;
  ConfigCase c{state_, reported};
  if (auto no = first_failure<ConfigCase>(state_, kConfigRules, c)) return *no;
  state_.settings.reported = *reported;
  state_.mask_chip_id = request.flags & 1;
  state_.mask_chip_key = request.flags & 2;
  return {};
}

CallResult Psp::download_firmware(const command::FirmwareImage& image) {
  std::optional<Tcb> tcb = unpack(image.tcb, state_.chip.product);
  if (!tcb || image.commit > 1) return {Status::kInvalidParam, {}};
  FirmwareCase c{state_, image.version, tcb};
  if (auto no = first_failure<FirmwareCase>(state_, kFirmwareRules, c)) return *no;
  PspSettings& s = state_.settings;
  s.current = *tcb;
  s.firmware = image.version;
  // Firmware has no key of a TCB above its own, so it cannot go on in the name of what it replaced.
  if (!at_least(s.current, s.reported)) s.reported = s.current;
  if (!at_least(s.current, s.committed)) s.committed = s.current, s.committed_firmware = s.firmware;
  return image.commit ? commit({}) : CallResult{};
}

CallResult Psp::vlek_load(base::View wrapped) {
  if (wrapped.size() < kWrapIvBytes + 32) return {Status::kInvalidLength, {}};
  auto plain = crypto::aes256_gcm_open(wrapping_key(state_.chip), wrapped.first(kWrapIvBytes), {},
                                       wrapped.subspan(kWrapIvBytes));
  if (!plain) return {Status::kBadMeasurement, {}};
  if (plain->size() < 32) return {Status::kInvalidLength, {}};
  Provider provider;
  std::copy_n(plain->begin(), 32, provider.secret.begin());
  provider.csp_id = base::text_of(base::View(*plain).subspan(32));
  state_.provider = provider;
  return {};
}

CallResult Psp::debug_decrypt(const command::Debug& request) { return debug(request, true); }
CallResult Psp::debug_encrypt(const command::Debug& request) { return debug(request, false); }

CallResult Psp::debug(const command::Debug& request, bool decrypt) {
  auto context = state_.context(request.gctx_paddr);
  if (!context) return {Status::kInvalidGuest, {}};
  StateCase state{context->state, decrypt ? sevproto::Command::kSnpDbgDecrypt : sevproto::Command::kSnpDbgEncrypt};
  if (auto no = first_failure<StateCase>(state_, kStateRules, state)) return *no;
  DebugCase c{*context};
  if (auto no = first_failure<DebugCase>(state_, kDebugRules, c)) return *no;
  if (context->asid == 0) return {Status::kInactive, {}};
  std::uint64_t guest_page = decrypt ? request.src_addr : request.dst_addr;
  RmpEntry entry = state_.rmp->entry(guest_page);
  if (guest_page % 4096 != 0 || !state_.rmp->covers(guest_page, 4096)) return {Status::kInvalidAddress, {}};
  if (!entry.assigned || entry.asid != context->asid) return {Status::kInvalidPageOwner, {}};
  if (decrypt && !state_.may_write_for_host(request.dst_addr)) return {Status::kInvalidPageState, {}};
  base::Bytes page(4096);
  memory::KeyId guest = key_of(context->asid), host = memory::KeyId::kNone;
  if (!state_.read(decrypt ? guest : host, request.src_addr, page) ||
      !state_.write(decrypt ? host : guest, request.dst_addr, page))
    return {Status::kInvalidAddress, {}};
  return {Status::kSuccess, decrypt ? page : base::Bytes{}};
}

}  // namespace sev
