#include "tsm/sev/guest_requests.h"

#include <algorithm>

#include "platform/crypto/aead.h"
#include "platform/crypto/hash.h"
#include "tsm/sev/psp_rules.h"

namespace sev {
namespace {

using sevproto::MessageType;

// The payload under the key stream alone, for a world in which nobody looks at the tag: GCM is its own inverse there.
base::Bytes open_without_tag(const sevproto::Vmpck& key, const sevproto::SealedMessage& message) {
  base::Bytes plain = crypto::aes256_gcm_seal(key, sevproto::message_iv(message.header.msg_seqno), {}, message.payload);
  plain.resize(message.payload.size());
  return plain;
}

base::Bytes refused_report(std::uint32_t status) {
  sevproto::ReportResponse response;
  response.status = status;
  return wire::encode(response);
}

base::Block<48> block48(const base::Bytes& bytes) {
  base::check(bytes.size() == 48, "a number of P-384 has 48 bytes");
  base::Block<48> out{};
  std::ranges::copy(bytes, out.begin());
  return out;
}

}  // namespace

CallResult GuestRequests::handle_tio(const command::TioGuestRequest& request) {
  if (!tio_.has_tdi(request.dev_ctx, request.tdi_ctx)) return {Status::kInvalidTdiCtx, {}};
  return exchange({request.gctx_paddr, request.req_paddr, request.res_paddr}, true);
}

CallResult GuestRequests::exchange(const command::GuestRequest& request, bool about_tdi) {
  auto context = psp_.context(request.gctx_paddr);
  if (!context) return {Status::kInvalidGuest, {}};
  StateCase state{context->state, sevproto::Command::kSnpGuestRequest};
  if (auto no = first_failure<StateCase>(psp_, kStateRules, state)) return *no;
  base::Bytes page(4096);
  if (request.req_paddr % 4096 != 0 || !psp_.read(memory::KeyId::kNone, request.req_paddr, page))
    return {Status::kInvalidAddress, {}};
  if (!psp_.may_write_for_host(request.res_paddr)) return {Status::kInvalidPageState, {}};

  base::View front(page);
  auto message = wire::decode_front<sevproto::SealedMessage>(front);
  if (!message || message->header.msg_vmpck > 3) return {Status::kInvalidParam, {}};
  const sevproto::MessageHeader& header = message->header;
  const std::uint64_t seqno = context->seqno[header.msg_vmpck];
  if (seqno >= UINT64_MAX - 2 || header.msg_seqno >= UINT64_MAX - 2) return {Status::kAeadOflow, {}};
  const sevproto::Vmpck& key = context->vmpck[header.msg_vmpck];
  auto opened = sevproto::open_message(key, *message);
  MessageCase c{header, seqno, static_cast<bool>(opened)};
  if (auto no = first_failure<MessageCase>(psp_, kMessageRules, c)) return *no;
  base::Bytes payload = opened ? *opened : open_without_tag(key, *message);

  // Taken from here on: whoever speaks to the firmware while it answers, by its lies or its evidence, does not have it answer twice.
  const auto counts = [&](std::uint64_t now) {
    auto present = psp_.context(request.gctx_paddr);
    if (!present) return;
    present->seqno[header.msg_vmpck] = now;
    psp_.store(request.gctx_paddr, *present);
  };
  counts(header.msg_seqno + 1);
  const auto fails = [&](Status status) -> CallResult { return counts(seqno), CallResult{status, {}}; };

  std::optional<Answer> made;
  if (!about_tdi) made = answer(*context, header, payload);
  else if (auto said = tio_.answer(*context, header.msg_type, payload)) made = Answer{*said};
  if (!made) return fails(Status::kInvalidParam);
  auto type = static_cast<MessageType>(static_cast<int>(header.msg_type) + 1);
  sevproto::SealedMessage sealed =
      sevproto::seal_message(key, header.msg_vmpck, header.msg_seqno + 1, type, made->payload);
  if (psp_.sealed) psp_.sealed(key, sevproto::message_iv(sealed.header.msg_seqno), made->payload);
  base::Bytes out = wire::encode(sealed);
  if (!psp_.write(memory::KeyId::kNone, request.res_paddr, out)) return fails(Status::kInvalidAddress);
  return {Status::kSuccess, out, made->refusal};
}

std::optional<GuestRequests::Answer> GuestRequests::answer(const GuestContext& context,
                                                           const sevproto::MessageHeader& header, base::View payload) {
  switch (header.msg_type) {
    case MessageType::kReportReq: {
      auto request = wire::decode<sevproto::ReportRequest>(payload);
      if (!request) return std::nullopt;
      return report(context, header.msg_vmpck, *request);
    }
    case MessageType::kKeyReq: {
      if (header.msg_version >= 2) {
        auto request = wire::decode<sevproto::KeyRequestV2>(payload);
        if (!request) return std::nullopt;
        return derived_key(context, header.msg_vmpck, request->request, request->launch_mit_vector);
      }
      auto request = wire::decode<sevproto::KeyRequest>(payload);
      if (!request) return std::nullopt;
      return derived_key(context, header.msg_vmpck, *request, 0);
    }
    case MessageType::kTscInfoReq: {
      if (!wire::decode<sevproto::TscInfoRequest>(payload)) return std::nullopt;
      return Answer{wire::encode(sevproto::TscInfoResponse{})};
    }
    default: return std::nullopt;
  }
}

GuestRequests::Answer GuestRequests::report(const GuestContext& context, std::uint8_t vmpck,
                                            const sevproto::ReportRequest& request) {
  ReportCase c{request.vmpl, vmpck};
  if (auto no = psp_.defences.first_refusal<ReportCase>(kReportRules, c, psp_.name))
    return {refused_report(sevproto::kMessageStatusInvalidParam), no};
  using Key = sevproto::ReportKey;
  bool vlek_wanted = request.key_sel == Key::kVlek || (request.key_sel == Key::kAuto && psp_.provider);
  if (request.key_sel > Key::kVlek) return {refused_report(sevproto::kMessageStatusInvalidParam)};
  if (vlek_wanted ? !psp_.provider.has_value() : context.vcek_disabled != 0)
    return {refused_report(sevproto::kMessageStatusInvalidKey)};

  sevproto::Report made = unsigned_report(context, request);
  auto signing = psp_.mask_chip_key ? sevproto::SigningKey::kNone
                 : vlek_wanted      ? sevproto::SigningKey::kVlek
                                    : sevproto::SigningKey::kVcek;
  made.key_info = sevproto::with_signing_key(made.key_info, signing);
  if (psp_.before_signing) {
    base::Bytes bytes = wire::encode(made);
    psp_.before_signing(bytes);
    if (const auto altered = wire::decode<sevproto::Report>(bytes)) made = *altered;
  }
  if (!psp_.mask_chip_key) {
    const PspSettings& s = psp_.settings;
    crypto::EcKey key = vlek_wanted ? vlek(*psp_.provider, psp_.chip.product, s.reported) : vcek(psp_.chip, s.reported);
    crypto::Operation operation{psp_.name, "attestation report", psp_.signatures++};
    crypto::EcSignature signature = key.sign(psp_.library, operation, sevproto::signed_part(made));
    made.signature = sevproto::signature_of(block48(signature.r), block48(signature.s));
  }
  sevproto::ReportResponse response;
  response.report = wire::encode(made);
  response.report_size = static_cast<std::uint32_t>(response.report.size());
  return {wire::encode(response)};
}

sevproto::Report GuestRequests::unsigned_report(const GuestContext& context,
                                                const sevproto::ReportRequest& request) const {
  const PspSettings& s = psp_.settings;
  sevproto::Report r;
  r.version = s.report_version;
  r.guest_svn = context.guest_svn;
  r.policy = context.policy;
  r.family_id = context.family_id;
  r.image_id = context.image_id;
  r.vmpl = request.vmpl;
  r.current_tcb = pack(s.current, psp_.chip.product);
  r.platform_info = psp_.platform_info();
  r.key_info = (context.author_key_en ? sevproto::kKeyInfoAuthorKeyEn : 0) |
               (psp_.mask_chip_key ? sevproto::kKeyInfoMaskChipKey : 0);
  r.report_data = request.report_data;
  r.measurement = context.digest;
  r.host_data = context.host_data;
  r.id_key_digest = context.id_key_digest;
  r.author_key_digest = context.author_key_digest;
  r.report_id = context.report_id;
  r.report_id_ma = context.ma_report_id;
  r.reported_tcb = pack(s.reported, psp_.chip.product);
  if (s.report_version >= 3)
    r.cpuid_fam_id = s.cpuid_fam_id, r.cpuid_mod_id = s.cpuid_mod_id, r.cpuid_step = s.cpuid_step;
  if (!psp_.mask_chip_id && !psp_.mask_chip_key) r.chip_id = psp_.chip.hwid;
  r.committed_tcb = pack(s.committed, psp_.chip.product);
  r.current = s.firmware;
  r.committed = s.committed_firmware;
  r.launch_tcb = context.launch_tcb;
  if (s.report_version >= 5) r.launch_mit_vector = context.launch_mit_vector, r.current_mit_vector = s.mit_vector;
  return r;
}

// convention: the derivation is the firmware's own; what is mixed in, and that an unselected field is not, is the
// ABI's.
GuestRequests::Answer GuestRequests::derived_key(const GuestContext& context, std::uint8_t vmpck,
                                                 const sevproto::KeyRequest& request, std::uint64_t launch_mit_vector) {
  std::optional<Tcb> tcb = unpack(request.tcb_version, psp_.chip.product);
  KeyCase c{psp_, context, request, tcb, launch_mit_vector, vmpck};
  if (auto no = psp_.defences.first_refusal<KeyCase>(kKeyRules, c, psp_.name))
    return {wire::encode(sevproto::KeyResponse{.status = sevproto::kMessageStatusInvalidParam}), no};
  auto selected = [&](std::uint64_t bit) { return (request.guest_field_select & bit) != 0; };
  base::Bytes info = base::bytes_of("snp derived key");
  base::append_le(info, request.root_key_select);
  base::append_le(info, request.guest_field_select);
  base::append_le(info, request.vmpl);
  if (selected(sevproto::kMixPolicy)) base::append_le(info, context.policy);
  if (selected(sevproto::kMixImageId)) base::append(info, context.image_id);
  if (selected(sevproto::kMixFamilyId)) base::append(info, context.family_id);
  if (selected(sevproto::kMixMeasurement)) base::append(info, context.digest);
  if (selected(sevproto::kMixGuestSvn)) base::append_le(info, request.guest_svn);
  if (selected(sevproto::kMixTcbVersion)) base::append_le(info, request.tcb_version);
  if (selected(sevproto::kMixMitVector)) base::append_le(info, launch_mit_vector);
  base::View root = (request.root_key_select & 1) ? base::View(context.vmrk) : base::View(psp_.chip.secret);
  base::append(info, context.host_data);
  base::append(info, context.id_key_digest);
  base::append(info, context.author_key_digest);
  sevproto::KeyResponse response;
  base::Bytes key = crypto::hkdf_sha384(root, base::view_of("glacis"), info, response.derived_key.size());
  std::ranges::copy(key, response.derived_key.begin());
  return {wire::encode(response)};
}

}  // namespace sev
