#include "tsm/abi/cca_tdi.h"

#include <algorithm>

#include "platform/crypto/certificate.h"
#include "platform/crypto/hash.h"
#include "platform/protocol/spdm/certificates.h"
#include "platform/protocol/tdisp/tdisp.h"
#include "tsm/abi/cca_tdi_rules.h"

namespace tsm_abi {
namespace {

using ccaproto::Registers;
using ccaproto::Rhi;
using ccaproto::Ripas;
using ccaproto::Rsi;
using ccaproto::TdiState;

constexpr std::uint64_t kPage = ccaproto::kGranule;
// Where in the buffer page RsiVdevInfo is put.
constexpr std::uint64_t kInfoAt = 0x800;
// A host that does not go on is not asked for ever.
constexpr unsigned kCallsMax = 512;

constexpr std::uint64_t call_of(Rsi function) { return static_cast<std::uint64_t>(function); }

base::Block<48> sha384_in(const std::array<std::uint8_t, 64>& digest) {
  base::Block<48> out{};
  std::copy_n(digest.begin(), out.size(), out.begin());
  return out;
}

// The digest of the leaf's key, in the form in which a host gives it to the RMM.
std::optional<base::Block<48>> key_digest(base::View chain) {
  if (chain.size() < 4) return std::nullopt;
  for (const std::size_t hash : {std::size_t{48}, std::size_t{32}, std::size_t{64}}) {
    if (chain.size() < 4 + hash) continue;
    const auto all = spdm::split_certificates(chain.subspan(4 + hash));
    const auto leaf = all.empty() ? std::nullopt : crypto::Certificate::from_der(all.back());
    if (!leaf || !leaf->public_point()) continue;
    base::Bytes point{4};
    base::append(point, *leaf->public_point());
    return crypto::sha384(point);
  }
  return std::nullopt;
}

}  // namespace

CcaTdi::CcaTdi(CcaGuest& guest, CcaPlatform& platform, std::uint64_t buffer_gpa, Certificates certificates, trust::Defences& defences,
               std::string at)
    : guest_(guest), platform_(platform), buffer_gpa_(buffer_gpa), certificates_(std::move(certificates)), defences_(defences), at_(std::move(at)) {}

std::optional<base::Bytes> CcaTdi::call(tio::ManagedCall call, base::View in, std::uint16_t function) {
  const auto answer = [](bool done) { return done ? std::optional(base::Bytes{}) : std::nullopt; };
  switch (call) {
    case tio::ManagedCall::kBind: return answer(bind(function));
    case tio::ManagedCall::kInfo: return look(function);
    case tio::ManagedCall::kRun: return answer(host_does(Rhi::kVdevSetTdiState, function, TdiState::kRun));
    case tio::ManagedCall::kValidate: {
      const auto range = wire::decode<tio::MmioRange>(in);
      return answer(range && validate(function, *range));
    }
    case tio::ManagedCall::kEnableDma: return answer(dma(function, true));
    case tio::ManagedCall::kDisableDma: return answer(dma(function, false));
    case tio::ManagedCall::kUnbind:
      seen_.erase(function);
      return answer(host_does(Rhi::kVdevSetTdiState, function, TdiState::kUnlocked));
  }
  return std::nullopt;
}

bool CcaTdi::host_does(Rhi call, std::uint16_t function, TdiState state) {
  ccaproto::HostCall asked;
  asked.gprs[0] = static_cast<std::uint64_t>(call);
  asked.gprs[1] = function;
  asked.gprs[2] = static_cast<std::uint64_t>(state);
  const auto back = guest_.host_call(asked);
  return back && back->gprs[0] == ccaproto::kRhiSuccess;
}

// What the host says of it proves nothing: the RMM is asked afterwards.
bool CcaTdi::bind(std::uint16_t function) {
  seen_.erase(function);
  const Registers features = platform_.rsi({.x0 = call_of(Rsi::kFeatures)});
  if (features.x0 != 0 || !(features.x1 & ccaproto::kRsiFeatureDa)) return false;
  return host_does(Rhi::kVdevSetTdiState, function, TdiState::kLocked) && host_does(Rhi::kVdevGetMeasurements, function) &&
         host_does(Rhi::kVdevGetInterfaceReport, function);
}

std::optional<ccaproto::VdevInfo> CcaTdi::read(std::uint16_t function) {
  const Registers out = platform_.rsi({.x0 = call_of(Rsi::kVdevGetInfo), .x1 = function, .x2 = buffer_gpa_ + kInfoAt});
  if (out.x0 != 0) return std::nullopt;
  const auto info = wire::decode<ccaproto::VdevInfo>(platform_.read_private(buffer_gpa_ + kInfoAt, ccaproto::kVdevInfoBytes));
  if (!info) return std::nullopt;
  return *info;
}

// The RMM locks on terms of its own, which its specification says; there is nothing of them to read.
std::optional<base::Bytes> CcaTdi::look(std::uint16_t function) {
  const auto info = read(function);
  if (!info || defences_.first_refusal<RealmVdevCase>(kRealmVdevRules, RealmVdevCase{*info}, at_)) return std::nullopt;
  const auto key = key_digest(certificates_(function));
  const RealmKeyCase same{key.has_value(), key && *key == sha384_in(info->pubkey_digest)};
  if (defences_.first_refusal<RealmKeyCase>(kRealmKeyRules, same, at_)) return std::nullopt;
  seen_[function] = *info;
  const bool measured = info->meas_nonce != 0;
  return wire::encode(tio::InterfaceInfo{.measured = measured,
                                         .fresh = measured,
                                         .lock_flags = tdisp::kLockNoFwUpdate,
                                         .certificates = sha384_in(info->cert_digest),
                                         .measurements = sha384_in(info->meas_digest),
                                         .report = sha384_in(info->report_digest)});
}

// Device memory that was there before is given up first: the RMM takes in only what is empty.
bool CcaTdi::empty(std::uint64_t base, std::uint64_t top) {
  const auto state = guest_.state(base);
  if (state && *state == Ripas::kEmpty) return true;
  for (unsigned i = 0; base < top; ++i) {
    const Registers out = platform_.rsi({.x0 = call_of(Rsi::kIpaStateSet),
                                         .x1 = base,
                                         .x2 = top,
                                         .x3 = static_cast<std::uint64_t>(Ripas::kEmpty),
                                         .x4 = ccaproto::kChangeDestroyed});
    const RealmMappingCase c{base, top, out.x1, out.x2};
    if (out.x0 != 0 || i == kCallsMax || defences_.first_refusal<RealmMappingCase>(kRealmMappingRules, c, at_)) return false;
    base = out.x1;
  }
  return true;
}

// convention: the guest has device memory where the system has it.
bool CcaTdi::validate(std::uint16_t function, const tio::MmioRange& range) {
  const auto seen = seen_.find(function);
  if (seen == seen_.end()) return false;
  const auto& as = seen->second;
  std::uint64_t at = range.first_page * kPage;
  const std::uint64_t top = at + range.page_count * kPage;
  if (!empty(at, top)) return false;
  for (unsigned i = 0; at < top; ++i) {
    const Registers out = platform_.rsi({.x0 = call_of(Rsi::kVdevValidateMapping), .x1 = function, .x2 = at, .x3 = top, .x4 = at, .x5 = 0,
                                         .x6 = as.lock_nonce, .x7 = as.meas_nonce, .x8 = as.report_nonce});
    const RealmMappingCase c{at, top, out.x1, out.x2};
    if (out.x0 != 0 || i == kCallsMax || defences_.first_refusal<RealmMappingCase>(kRealmMappingRules, c, at_)) return false;
    at = out.x1;
  }
  return true;
}

bool CcaTdi::dma(std::uint16_t function, bool enable) {
  const auto seen = seen_.find(function);
  if (seen == seen_.end()) return false;
  const auto& as = seen->second;
  const Registers in{.x0 = call_of(enable ? Rsi::kVdevDmaEnable : Rsi::kVdevDmaDisable), .x1 = function, .x4 = as.lock_nonce, .x5 = as.meas_nonce,
                     .x6 = as.report_nonce};
  return platform_.rsi(in).x0 == 0;
}

std::vector<const trust::Defence*> cca_tdi_defences() {
  std::vector<const trust::Defence*> all;
  trust::collect<RealmVdevCase>(all, kRealmVdevRules);
  trust::collect<RealmKeyCase>(all, kRealmKeyRules);
  trust::collect<RealmMappingCase>(all, kRealmMappingRules);
  return all;
}

}  // namespace tsm_abi
