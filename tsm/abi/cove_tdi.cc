#include "tsm/abi/cove_tdi.h"

#include <algorithm>

#include "platform/crypto/hash.h"
#include "platform/protocol/spdm/algorithms.h"
#include "platform/protocol/spdm/negotiate.h"

namespace tsm_abi {
namespace {

using coveproto::Covg;
using coveproto::InterfaceState;
using coveproto::kPageSize;
using coveproto::SbiError;
using coveproto::SbiRet;
using coveproto::TranscriptElement;

constexpr std::uint64_t kSlot = 0;
constexpr std::uint64_t kLink = coveproto::kLinkSecuredSpdm | coveproto::kLinkPcieIde;

std::optional<base::Bytes> done(bool is) { return is ? std::optional(base::Bytes{}) : std::nullopt; }

// As TDISP names a function of segment 0.
std::uint64_t interface_of(std::uint16_t function) { return function; }

// ALGORITHMS ends the row of messages, and says how long it is.
std::optional<spdm::AlgorithmsResponse> algorithms_of(base::View vca) {
  for (std::size_t at = 0; at + 6 <= vca.size(); ++at) {
    if (vca[at + 1] != static_cast<std::uint8_t>(spdm::Code::kAlgorithms) || base::load_le<std::uint16_t>(vca, at + 4) != vca.size() - at) continue;
    if (const auto read = wire::decode<spdm::AlgorithmsResponse>(vca.subspan(at))) return *read;
  }
  return std::nullopt;
}

}  // namespace

SbiRet CoveTdi::ask(Covg function, std::uint64_t a0, std::uint64_t a1, std::uint64_t a2, std::uint64_t a3, std::uint64_t a4) {
  return platform_.ecall({a0, a1, a2, a3, a4, 0, coveproto::function_id(static_cast<std::uint16_t>(function), 0), coveproto::kCovg});
}

bool CoveTdi::ask_host(coveproto::HostDevices what, std::uint16_t function) {
  return platform_.ecall({.a0 = function, .a6 = static_cast<std::uint64_t>(what), .a7 = coveproto::kHostDevices}).error == SbiError::kSuccess;
}

std::optional<base::Bytes> CoveTdi::written(const SbiRet& ret) {
  if (ret.error != SbiError::kSuccess || ret.value == 0 || ret.value > kPageSize) return std::nullopt;
  return platform_.read(layout_.first_gpa, ret.value);
}

std::optional<base::Bytes> CoveTdi::element(std::uint64_t interface, TranscriptElement which) {
  return written(ask(Covg::kGetDeviceConnectionTranscript, interface, static_cast<std::uint64_t>(which), kSlot, layout_.first_gpa, kPageSize));
}

bool CoveTdi::is_in(std::uint64_t interface, InterfaceState state) {
  return ask(Covg::kGetInterfaceState, interface) == SbiRet{SbiError::kSuccess, static_cast<std::uint64_t>(state)};
}

std::optional<tdisp::InterfaceReport> CoveTdi::report(std::uint64_t interface, base::Bytes* bytes) {
  const auto read = written(ask(Covg::kGetInterfaceReport, interface, layout_.first_gpa, kPageSize));
  if (!read) return std::nullopt;
  const auto decoded = wire::decode<tdisp::InterfaceReport>(*read);
  if (!decoded) return std::nullopt;
  if (bytes) *bytes = *read;
  return *decoded;
}

// CoVE-IO 0.3.0, 7, "TDI Verification and Acceptation": link, state, identity, challenge, report.
std::optional<base::Bytes> CoveTdi::info(std::uint64_t interface) {
  if (ask(Covg::kGetDeviceLink, interface) != SbiRet{SbiError::kSuccess, kLink} || !is_in(interface, InterfaceState::kLocked)) return std::nullopt;
  const auto chain = element(interface, TranscriptElement::kDeviceCertificate);
  if (!chain) return std::nullopt;
  const auto vca = element(interface, TranscriptElement::kVca);
  const auto algorithms = vca ? algorithms_of(*vca) : std::nullopt;
  if (!algorithms) return std::nullopt;

  const base::Bytes nonce = platform_.trusted_random(coveproto::kMeasurementNonceSize);
  platform_.write(layout_.second_gpa, nonce);
  const auto measured = written(ask(Covg::kGetDeviceMeasurements, interface, layout_.second_gpa, 0, layout_.first_gpa, kPageSize));
  const std::size_t signature = spdm::signature_size(algorithms->base_asym_sel);
  if (!measured || measured->size() <= vca->size() + signature) return std::nullopt;
  const base::View transcript = base::View(*measured).first(measured->size() - signature);

  base::Bytes report_bytes;
  const auto read = report(interface, &report_bytes);
  if (!read) return std::nullopt;
  // The terms of the lock are the TSM's to choose; those that the device reports are what a TVM can see of them.
  tio::InterfaceInfo out{.measured = 1, .fresh = 0, .lock_flags = 0};
  out.fresh = !std::ranges::search(transcript.subspan(vca->size()), nonce).empty();
  if (read->interface_info & tdisp::kInfoNoFwUpdateAfterLock) out.lock_flags |= tdisp::kLockNoFwUpdate;
  out.certificates = crypto::sha384(*chain);
  out.measurements = crypto::sha384(transcript);
  out.report = crypto::sha384(report_bytes);
  return wire::encode(out);
}

// Memory is accepted range by range where the report has it, and opened by the start.
bool CoveTdi::start(std::uint64_t interface) {
  const auto read = report(interface, nullptr);
  if (!read || !is_in(interface, InterfaceState::kLocked)) return false;
  accepted_.erase(interface);
  for (const auto& range : read->mmio_ranges) {
    const std::uint64_t at = range.first_page * kPageSize;
    if (ask(Covg::kMapInterfaceMmio, interface, at, at, range.page_count * kPageSize).error != SbiError::kSuccess) return false;
  }
  if (ask(Covg::kStartInterface, interface).error != SbiError::kSuccess || !is_in(interface, InterfaceState::kRunning)) return false;
  accepted_[interface] = read->mmio_ranges;
  return true;
}

bool CoveTdi::stop(std::uint64_t interface) {
  accepted_.erase(interface);
  if (taken_.erase(interface) == 0) return true;
  const SbiError error = ask(Covg::kStopInterface, interface).error;
  return error == SbiError::kSuccess || error == SbiError::kAlreadyStopped;
}

bool CoveTdi::validate(std::uint64_t interface, base::View in) const {
  const auto range = wire::decode<tio::MmioRange>(in);
  const auto accepted = accepted_.find(interface);
  if (!range || accepted == accepted_.end()) return false;
  return std::ranges::any_of(accepted->second, [&](const tdisp::MmioRange& one) {
    return one.first_page == range->first_page && one.page_count == range->page_count && one.range_id == range->range_id;
  });
}

std::optional<base::Bytes> CoveTdi::call(tio::ManagedCall call, base::View in, std::uint16_t function) {
  const std::uint64_t interface = interface_of(function);
  switch (call) {
    case tio::ManagedCall::kBind:
      if (!ask_host(coveproto::HostDevices::kTake, function)) return std::nullopt;
      taken_.insert(interface);
      return base::Bytes{};
    case tio::ManagedCall::kInfo: return info(interface);
    case tio::ManagedCall::kRun: return done(start(interface));
    case tio::ManagedCall::kValidate: return done(validate(interface, in));
    // DMA is open while the interface runs.
    case tio::ManagedCall::kEnableDma: return done(accepted_.contains(interface) && is_in(interface, InterfaceState::kRunning));
    case tio::ManagedCall::kDisableDma: return done(stop(interface));
    case tio::ManagedCall::kUnbind:
      (void)stop(interface);
      return done(ask_host(coveproto::HostDevices::kGiveBack, function));
  }
  return std::nullopt;
}

}  // namespace tsm_abi
