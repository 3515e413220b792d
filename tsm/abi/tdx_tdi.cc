#include "tsm/abi/tdx_tdi.h"

#include <algorithm>

#include "platform/protocol/tdisp/tdisp.h"

namespace tsm_abi {

namespace {
constexpr std::uint64_t kPage = 4096;
using tdxproto::TdcmOp;
using tdxproto::TdiField;

std::optional<base::Bytes> done(bool is) { return is ? std::optional(base::Bytes{}) : std::nullopt; }
constexpr std::uint64_t number(TdiField field) { return static_cast<std::uint64_t>(field); }
}  // namespace

// As the drivers do: is there such a device, bind it, and see that it is locked.
bool TdxTdi::bind(std::uint16_t function) {
  const auto supported = guest_.ask_about_device(TdcmOp::kCheckTeeioSupp, function, 1);
  if (!supported || supported->size() != 1 || supported->front() == 0) return false;
  if (!guest_.ask_about_device(TdcmOp::kBind, function)) return false;
  const auto report = guest_.ask_about_device(TdcmOp::kGetTdiReport, function, kPage);
  if (!report) return false;
  known_[function] = {.session = 0, .report = *report};
  const auto state = guest_.read_interface(function, number(TdiField::kTdispState));
  return state && *state == static_cast<std::uint64_t>(tdisp::State::kConfigLocked);
}

std::optional<base::Block<48>> TdxTdi::digest(std::uint16_t function, TdiField first) {
  base::Block<48> out{};
  for (unsigned i = 0; i < tdxproto::kDigestFields; ++i) {
    const auto word = guest_.read_interface(function, number(first) + i);
    if (!word) return std::nullopt;
    base::store_le<std::uint64_t>(out, 8 * i, *word);
  }
  return out;
}

// All of one binding: a later one has another number, which is looked at first and last.
std::optional<base::Bytes> TdxTdi::info(std::uint16_t function) {
  const auto session = guest_.read_interface(function, number(TdiField::kBindSession));
  const auto flags = guest_.read_interface(function, number(TdiField::kLockFlags));
  const auto measured = guest_.read_interface(function, number(TdiField::kMeasured));
  const auto certificates = digest(function, TdiField::kCertificates), measurements = digest(function, TdiField::kMeasurements),
             report = digest(function, TdiField::kReport);
  const auto after = guest_.read_interface(function, number(TdiField::kBindSession));
  if (!session || !flags || !measured || !certificates || !measurements || !report || !after || *after != *session) return std::nullopt;
  known_[function].session = *session;
  return wire::encode(tio::InterfaceInfo{.measured = (*measured & tdxproto::kMeasuredAtAll) != 0,
                                         .fresh = (*measured & tdxproto::kMeasuredSinceBound) != 0,
                                         .lock_flags = static_cast<std::uint16_t>(*flags),
                                         .certificates = *certificates, .measurements = *measurements, .report = *report});
}

// The module knows a range by where it stands in the report.
bool TdxTdi::validate(base::View in, std::uint16_t function) {
  const auto range = wire::decode<tio::MmioRange>(in);
  const auto report = wire::decode<tdisp::InterfaceReport>(known_[function].report);
  if (!range || !report) return false;
  const auto at = std::ranges::find(report->mmio_ranges, range->range_id, [](const auto& one) { return one.range_id; });
  if (at == report->mmio_ranges.end()) return false;
  const auto index = static_cast<std::uint64_t>(at - report->mmio_ranges.begin());
  return static_cast<bool>(guest_.accept_device_memory(function, index, range->first_page * kPage, range->page_count));
}

std::optional<base::Bytes> TdxTdi::call(tio::ManagedCall call, base::View in, std::uint16_t function) {
  switch (call) {
    case tio::ManagedCall::kBind: return done(bind(function));
    case tio::ManagedCall::kInfo: return info(function);
    case tio::ManagedCall::kRun:
      return done(guest_.take_interface(function, known_[function].session) && guest_.ask_about_device(TdcmOp::kStart, function));
    case tio::ManagedCall::kValidate: return done(validate(in, function));
    case tio::ManagedCall::kEnableDma: return done(static_cast<bool>(guest_.accept_dma(function)));
    // No call takes an acceptance back: what was lent is lent until the interface is unbound.
    case tio::ManagedCall::kDisableDma: return done(true);
    case tio::ManagedCall::kUnbind: return done(static_cast<bool>(guest_.ask_about_device(TdcmOp::kUnbind, function)));
  }
  return std::nullopt;
}

}  // namespace tsm_abi
