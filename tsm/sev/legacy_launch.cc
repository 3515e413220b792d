#include "tsm/sev/legacy_launch.h"

#include "platform/crypto/aead.h"
#include "tsm/sev/psp_rules.h"
#include "platform/protocol/sev/session.h"

namespace sev {
namespace {

constexpr std::uint32_t kLengthMax = 64u << 20;  // of one command; no buffer of ours grows past it

}  // namespace

crypto::EcKey platform_key(const Chip& chip) {
  return crypto::EcKey::derive(crypto::Curve::kP384, chip.secret, "pdh");
}

LegacyLaunch::LegacyLaunch(PspState& psp) : psp_(psp), pdh_(platform_key(psp.chip)) {}

LegacyLaunch::Guest* LegacyLaunch::find(std::uint32_t handle) {
  auto it = guests_.find(handle);
  return it == guests_.end() ? nullptr : &it->second;
}

CallResult LegacyLaunch::start(const command::SevLaunchStart& request) {
  auto session = wire::decode<sevproto::Session>(request.session);
  if (!session) return {Status::kInvalidLength, {}};
  auto keys = sevproto::open_session(pdh_, *session, request.policy);
  SevStartCase c{psp_, request.policy, keys.has_value()};
  if (auto no = first_failure<SevStartCase>(psp_, kSevStartRules, c)) return *no;
  Guest guest;
  guest.policy = request.policy;
  guest.tek = keys->tek;
  guest.tik = keys->tik;
  guest.vek = psp_.random<32>("legacy vek");
  guests_.emplace(++last_handle_, guest);
  return {Status::kSuccess, wire::encode(command::SevHandle{last_handle_})};
}

CallResult LegacyLaunch::activate(const command::SevActivate& request) {
  Guest* guest = find(request.handle);
  if (!guest) return {Status::kInvalidGuest, {}};
  ActivateCase c{psp_, guest->asid, request.asid};
  if (auto no = first_failure<ActivateCase>(psp_, kActivateRules, c)) return *no;
  guest->asid = request.asid;
  psp_.asids[request.asid] = request.handle;
  psp_.memory.set_key(key_of(request.asid), guest->vek);
  return {};
}

CallResult LegacyLaunch::update_data(const command::SevLaunchUpdate& request) { return update(request, false); }
CallResult LegacyLaunch::update_vmsa(const command::SevLaunchUpdate& request) { return update(request, true); }

CallResult LegacyLaunch::update(const command::SevLaunchUpdate& request, bool vmsa) {
  Guest* guest = find(request.handle);
  if (!guest) return {Status::kInvalidGuest, {}};
  if (guest->state != SevState::kLaunchUpdate) return {Status::kInvalidGuestState, {}};
  if (guest->asid == 0) return {Status::kInactive, {}};
  if (vmsa && !(guest->policy & sevproto::kSevPolicyEs)) return {Status::kPolicyFailure, {}};
  if (request.length % 16 != 0 || request.length > kLengthMax || (vmsa && request.length != 4096))
    return {Status::kInvalidLength, {}};
  if (request.address % (vmsa ? 4096 : 16) != 0) return {Status::kInvalidAddress, {}};
  base::Bytes plain(request.length);
  if (!psp_.read(memory::KeyId::kNone, request.address, plain) ||
      !psp_.write(key_of(guest->asid), request.address, plain))
    return {Status::kInvalidAddress, {}};
  guest->digest.update(plain);
  if (vmsa && psp_.save_areas) psp_.save_areas->adopt(guest->asid, request.address);
  return {};
}

CallResult LegacyLaunch::measure(const command::SevHandle& request) {
  Guest* guest = find(request.handle);
  if (!guest) return {Status::kInvalidGuest, {}};
  if (guest->state != SevState::kLaunchUpdate) return {Status::kInvalidGuestState, {}};
  const sevproto::FirmwareVersion& api = psp_.settings.sev_api;
  sevproto::MeasureInput input{.api_major = api.major,
                               .api_minor = api.minor,
                               .build = api.build,
                               .policy = guest->policy,
                               .digest = guest->digest.finish(),
                               .mnonce = psp_.random<16>("mnonce")};
  if (psp_.before_measuring) {
    base::Bytes bytes = wire::encode(input);
    psp_.before_measuring(bytes);
    if (const auto altered = wire::decode<sevproto::MeasureInput>(bytes)) input = *altered;
  }
  guest->measure = sevproto::launch_measure(guest->tik, input);
  guest->state = SevState::kLaunchSecret;
  return {Status::kSuccess, wire::encode(sevproto::MeasureBlob{guest->measure, input.mnonce})};
}

CallResult LegacyLaunch::secret(const command::SevLaunchSecret& request) {
  Guest* guest = find(request.handle);
  if (!guest) return {Status::kInvalidGuest, {}};
  if (guest->state != SevState::kLaunchSecret) return {Status::kInvalidGuestState, {}};
  base::View rest(request.packet);
  auto header = wire::decode_front<sevproto::SecretHeader>(rest);
  if (!header || rest.size() != request.guest_length || rest.size() > kLengthMax) return {Status::kInvalidLength, {}};
  // Compressed secrets are not modelled.
  if (header->flags != 0) return {Status::kInvalidParam, {}};
  sevproto::SecretPacket packet{*header, base::bytes_of(rest)};
  auto opened = sevproto::open_secret(guest->tek, guest->tik, guest->measure, packet, request.guest_length);
  SecretCase c{static_cast<bool>(opened)};
  if (auto no = first_failure<SecretCase>(psp_, kSecretRules, c)) return *no;
  base::Bytes secret = opened ? *opened : crypto::aes128_ctr(guest->tek, header->iv, packet.data);
  if (guest->asid == 0) return {Status::kInactive, {}};
  return {psp_.write(key_of(guest->asid), request.guest_paddr, secret) ? Status::kSuccess : Status::kInvalidAddress,
          {}};
}

CallResult LegacyLaunch::finish(const command::SevHandle& request) {
  Guest* guest = find(request.handle);
  if (!guest) return {Status::kInvalidGuest, {}};
  if (guest->state != SevState::kLaunchSecret) return {Status::kInvalidGuestState, {}};
  guest->state = SevState::kRunning;
  return {};
}

CallResult LegacyLaunch::decommission(const command::SevHandle& request) {
  Guest* guest = find(request.handle);
  if (!guest) return {Status::kInvalidGuest, {}};
  if (guest->asid != 0) {
    psp_.memory.drop_key(key_of(guest->asid));
    psp_.asids.erase(guest->asid);
    psp_.give_up(guest->asid);
  }
  guests_.erase(request.handle);
  return {};
}

CallResult LegacyLaunch::debug_decrypt(const command::SevDebug& request) {
  Guest* guest = find(request.handle);
  if (!guest) return {Status::kInvalidGuest, {}};
  SevDebugCase c{guest->policy};
  if (auto no = first_failure<SevDebugCase>(psp_, kSevDebugRules, c)) return *no;
  if (guest->asid == 0) return {Status::kInactive, {}};
  if (request.length % 16 != 0 || request.length > kLengthMax) return {Status::kInvalidLength, {}};
  if (request.src_addr % 16 != 0 || request.dst_addr % 16 != 0) return {Status::kInvalidAddress, {}};
  base::Bytes plain(request.length);
  if (!psp_.read(key_of(guest->asid), request.src_addr, plain) ||
      !psp_.write(memory::KeyId::kNone, request.dst_addr, plain))
    return {Status::kInvalidAddress, {}};
  return {Status::kSuccess, plain};
}

}  // namespace sev
