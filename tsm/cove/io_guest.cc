// COVG: what a TVM asks of the TSM about the interfaces bound to it (RISC-V CoVE-IO 0.3.0, 9, "CoVE IO Guest Extension").
#include <algorithm>

#include "tsm/cove/io.h"

namespace cove {
namespace {

using coveproto::InterfaceState;
using coveproto::TranscriptElement;

constexpr std::uint64_t kGpaEnd = 1ull << 50;
constexpr std::uint64_t kGivenMax = 1 << 20;

EcallResult answer(const CallResult& result) { return {result.ret}; }
EcallResult value(std::uint64_t value) { return {SbiRet{SbiError::kSuccess, value}}; }

// Confidential memory of the TVM's.
bool own(const Tvm& tvm, std::uint64_t gpa, std::uint64_t bytes) {
  return gpa < kGpaEnd && bytes != 0 && bytes <= kGpaEnd - gpa && tvm.regions.all(gpa, bytes, Region::kConfidential);
}

}  // namespace

EcallResult Io::guest_call(std::uint32_t hart, Tvm& tvm, Covg function, const Ecall& in) {
  const Known there = find_interface(in.a0);
  IoCase c;
  c.bound = there && there.interface->tvm == tvm.id;
  c.not_stopped = !(there && there.interface->stopped_by == tvm.id && !c.bound);
  c.not_started = !(c.bound && there.device->firmware->running(there.interface->id));
  switch (function) {
    case Covg::kGetDeviceLink: return link(there, c);
    case Covg::kGetDeviceConnectionTranscript: return transcript(hart, tvm, there, c, in);
    case Covg::kGetDeviceMeasurements: return measurements(hart, tvm, there, c, in);
    case Covg::kGetInterfaceReport: return report(hart, tvm, there, c, in);
    case Covg::kGetInterfaceState: return state(there, c);
    case Covg::kMapInterfaceMmio: return map_mmio(there, c, in);
    case Covg::kStartInterface: return start(there, c);
    case Covg::kStopInterface: return stop(hart, there, c, in);
    default: return {SbiRet{SbiError::kNotSupported, 0}};
  }
}

// convention: sbiret.value says how many bytes were given, for which the specification has no word.
EcallResult Io::give(std::uint32_t hart, std::uint64_t gpa, std::uint64_t room, base::View bytes) {
  if (bytes.empty() || bytes.size() > room) return {SbiRet{SbiError::kFailed, 0}};
  if (auto no = tsm_.copy(hart, gpa, {}, bytes)) return *no;
  return value(bytes.size());
}

EcallResult Io::link(const Known& there, const IoCase& c) {
  if (const auto no = refuse(kAskInterfaceSteps, c); !no.ok()) return answer(no);
  const auto& firmware = *there.device->firmware;
  return value((firmware.connected() ? coveproto::kLinkSecuredSpdm : 0) |
               (there.device->firmware->port().secure(firmware.stream()) ? coveproto::kLinkPcieIde : 0));
}

// device_if_id, transcript_element_id, transcript_element_parameter, data_out_addr, data_size. The TSM has no more than a digest: the
// host is asked for the bytes, once.
EcallResult Io::transcript(std::uint32_t hart, const Tvm& tvm, const Known& there, IoCase c, const Ecall& in) {
  const auto which = static_cast<TranscriptElement>(in.a1);
  c.element = in.a1 <= static_cast<std::uint64_t>(TranscriptElement::kTdispVc) &&
              (which != TranscriptElement::kDeviceCertificate || in.a2 <= coveproto::kCertificateSlotMax);
  c.count = in.a4 != 0 && in.a4 <= kGivenMax;
  c.address = in.a3 % kPage == 0 && (!c.count || own(tvm, in.a3, in.a4));
  const bool sound = c.bound && c.element && c.count && c.address;
  if (sound) {
    Device& device = *there.device;
    if (!device.brought && device.asked_for != hart) {
      device.asked_for = hart;
      return tsm_.ask_host(hart, in);
    }
    c.given = device.brought.has_value();
    device.asked_for.reset();
  }
  if (const auto no = refuse(kGetTranscriptSteps, c); !no.ok()) return answer(no);
  if (!there || !there.device->brought) return {SbiRet{SbiError::kFailed, 0}};
  const base::Bytes bytes = there.device->transcript.element(*there.device->brought, which, static_cast<std::uint8_t>(in.a2));
  const EcallResult given = give(hart, in.a3, in.a4, bytes);
  // A call that is made again for want of a page finds the bytes still there.
  if (!given.exit) there.device->brought.reset();
  return given;
}

// device_if_id, nonce_addr, msmt_req_attr, msmt_out_addr, msmt_size.
EcallResult Io::measurements(std::uint32_t hart, const Tvm& tvm, const Known& there, IoCase c, const Ecall& in) {
  c.count = in.a4 != 0 && in.a4 <= kGivenMax;
  c.address = in.a1 % kPage == 0 && (in.a1 == 0 || own(tvm, in.a1, coveproto::kMeasurementNonceSize)) && in.a3 % kPage == 0 &&
              (!c.count || own(tvm, in.a3, in.a4));
  if (const auto no = refuse(kReadInterfaceSteps, c); !no.ok()) return answer(no);
  std::optional<spdm::Nonce> nonce;
  if (in.a1 != 0) {
    nonce.emplace();
    if (auto no = tsm_.copy(hart, in.a1, *nonce, {})) return *no;
  }
  auto& firmware = *there.device->firmware;
  if (const auto done = firmware.measure(there.interface->id, nonce, (in.a2 & spdm::kRawBitStreamRequested) != 0); !done) return answer(result_of(done));
  const auto& measured = firmware.learned().measurements;
  if (!measured || !measured->evidence) return {SbiRet{SbiError::kFailed, 0}};
  base::Bytes bytes = measured->evidence->transcript;
  base::append(bytes, measured->evidence->signature);
  return give(hart, in.a3, in.a4, bytes);
}

EcallResult Io::report(std::uint32_t hart, const Tvm& tvm, const Known& there, IoCase c, const Ecall& in) {
  c.count = in.a2 != 0 && in.a2 <= kGivenMax;
  c.address = in.a1 % kPage == 0 && (!c.count || own(tvm, in.a1, in.a2));
  if (const auto no = refuse(kReadInterfaceSteps, c); !no.ok()) return answer(no);
  return give(hart, in.a1, in.a2, there.device->firmware->report_bytes(there.interface->id));
}

EcallResult Io::state(const Known& there, const IoCase& c) {
  if (const auto no = refuse(kAskInterfaceSteps, c); !no.ok()) return answer(no);
  const auto now = there.device->firmware->state(there.interface->id);
  if (!now) return answer({{SbiError::kFailed, 0}, now.refusal()});
  switch (*now) {
    case tdisp::State::kConfigUnlocked: return value(static_cast<std::uint64_t>(InterfaceState::kUnlocked));
    case tdisp::State::kConfigLocked: return value(static_cast<std::uint64_t>(InterfaceState::kLocked));
    case tdisp::State::kRun: return value(static_cast<std::uint64_t>(InterfaceState::kRunning));
    case tdisp::State::kError: break;
  }
  return value(static_cast<std::uint64_t>(InterfaceState::kError));
}

// device_if_id, gpa_addr, hpa_addr, size. Both the interface's report and what the host added have to have it.
EcallResult Io::map_mmio(const Known& there, IoCase c, const Ecall& in) {
  const std::uint64_t gpa = in.a1, hpa = in.a2, bytes = in.a3;
  c.count = bytes != 0 && bytes % kPage == 0 && bytes <= kGpaEnd;
  c.address = gpa % kPage == 0 && hpa % kPage == 0 && (!c.count || (gpa <= kGpaEnd - bytes && hpa <= kGpaEnd - bytes));
  const auto inside = [&](const Region& region) { return region.gpa <= gpa && gpa + bytes <= region.gpa + region.bytes; };
  Region* region = nullptr;
  if (c.bound && c.count && c.address) {
    const auto* said = there.device->firmware->report(there.interface->id);
    c.reported = said && std::ranges::any_of(said->mmio_ranges, [&](const tdisp::MmioRange& range) {
                   return range.first_page * kPage <= hpa && hpa + bytes <= (range.first_page + range.page_count) * kPage;
                 });
    const auto found = std::ranges::find_if(there.interface->regions, inside);
    region = found == there.interface->regions.end() ? nullptr : &*found;
    c.donated = region && region->hpa + (gpa - region->gpa) == hpa;
  }
  if (const auto no = refuse(kMapMmioSteps, c); !no.ok()) return answer(no);
  if (!region) return {SbiRet{SbiError::kFailed, 0}};
  region->accepted = true;
  return value(0);
}

// The device first, then its memory and its DMA.
EcallResult Io::start(const Known& there, const IoCase& c) {
  if (const auto no = refuse(kStartInterfaceSteps, c); !no.ok()) return answer(no);
  auto& firmware = *there.device->firmware;
  if (const auto done = firmware.run(there.interface->id); !done) return answer(result_of(done));
  const auto open = firmware.enable_dma(there.interface->id, firmware.owner(there.interface->id));
  if (!open) return answer(result_of(open));
  firmware.lead(there.interface->id, [this, tvm = there.interface->tvm](std::uint64_t page, auto host_says) {
    return tsm_.device_page(tvm, page, host_says);
  });
  for (const Region& region : there.interface->regions)
    if (region.accepted) there.device->mmio->validate(region.hpa, true, region.bytes / kPage);
  return value(0);
}

EcallResult Io::stop(std::uint32_t hart, const Known& there, const IoCase& c, const Ecall& in) {
  if (const auto no = refuse(kStopInterfaceSteps, c); !no.ok()) return answer(no);
  const TvmId was = there.interface->tvm;
  release(there, true);
  there.interface->stopped_by = was;
  return tsm_.tell_host(hart, in, {});
}

}  // namespace cove
