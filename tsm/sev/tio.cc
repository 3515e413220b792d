#include "tsm/sev/tio.h"

#include "tsm/sev/commands.h"
#include "tsm/sev/mmio_validate.h"

namespace sev {

using sevproto::Status;

namespace {

constexpr std::uint64_t kPage = 4096;

std::uint64_t algos_of(const spdm::Algorithms& a) {
  const unsigned asym = a.base_asym == spdm::kAsymEcdsaP384 ? 2 : a.base_asym == spdm::kAsymEcdsaP256 ? 1 : 0;
  return sevproto::spdm_algos(a.dhe == spdm::kDheSecp384r1, a.aead == spdm::kAeadAes256Gcm, asym, a.base_hash == spdm::kHashSha384);
}

}  // namespace

CallResult Tio::result_of(const trust::Result<>& done) {
  if (done) return {};
  return {Status::kSpdmError, {}, done.refusal()};
}

CallResult Tio::device(std::uint64_t dev_ctx) const {
  if (!initialized_) return {Status::kInvalidPlatformState, {}};
  if (dev_ctx_ == 0 || dev_ctx != dev_ctx_) return {Status::kInvalidDevCtx, {}};
  return {};
}

CallResult Tio::status(const command::Empty&) {
  command::TioStatus out;
  if (psp_.settings.tio_enabled) out.flags |= command::TioStatus::kEnabled;
  if (initialized_) out.flags |= command::TioStatus::kInitDone;
  return {Status::kSuccess, wire::encode(out)};
}

CallResult Tio::init(const command::Empty&) {
  if (!psp_.settings.tio_enabled || !device_) return {Status::kUnsupported, {}};
  if (initialized_) return {Status::kInvalidPlatformState, {}};
  initialized_ = true;
  return {};
}

CallResult Tio::dev_create(const command::TioDevCreate& request) {
  if (!initialized_) return {Status::kInvalidPlatformState, {}};
  if (request.dev_ctx == 0 || request.dev_ctx % kPage != 0) return {Status::kInvalidAddress, {}};
  if (dev_ctx_ != 0) return {Status::kInUse, {}};
  dev_ctx_ = request.dev_ctx;
  return {};
}

CallResult Tio::dev_connect(const command::TioDevConnect& request) {
  if (auto there = device(request.dev_ctx); !there.ok()) return there;
  if ((request.tc_mask & 1) == 0 || request.cert_slot > 7) return {Status::kInvalidParam, {}};
  if (device_->connected()) return {Status::kInvalidDevState, {}};
  return result_of(device_->connect(request.cert_slot, request.ide_stream_id[0]));
}

CallResult Tio::dev_disconnect(const command::TioDev& request) {
  if (auto there = device(request.dev_ctx); !there.ok()) return there;
  if (device_->owner() != 0) return {Status::kInUse, {}};
  return result_of(device_->disconnect(request.flags & command::TioDev::kForce));
}

CallResult Tio::dev_measurements(const command::TioDev& request) {
  if (auto there = device(request.dev_ctx); !there.ok()) return there;
  return result_of(device_->measure());
}

CallResult Tio::roll_key(const command::TioDev& request) {
  if (auto there = device(request.dev_ctx); !there.ok()) return there;
  return result_of(device_->roll_keys());
}

CallResult Tio::tdi_create(const command::TioTdiCreate& request) {
  if (auto there = device(request.dev_ctx); !there.ok()) return there;
  if (request.tdi_ctx == 0 || request.tdi_ctx % kPage != 0) return {Status::kInvalidAddress, {}};
  if (tdi_ctx_ != 0) return {Status::kInUse, {}};
  tdi_ctx_ = request.tdi_ctx;
  return {};
}

// The device's memory as its report tells it: what is bound is the guest's to accept, where the host gave it to that guest.
void Tio::freeze(bool immutable) {
  if (!device_->report()) return;
  for (const auto& range : device_->report()->mmio_ranges)
    for (std::uint64_t i = 0; i < range.page_count; ++i) {
      const std::uint64_t spa = (range.first_page + i) * kPage;
      mmio_->freeze(spa, immutable);
      if (!immutable) mmio_->validate(spa, false);
    }
}

CallResult Tio::tdi_bind(const command::TioTdiBind& request) {
  if (auto there = device(request.dev_ctx); !there.ok()) return there;
  if (!has_tdi(request.dev_ctx, request.tdi_ctx)) return {Status::kInvalidTdiCtx, {}};
  const auto guest = psp_.context(request.gctx_paddr);
  if (!guest || guest->asid == 0) return {Status::kInvalidGuest, {}};
  if (request.run_flags & command::TioTdiBind::kRun) {
    if (device_->owner() != guest->asid) return {Status::kInvalidTdiState, {}};
    return result_of(device_->run());
  }
  if (device_->owner() != 0) return {Status::kInvalidTdiState, {}};
  const auto id = device_->bind(guest->asid, request.lock_flags);
  if (!id) return {Status::kSpdmError, {}, id.refusal()};
  freeze(true);
  return {Status::kSuccess, wire::encode(command::TioTdiId{*id})};
}

CallResult Tio::tdi_unbind(const command::TioTdi& request) {
  if (auto there = device(request.dev_ctx); !there.ok()) return there;
  if (!has_tdi(request.dev_ctx, request.tdi_ctx)) return {Status::kInvalidTdiCtx, {}};
  if (device_->owner() == 0) return {Status::kInvalidTdiState, {}};
  freeze(false);
  return result_of(device_->unbind());
}

void Tio::forget(std::uint32_t asid) {
  if (!device_ || asid == 0) return;
  if (device_->owner() == asid) {
    freeze(false);
    (void)device_->unbind();
  }
  mmio_->forget(asid);
}

std::optional<base::Bytes> Tio::answer(const GuestContext& context, sevproto::MessageType type, base::View payload) {
  using Type = sevproto::MessageType;
  if (!device_) return std::nullopt;
  if (type == Type::kTdiInfoReq) {
    const auto request = wire::decode<sevproto::TdiInfoRequest>(payload);
    if (!request) return std::nullopt;
    return wire::encode(info(context.asid, *request));
  }
  if (type == Type::kMmioValidateReq) {
    const auto request = wire::decode<sevproto::MmioValidateRequest>(payload);
    if (!request) return std::nullopt;
    bool changed = false;
    const auto status = validate(context.asid, *request, changed);
    return wire::encode(sevproto::MmioValidateResponse{
        .tdi_id = request->tdi_id, .status = status, .subrange_base = request->subrange_base, .page_count = request->page_count,
        .range_offset = request->range_offset, .flags = changed ? sevproto::kMmioChanged : std::uint16_t{0}, .range_id = request->range_id});
  }
  if (type == Type::kSdteWriteReq) {
    const auto request = wire::decode<sevproto::SdteWriteRequest>(payload);
    if (!request) return std::nullopt;
    return wire::encode(sevproto::SdteWriteResponse{.tdi_id = request->tdi_id, .status = write_sdte(context.asid, *request)});
  }
  return std::nullopt;
}

sevproto::TdiInfoResponse Tio::info(tio::Owner guest, const sevproto::TdiInfoRequest& request) const {
  sevproto::TdiInfoResponse out{.tdi_id = request.tdi_id};
  if (!device_->knows(request.tdi_id)) return out.status = sevproto::kTdiInvalid, out;
  auto known = device_->info(guest);
  if (!known) return out.status = sevproto::kTdiUnbound, out;
  out.measurement_flags = (known->measured ? sevproto::kMeasurementsValid : 0) | (known->fresh ? sevproto::kMeasurementsFresh : 0);
  out.lock_flags = known->lock_flags;
  out.spdm_algos = algos_of(known->algorithms);
  out.certificates_digest = known->certificates;
  out.measurements_digest = known->measurements;
  out.report_digest = known->report;
  out.report_count = known->report_count;
  return out;
}

sevproto::MmioStatus Tio::validate(tio::Owner guest, const sevproto::MmioValidateRequest& request, bool& changed) {
  if (!device_->knows(request.tdi_id)) return sevproto::MmioStatus::kInvalidTdi;
  if (!device_->may_change(guest)) return sevproto::MmioStatus::kTdiUnbound;
  return validate_range(*mmio_, *device_->report(), guest, request, changed);
}

std::uint16_t Tio::write_sdte(tio::Owner guest, const sevproto::SdteWriteRequest& request) {
  if (!device_->knows(request.tdi_id)) return sevproto::kSdteInvalidTdi;
  const auto done = request.sdte.valid() ? device_->enable_dma(guest) : device_->disable_dma(guest);
  return done ? sevproto::kSdteSuccess : sevproto::kSdteNotBound;
}

}  // namespace sev
