#include "tsm/abi/sev_tdi.h"

namespace tsm_abi {

namespace {
constexpr std::uint64_t kVtom = std::uint64_t{2} << 40;  // private below

std::optional<base::Bytes> done(bool is) { return is ? std::optional(base::Bytes{}) : std::nullopt; }
}  // namespace

template <class Reply, class Request>
std::optional<Reply> SevTdi::tell(sevproto::MessageType type, const Request& request, std::uint16_t function) {
  const auto bytes = guest_.tio_request(type, wire::encode(request), function);
  const auto reply = bytes ? wire::decode<Reply>(*bytes) : wire::Decoded<Reply>(wire::Error{});
  if (!reply || reply->tdi_id != request.tdi_id) return std::nullopt;
  return *reply;
}

std::optional<base::Bytes> SevTdi::info(std::uint16_t function) {
  const sevproto::TdiInfoRequest request{.tdi_id = bound_[function]};
  const auto known = tell<sevproto::TdiInfoResponse>(sevproto::MessageType::kTdiInfoReq, request, function);
  if (!known || known->status != sevproto::kTdiBound || known->lock_flags > 0xFFFF) return std::nullopt;
  tio::InterfaceInfo out{.measured = (known->measurement_flags & sevproto::kMeasurementsValid) != 0,
                         .fresh = (known->measurement_flags & sevproto::kMeasurementsFresh) != 0,
                         .lock_flags = static_cast<std::uint16_t>(known->lock_flags),
                         .certificates = known->certificates_digest, .measurements = known->measurements_digest, .report = known->report_digest};
  return wire::encode(out);
}

bool SevTdi::validate(base::View in, std::uint16_t function) {
  const auto range = wire::decode<tio::MmioRange>(in);
  if (!range) return false;
  const sevproto::MmioValidateRequest request{.tdi_id = bound_[function], .subrange_base = range->first_page, .page_count = range->page_count,
                                              .flags = sevproto::kMmioValidate, .range_id = range->range_id};
  const auto reply = tell<sevproto::MmioValidateResponse>(sevproto::MessageType::kMmioValidateReq, request, function);
  return reply && reply->status == sevproto::MmioStatus::kSuccess;
}

bool SevTdi::enable_dma(bool enable, std::uint16_t function) {
  const sevproto::SdteWriteRequest request{.tdi_id = bound_[function], .sdte = enable ? sevproto::sdte(true, true, kVtom) : sevproto::Sdte{}};
  const auto reply = tell<sevproto::SdteWriteResponse>(sevproto::MessageType::kSdteWriteReq, request, function);
  return reply && reply->status == sevproto::kSdteSuccess;
}

std::optional<base::Bytes> SevTdi::call(tio::ManagedCall call, base::View in, std::uint16_t function) {
  switch (call) {
    case tio::ManagedCall::kBind: {
      const auto id = guest_.tio_op(sevproto::TioOp::kBind, function);
      if (id) bound_[function] = *id;
      return done(static_cast<bool>(id));
    }
    case tio::ManagedCall::kInfo: return info(function);
    case tio::ManagedCall::kRun: return done(static_cast<bool>(guest_.tio_op(sevproto::TioOp::kRun, function)));
    case tio::ManagedCall::kValidate: return done(validate(in, function));
    case tio::ManagedCall::kEnableDma: return done(enable_dma(true, function));
    case tio::ManagedCall::kDisableDma: return done(enable_dma(false, function));
    case tio::ManagedCall::kUnbind: return done(static_cast<bool>(guest_.tio_op(sevproto::TioOp::kUnbind, function)));
  }
  return std::nullopt;
}

}  // namespace tsm_abi
