// What a TVM asks of the TSM (COVG). Each call that its specification lets exit is told to the host once it is carried out, and what
// it came to is the TSM's word.
#include <algorithm>

#include "tsm/cove/tsm.h"

namespace cove {
namespace {

using namespace coveproto;

constexpr std::uint64_t kGpaEnd = 1ull << 50;
constexpr std::size_t kKeySizeMax = 512;  // of an encoded COSE_Key

bool range_ok(std::uint64_t gpa, std::uint64_t bytes) {
  return bytes != 0 && bytes % kPage == 0 && bytes <= kGpaEnd && gpa <= kGpaEnd - bytes;
}
SbiRet failed(SbiError error) { return {error, 0}; }

}  // namespace

EcallResult Tsm::ecall(std::uint32_t hart, const Ecall& call) {
  Vcpu* vcpu = on(hart);
  Tvm* owner = tvm_at(hart);
  if (!vcpu || !owner || vcpu->dead) return {{}, std::nullopt, true};
  if (call.a7 == kCovg) return guest_call(hart, *owner, *vcpu, current_.at(hart).second, call);
  // The host's extensions of SBI, and its answer.
  vcpu->settled.reset();
  vcpu->forwarded = call;
  const TvmExit exit{.cause = Cause::kVirtualSupervisorEnvCall, .shown = call};
  show(hart, exit);
  trap(hart);
  return {{}, exit};
}

EcallResult Tsm::guest_call(std::uint32_t hart, Tvm& tvm, Vcpu& vcpu, std::uint64_t vcpu_id, const Ecall& in) {
  const auto function = static_cast<Covg>(fid_of(in.a6));
  switch (function) {
    case Covg::kAddMmioRegion:
    case Covg::kRemoveMmioRegion:
    case Covg::kShareMemoryRegion:
    case Covg::kUnshareMemoryRegion: return leave_with(hart, vcpu, in, region_call(tvm, vcpu_id, function, in));
    case Covg::kAllowExternalInterrupt:
    case Covg::kDenyExternalInterrupt: return leave_with(hart, vcpu, in, interrupt_call(vcpu, function, in));
    case Covg::kGetAttcaps:
    case Covg::kExtendMeasurement:
    case Covg::kGetEvidence:
    case Covg::kReadMeasurement: return attest_call(hart, tvm, vcpu, function, in);
    case Covg::kGetDeviceLink:
    case Covg::kGetDeviceConnectionTranscript:
    case Covg::kGetDeviceMeasurements:
    case Covg::kGetInterfaceReport:
    case Covg::kGetInterfaceState:
    case Covg::kMapInterfaceMmio:
    case Covg::kStartInterface:
    case Covg::kStopInterface: return io_guest_call(hart, tvm, function, in);
    // Secrets come with a payload for local attestation, which only a promoted TVM has.
    case Covg::kRetrieveSecret:
      if (in.a0 % kPage != 0 || in.a0 >= kGpaEnd) return {failed(SbiError::kInvalidAddress)};
      return {failed(in.a1 == 0 || in.a1 > kPage ? SbiError::kInvalidParam : SbiError::kAuth)};
  }
  return {failed(SbiError::kNotSupported)};
}

// A call that was carried out exits; one that was refused does not.
EcallResult Tsm::leave_with(std::uint32_t hart, Vcpu& vcpu, const Ecall& in, SbiRet ret) {
  if (ret.error != SbiError::kSuccess) return {ret};
  vcpu.forwarded = in;
  vcpu.settled = ret;
  const TvmExit exit{.cause = Cause::kVirtualSupervisorEnvCall, .shown = in};
  show(hart, exit);
  trap(hart);
  return {ret, exit};
}

std::optional<SbiRet> Tsm::resumed(std::uint32_t hart) {
  Vcpu* vcpu = on(hart);
  return vcpu ? std::exchange(vcpu->answer, std::nullopt) : std::nullopt;
}

// ---- regions and interrupts -----------------------------------------------------------------------------------------

SbiRet Tsm::region_call(Tvm& tvm, std::uint64_t vcpu_id, Covg function, const Ecall& in) {
  const std::uint64_t gpa = in.a0, bytes = in.a1;
  if (gpa % kPage != 0 || gpa >= kGpaEnd) return failed(SbiError::kInvalidAddress);
  const bool mmio = function == Covg::kAddMmioRegion || function == Covg::kRemoveMmioRegion;
  // The calls on MMIO have no other word for a bad length.
  if (!range_ok(gpa, bytes)) return failed(mmio ? SbiError::kInvalidAddress : SbiError::kInvalidParam);
  if (function == Covg::kAddMmioRegion) {
    if (!tvm.regions.none(gpa, bytes)) return failed(SbiError::kInvalidAddress);
    tvm.regions.set(gpa, bytes, Region::kMmio);
    return {};
  }
  if (function == Covg::kRemoveMmioRegion) {
    std::vector<std::pair<std::uint64_t, std::uint64_t>> gone;
    for (const auto& [first, run] : tvm.regions.runs())
      if (run.kind == Region::kMmio && first < gpa + bytes && run.end > gpa) gone.push_back({first, run.end - first});
    for (const auto& [first, size] : gone) tvm.regions.erase(first, size);
    return {};
  }
  const bool share = function == Covg::kShareMemoryRegion;
  if (!tvm.regions.all(gpa, bytes, share ? Region::kConfidential : Region::kShared)) return failed(SbiError::kInvalidParam);
  tvm.regions.set(gpa, bytes, share ? Region::kConfidentialRemovable : Region::kSharedRemovable);
  tvm.pending.push_back({gpa, bytes, share ? Region::kShared : Region::kConfidential, vcpu_id});
  settle(tvm);
  return {};
}

SbiRet Tsm::interrupt_call(Vcpu& vcpu, Covg function, const Ecall& in) {
  constexpr std::uint64_t kAll = ~std::uint64_t{0}, kIdMax = 2047;  // AIA: identities of an interrupt file
  if (in.a0 != kAll && (in.a0 == 0 || in.a0 > kIdMax)) return failed(SbiError::kInvalidParam);
  const bool allow = function == Covg::kAllowExternalInterrupt;
  if (in.a0 == kAll) {
    vcpu.allow_all_interrupts = allow;
    vcpu.allowed_interrupts.clear();
  } else if (allow) {
    vcpu.allowed_interrupts.insert(in.a0);
  } else {
    vcpu.allowed_interrupts.erase(in.a0);
  }
  return {};
}

// ---- attestation ----------------------------------------------------------------------------------------------------

// Page by page. A page that is not there is the host's to bring, and the call is made again.
std::optional<EcallResult> Tsm::copy(std::uint32_t hart, std::uint64_t gpa, std::span<std::uint8_t> out, base::View in) {
  const std::size_t count = in.empty() ? out.size() : in.size();
  for (std::size_t done = 0; done < count;) {
    const std::uint64_t at = gpa + done;
    const std::size_t part = std::min<std::size_t>(count - done, kPage - at % kPage);
    const auto page = translate(hart, at, std::nullopt);
    if (!page) {
      const Fault no = fault(hart, at, !in.empty(), false);
      if (no.seen == Fault::Seen::kExit) return EcallResult{{}, no.exit};
      return EcallResult{failed(SbiError::kInvalidAddress), std::nullopt, no.seen == Fault::Seen::kDead};
    }
    const auto by = *page->is_private ? key() : memory::KeyId::kNone;
    const auto outcome = in.empty() ? memory_.read(by, page->spa, out.subspan(done, part))
                                    : memory_.write(by, page->spa, in.subspan(done, part));
    if (!outcome) {
      (void)fault(hart, at, !in.empty(), true);
      return EcallResult{{}, std::nullopt, true};
    }
    done += part;
  }
  return std::nullopt;
}

EcallResult Tsm::attest_call(std::uint32_t hart, Tvm& tvm, Vcpu& vcpu, Covg function, const Ecall& in) {
  const auto confidential = [&](std::uint64_t gpa, std::uint64_t bytes) {
    return gpa < kGpaEnd && bytes != 0 && bytes <= kGpaEnd - gpa && tvm.regions.all(gpa, bytes, Region::kConfidential);
  };
  const auto address_ok = [](std::uint64_t gpa) { return gpa % kPage == 0 && gpa < kGpaEnd; };
  if (!address_ok(in.a0)) return {failed(SbiError::kInvalidAddress)};
  const std::size_t digest = Digest{}.size();
  switch (function) {
    case Covg::kGetAttcaps: {
      if (in.a1 < kAttestationCapabilitiesSize || in.a1 % kPage != 0 || !confidential(in.a0, in.a1))
        return {failed(SbiError::kInvalidParam)};
      if (auto no = copy(hart, in.a0, {}, wire::encode(capabilities(settings_.tcb_svn)))) return *no;
      break;
    }
    case Covg::kExtendMeasurement: {
      if (in.a1 != digest || !is_runtime(in.a2)) return {failed(SbiError::kInvalidParam)};
      if (!confidential(in.a0, in.a1)) return {failed(SbiError::kInvalidAddress)};
      Digest data{};
      if (auto no = copy(hart, in.a0, data, {})) return *no;
      tvm.registers[in.a2] = extended(tvm.registers[in.a2], data);
      break;
    }
    case Covg::kReadMeasurement: {
      if (in.a1 < digest || in.a2 >= kRegisters || !confidential(in.a0, digest)) return {failed(SbiError::kInvalidParam)};
      if (auto no = copy(hart, in.a0, {}, tvm.registers[in.a2])) return *no;
      break;
    }
    default: {
      const std::uint64_t challenge_at = in.a2, out_at = in.a4, room = in.a5;
      if (!address_ok(challenge_at) || !address_ok(out_at)) return {failed(SbiError::kInvalidAddress)};
      const bool inputs = in.a1 != 0 && in.a1 <= kKeySizeMax && confidential(in.a0, in.a1) && confidential(challenge_at, kChallengeSize);
      const bool format_ok = in.a3 == kCertificateCbor || in.a3 == kCertificateX509;
      if (!inputs || !format_ok || !confidential(out_at, room)) return {failed(SbiError::kInvalidParam)};
      if (!attester_) return {failed(SbiError::kBusy)};
      base::Bytes public_key(in.a1);
      Challenge challenge{};
      if (auto no = copy(hart, in.a0, public_key, {})) return *no;
      if (auto no = copy(hart, challenge_at, challenge, {})) return *no;
      const auto certificate = attester_->evidence({tvm, public_key, challenge, static_cast<std::uint32_t>(in.a3)});
      if (!certificate) return {failed(SbiError::kFailed)};
      if (certificate->size() > room) return {failed(SbiError::kInvalidParam)};
      if (auto no = copy(hart, out_at, {}, *certificate)) return *no;
      return leave_with(hart, vcpu, in, {SbiError::kSuccess, certificate->size()});
    }
  }
  return leave_with(hart, vcpu, in, {});
}

}  // namespace cove
