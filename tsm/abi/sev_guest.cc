#include "tsm/abi/sev_guest.h"

#include <algorithm>

#include "platform/crypto/aead.h"
#include "platform/protocol/sev/cpuid_page.h"
#include "platform/protocol/sev/report.h"
#include "platform/protocol/sev/secrets_page.h"
#include "tsm/abi/sev_guest_rules.h"

namespace tsm_abi {
namespace {

constexpr std::size_t kPage = 4096;
constexpr std::uint64_t kVmpckOffset = 0x20, kVmpckBytes = 32, kCountOffset = 0xA0;

template <class T>
Answer<T> failure(Problem problem, std::uint32_t code = 0) {
  return {std::nullopt, problem, code, {}};
}
template <class T>
Answer<T> refused(trust::Refusal refusal) {
  return {std::nullopt, Problem::kRefused, 0, refusal};
}
template <class T, class U>
Answer<T> passed_on(const Answer<U>& answer) {
  return {std::nullopt, answer.problem, answer.code, answer.refusal};
}

}  // namespace

SevGuest::SevGuest(Platform& platform, const SevLayout& layout, trust::Defences& defences, std::string at)
    : platform_(platform), layout_(layout), defences_(defences), at_(std::move(at)) {}

Answer<Done> SevGuest::boot_read_secrets() {
  if (!layout_.snp) return failure<Done>(Problem::kNotPresent);
  auto page = wire::decode<sevproto::SecretsPage>(platform_.read_private(layout_.secrets_gpa, kPage));
  if (!page || page->version < 2) return failure<Done>(Problem::kMalformed);
  return {Done{}};
}

// ---- pages ----------------------------------------------------------------------------------------------------------

Answer<Done> SevGuest::accept_page(std::uint64_t gpa) {
  if (!layout_.snp) return {Done{}};
  AcceptCase c{accepted(gpa)};
  if (auto no = defences_.first_refusal<AcceptCase>(kAcceptRules, c, at_)) return refused<Done>(*no);
  if (!page_state_change(gpa, sevproto::PageOp::kPrivate)) return failure<Done>(Problem::kHostError);
  std::uint32_t result = platform_.pvalidate(gpa, true);
  // Already validated, though we never did so: another page of ours, or somebody else's, is behind this address.
  ValidateCase v{result != kRmpNoUpdate};
  if (auto no = defences_.first_refusal<ValidateCase>(kValidateRules, v, at_)) return refused<Done>(*no);
  if (result != kRmpSuccess && result != kRmpNoUpdate) return failure<Done>(Problem::kInstruction, result);
  accepted_.insert(gpa / kPage);
  return {Done{}};
}

Answer<Done> SevGuest::share_page(std::uint64_t gpa) {
  if (layout_.snp && accepted(gpa)) {
    std::uint32_t result = platform_.pvalidate(gpa, false);
    if (result != kRmpSuccess) return failure<Done>(Problem::kInstruction, result);
    accepted_.erase(gpa / kPage);
  }
  if (layout_.snp && !page_state_change(gpa, sevproto::PageOp::kShared)) return failure<Done>(Problem::kHostError);
  return {Done{}};
}

void SevGuest::note_accepted(std::uint64_t gpa, std::uint64_t bytes) {
  for (std::uint64_t frame = gpa / kPage; frame * kPage < gpa + bytes; ++frame) accepted_.insert(frame);
}

Answer<Done> SevGuest::grant(std::uint64_t gpa, std::uint8_t vmpl, std::uint8_t perms, bool vmsa) {
  if (!layout_.snp) return failure<Done>(Problem::kNotPresent);
  std::uint32_t result = platform_.rmpadjust(gpa, vmpl, perms, vmsa);
  if (result != kRmpSuccess) return failure<Done>(Problem::kInstruction, result);
  return {Done{}};
}

bool SevGuest::page_state_change(std::uint64_t gpa, sevproto::PageOp operation) {
  sevproto::PscList list;
  list.entries.push_back(sevproto::psc_entry(gpa / kPage, operation));
  base::Bytes bytes = wire::encode(list);
  platform_.write_shared(layout_.psc_gpa, bytes);
  VmgexitReply reply = platform_.vmgexit({.exit_code = sevproto::ExitCode::kSnpPsc});
  // Done when the hypervisor has moved the cursor past the end.
  base::Bytes after = platform_.read_shared(layout_.psc_gpa, bytes.size());
  return (reply.info1 & 0xFFFF'FFFF) == sevproto::kGhcbOk && reply.info2 == 0 &&
         base::load_le<std::uint16_t>(after, 0) > list.end_entry;
}

// ---- CPUID ----------------------------------------------------------------------------------------------------------

Answer<CpuidResult> SevGuest::cpuid(std::uint32_t leaf, std::uint32_t subleaf) {
  if (layout_.snp) {
    auto page = wire::decode<sevproto::CpuidPage>(platform_.read_private(layout_.cpuid_gpa, kPage));
    if (!page || page->count > sevproto::kCpuidCountMax) return failure<CpuidResult>(Problem::kMalformed);
    for (std::uint32_t i = 0; i < page->count; ++i) {
      const sevproto::CpuidFunction& f = page->functions[i];
      if (f.eax_in == leaf && f.ecx_in == subleaf) return {CpuidResult{f.eax, f.ebx, f.ecx, f.edx}};
    }
    return {CpuidResult{}};
  }
  Vmgexit exit{.exit_code = sevproto::ExitCode::kCpuid, .registers = {.rax = leaf, .rcx = subleaf}};
  VmgexitReply reply = platform_.vmgexit(exit);
  if ((reply.info1 & 0xFFFF'FFFF) != sevproto::kGhcbOk) return failure<CpuidResult>(Problem::kHostError);
  auto low = [](std::uint64_t value) { return static_cast<std::uint32_t>(value); };
  const GhcbRegisters& r = reply.registers;
  return {CpuidResult{low(r.rax), low(r.rbx), low(r.rcx), low(r.rdx)}};
}

// ---- the security processor -----------------------------------------------------------------------------------------

std::uint64_t SevGuest::key_gpa() const {
  return layout_.secrets_gpa + kVmpckOffset + kVmpckBytes * (layout_.vmpl & 3);
}
std::uint64_t SevGuest::count_gpa() const { return layout_.secrets_gpa + kCountOffset + 4 * (layout_.vmpl & 3); }

Answer<base::Bytes> SevGuest::guest_request(sevproto::MessageType type, base::View payload) {
  return exchange(type, payload, {});
}

Answer<base::Bytes> SevGuest::tio_request(sevproto::MessageType type, base::View payload, std::uint32_t device) {
  return exchange(type, payload, {.exit = sevproto::ExitCode::kTioGuestRequest, .device = device});
}

Answer<std::uint64_t> SevGuest::tio_op(sevproto::TioOp op, std::uint32_t device) {
  if (!layout_.snp) return failure<std::uint64_t>(Problem::kNotPresent);
  const VmgexitReply reply = platform_.vmgexit({.exit_code = sevproto::ExitCode::kTioOp, .info1 = sevproto::tio_op_info(op, device)});
  if ((reply.info1 & 0xFFFF'FFFF) != sevproto::kGhcbOk) return failure<std::uint64_t>(Problem::kHostError);
  if (reply.info2 != 0) return failure<std::uint64_t>(Problem::kFirmwareError, static_cast<std::uint32_t>(reply.info2));
  return {reply.registers.rcx};
}

Answer<base::Bytes> SevGuest::exchange(sevproto::MessageType type, base::View payload, const Way& way) {
  if (!layout_.snp) return failure<base::Bytes>(Problem::kNotPresent);
  KeyUseCase use{exchange_failed_};
  if (auto no = defences_.first_refusal<KeyUseCase>(kKeyUseRules, use, at_)) return refused<base::Bytes>(*no);
  sevproto::Vmpck key{};
  std::ranges::copy(platform_.read_private(key_gpa(), key.size()), key.begin());
  std::uint32_t count = base::load_le<std::uint32_t>(platform_.read_private(count_gpa(), 4));
  // The count has 32 bits, and an IV must never come twice.
  if (count >= UINT32_MAX - 2) return failure<base::Bytes>(Problem::kMalformed);
  if (payload.size() > sevproto::kMessagePayloadMax) return failure<base::Bytes>(Problem::kMalformed);

  sevproto::SealedMessage message = sevproto::seal_message(key, layout_.vmpl, std::uint64_t{count} + 1, type, payload);
  platform_.sealed(key, sevproto::message_iv(message.header.msg_seqno), payload);
  base::Bytes request = wire::encode(message);
  bool extended = way.certificates != nullptr && layout_.cert_pages != 0;
  // Every attempt carries the same bytes: another content under the same count would use an IV twice.
  for (unsigned attempt = 0; attempt < kBusyRetriesMax; ++attempt) {
    platform_.write_shared(layout_.request_gpa, request);
    Vmgexit exit{.exit_code = extended ? sevproto::ExitCode::kExtGuestRequest : way.exit,
                 .info1 = layout_.request_gpa,
                 .info2 = layout_.response_gpa};
    exit.registers.rcx = way.device;
    if (extended) exit.registers = {.rax = layout_.cert_gpa, .rbx = layout_.cert_pages};
    VmgexitReply reply = platform_.vmgexit(exit);
    if ((reply.info1 & 0xFFFF'FFFF) != sevproto::kGhcbOk) return failed(failure<base::Bytes>(Problem::kHostError));
    auto firmware_error = static_cast<std::uint32_t>(reply.info2),
         vmm_error = static_cast<std::uint32_t>(reply.info2 >> 32);
    if (vmm_error == sevproto::kVmmErrBusy) continue;
    // No room for the certificates: the report is had without them.
    if (vmm_error == sevproto::kVmmErrInvalidLen && extended) {
      extended = false;
      continue;
    }
    if (vmm_error != 0) return failed(failure<base::Bytes>(Problem::kHostError, vmm_error));
    if (firmware_error != 0) return failed(failure<base::Bytes>(Problem::kFirmwareError, firmware_error));
    Answer<base::Bytes> answer = open_answer(key, message.header);
    if (!answer) return failed(answer);
    base::Bytes next;
    base::append_le(next, count + 2);
    platform_.write_private(count_gpa(), next);
    if (extended) *way.certificates = platform_.read_shared(layout_.cert_gpa, layout_.cert_pages * kPage);
    return answer;
  }
  return failed(failure<base::Bytes>(Problem::kBusy));
}

Answer<base::Bytes> SevGuest::open_answer(const sevproto::Vmpck& key, const sevproto::MessageHeader& request) {
  base::Bytes page = platform_.read_shared(layout_.response_gpa, kPage);
  base::View front(page);
  auto message = wire::decode_front<sevproto::SealedMessage>(front);
  if (!message) return failure<base::Bytes>(Problem::kMalformed);
  auto opened = sevproto::open_message(key, *message);
  AnswerCase c{request, message->header, static_cast<bool>(opened)};
  if (auto no = defences_.first_refusal<AnswerCase>(kAnswerRules, c, at_)) return refused<base::Bytes>(*no);
  if (opened) return {*opened};
  // Nobody looks at the tag: the key stream alone, which GCM's sealing also is.
  base::Bytes plain =
      crypto::aes256_gcm_seal(key, sevproto::message_iv(message->header.msg_seqno), {}, message->payload);
  plain.resize(message->payload.size());
  return {plain};
}

// Whether the security processor took the request is unknown from here on, and so is its count.
Answer<base::Bytes> SevGuest::failed(Answer<base::Bytes> answer) {
  exchange_failed_ = true;
  if (!defences_.lifted(kKeyUseRules[0].defence)) platform_.write_private(key_gpa(), base::Bytes(kVmpckBytes));
  return answer;
}

Answer<base::Bytes> SevGuest::report_of(const Answer<base::Bytes>& payload) const {
  if (!payload) return passed_on<base::Bytes>(payload);
  auto response = wire::decode<sevproto::ReportResponse>(*payload);
  if (!response) return failure<base::Bytes>(Problem::kMalformed);
  if (response->status != sevproto::kMessageStatusOk)
    return failure<base::Bytes>(Problem::kMessageStatus, response->status);
  if (response->report.size() != sevproto::kReportSize) return failure<base::Bytes>(Problem::kMalformed);
  return {response->report};
}

Answer<base::Bytes> SevGuest::get_report(const base::Block<64>& report_data, std::uint32_t vmpl,
                                         sevproto::ReportKey key) {
  sevproto::ReportRequest request{report_data, vmpl, key};
  return report_of(guest_request(sevproto::MessageType::kReportReq, wire::encode(request)));
}

Answer<ReportWithCertificates> SevGuest::get_extended_report(const base::Block<64>& report_data, std::uint32_t vmpl,
                                                             sevproto::ReportKey key) {
  sevproto::ReportRequest request{report_data, vmpl, key};
  ReportWithCertificates both;
  auto report = report_of(exchange(sevproto::MessageType::kReportReq, wire::encode(request), {.certificates = &both.certificates}));
  if (!report) return passed_on<ReportWithCertificates>(report);
  both.report = *report;
  return {both};
}

Answer<base::Block<32>> SevGuest::derive_key(const DerivedKeyRequest& request) {
  sevproto::KeyRequest wanted{request.from_vmrk, request.guest_field_select, request.vmpl, request.guest_svn,
                              request.tcb_version};
  auto payload = guest_request(sevproto::MessageType::kKeyReq, wire::encode(wanted));
  if (!payload) return passed_on<base::Block<32>>(payload);
  auto response = wire::decode<sevproto::KeyResponse>(*payload);
  if (!response) return failure<base::Block<32>>(Problem::kMalformed);
  if (response->status != sevproto::kMessageStatusOk)
    return failure<base::Block<32>>(Problem::kMessageStatus, response->status);
  return {response->derived_key};
}

std::vector<const trust::Defence*> sev_guest_defences() {
  std::vector<const trust::Defence*> all;
  trust::collect<AcceptCase>(all, kAcceptRules);
  trust::collect<ValidateCase>(all, kValidateRules);
  trust::collect<KeyUseCase>(all, kKeyUseRules);
  trust::collect<AnswerCase>(all, kAnswerRules);
  return all;
}

}  // namespace tsm_abi
