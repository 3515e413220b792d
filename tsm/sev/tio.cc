#include "tsm/sev/tio.h"

#include <algorithm>

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

Tio::Device* Tio::find(std::uint64_t dev_ctx, CallResult& why) {
  why = {initialized_ ? Status::kInvalidDevCtx : Status::kInvalidPlatformState, {}};
  const auto found = std::ranges::find(devices_, dev_ctx, &Device::dev_ctx);
  return initialized_ && dev_ctx != 0 && found != devices_.end() ? &*found : nullptr;
}

Tio::Known Tio::find_tdi(std::uint64_t dev_ctx, std::uint64_t tdi_ctx, CallResult& why) {
  Device* there = find(dev_ctx, why);
  if (!there) return {};
  why = {Status::kInvalidTdiCtx, {}};
  const auto found = std::ranges::find(there->interfaces, tdi_ctx, &Interface::tdi_ctx);
  return found == there->interfaces.end() ? Known{} : Known{there, &*found};
}

Tio::Known Tio::find_id(std::uint64_t tdi_id) {
  for (Device& there : devices_)
    for (Interface& interface : there.interfaces)
      if (tdi_id != 0 && interface.id == tdi_id) return {&there, &interface};
  return {};
}

bool Tio::has_tdi(std::uint64_t dev_ctx, std::uint64_t tdi_ctx) {
  CallResult why;
  return static_cast<bool>(find_tdi(dev_ctx, tdi_ctx, why));
}

CallResult Tio::with_device(std::uint64_t dev_ctx, const std::function<CallResult(Device&)>& act) {
  CallResult why;
  Device* there = find(dev_ctx, why);
  return there ? act(*there) : why;
}

CallResult Tio::status(const command::Empty&) {
  command::TioStatus out;
  if (psp_.settings.tio_enabled) out.flags |= command::TioStatus::kEnabled;
  if (initialized_) out.flags |= command::TioStatus::kInitDone;
  return {Status::kSuccess, wire::encode(out)};
}

CallResult Tio::init(const command::Empty&) {
  if (!psp_.settings.tio_enabled || devices_.empty()) return {Status::kUnsupported, {}};
  if (initialized_) return {Status::kInvalidPlatformState, {}};
  initialized_ = true;
  return {};
}

CallResult Tio::dev_create(const command::TioDevCreate& request) {
  if (!initialized_) return {Status::kInvalidPlatformState, {}};
  if (request.dev_ctx == 0 || request.dev_ctx % kPage != 0) return {Status::kInvalidAddress, {}};
  const auto named = std::ranges::find(devices_, request.dev_ctx, &Device::dev_ctx);
  const auto found = std::ranges::find(devices_, request.device_id, [](const Device& there) { return there.firmware->id(); });
  if (found == devices_.end()) return {Status::kInvalidParam, {}};
  if (found->dev_ctx != 0 || named != devices_.end()) return {Status::kInUse, {}};
  found->dev_ctx = request.dev_ctx;
  return {};
}

CallResult Tio::dev_connect(const command::TioDevConnect& request) {
  return with_device(request.dev_ctx, [&](Device& there) -> CallResult {
    if ((request.tc_mask & 1) == 0 || request.cert_slot > 7) return {Status::kInvalidParam, {}};
    if (there.firmware->connected()) return {Status::kInvalidDevState, {}};
    return result_of(there.firmware->connect(request.cert_slot, request.ide_stream_id[0]));
  });
}

CallResult Tio::dev_disconnect(const command::TioDev& request) {
  return with_device(request.dev_ctx, [&](Device& there) -> CallResult {
    for (const Interface& interface : there.interfaces)
      if (there.firmware->owner(interface.function) != 0) return {Status::kInUse, {}};
    return result_of(there.firmware->disconnect(request.flags & command::TioDev::kForce));
  });
}

CallResult Tio::dev_measurements(const command::TioDev& request) {
  return with_device(request.dev_ctx, [](Device& there) { return result_of(there.firmware->measure()); });
}

CallResult Tio::roll_key(const command::TioDev& request) {
  return with_device(request.dev_ctx, [](Device& there) { return result_of(there.firmware->roll_keys()); });
}

CallResult Tio::tdi_create(const command::TioTdiCreate& request) {
  return with_device(request.dev_ctx, [&](Device& there) -> CallResult {
    if (request.tdi_ctx == 0 || request.tdi_ctx % kPage != 0) return {Status::kInvalidAddress, {}};
    const tdisp::FunctionId function{.bits = request.function_id};
    if (!there.firmware->has(function)) return {Status::kInvalidParam, {}};
    for (const Interface& known : there.interfaces)
      if (known.tdi_ctx == request.tdi_ctx || known.function.bits == function.bits) return {Status::kInUse, {}};
    there.interfaces.push_back({.tdi_ctx = request.tdi_ctx, .function = function});
    return {};
  });
}

// The interface's memory as its report tells it: what is bound is the guest's to accept, where the host gave it to that guest.
void Tio::freeze(const Known& tdi, bool immutable) {
  const auto* report = tdi.device->firmware->report(tdi.interface->function);
  if (!report) return;
  for (const auto& range : report->mmio_ranges) {
    tdi.device->mmio->freeze(range.first_page * kPage, immutable, range.page_count);
    if (!immutable) tdi.device->mmio->validate(range.first_page * kPage, false, range.page_count);
  }
}

CallResult Tio::tdi_bind(const command::TioTdiBind& request) {
  CallResult why;
  const Known tdi = find_tdi(request.dev_ctx, request.tdi_ctx, why);
  if (!tdi) return why;
  const auto guest = psp_.context(request.gctx_paddr);
  if (!guest || guest->asid == 0) return {Status::kInvalidGuest, {}};
  auto& firmware = *tdi.device->firmware;
  const auto function = tdi.interface->function;
  if (request.run_flags & command::TioTdiBind::kRun) {
    if (firmware.owner(function) != guest->asid) return {Status::kInvalidTdiState, {}};
    return result_of(firmware.run(function));
  }
  if (firmware.owner(function) != 0) return {Status::kInvalidTdiState, {}};
  if (const auto done = firmware.bind(function, guest->asid, request.lock_flags); !done) return result_of(done);
  tdi.interface->id = ++bindings_;
  freeze(tdi, true);
  return {Status::kSuccess, wire::encode(command::TioTdiId{tdi.interface->id})};
}

CallResult Tio::unbind(const Known& tdi) {
  freeze(tdi, false);
  tdi.interface->id = 0;
  return result_of(tdi.device->firmware->unbind(tdi.interface->function));
}

CallResult Tio::tdi_unbind(const command::TioTdi& request) {
  CallResult why;
  const Known tdi = find_tdi(request.dev_ctx, request.tdi_ctx, why);
  if (!tdi) return why;
  if (tdi.device->firmware->owner(tdi.interface->function) == 0) return {Status::kInvalidTdiState, {}};
  return unbind(tdi);
}

void Tio::forget(std::uint32_t asid) {
  if (asid == 0) return;
  for (Device& there : devices_) {
    for (Interface& interface : there.interfaces)
      if (there.firmware->owner(interface.function) == asid) (void)unbind({&there, &interface});
    there.mmio->forget(asid);
  }
}

std::optional<base::Bytes> Tio::answer(const GuestContext& context, sevproto::MessageType type, base::View payload) {
  using Type = sevproto::MessageType;
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

sevproto::TdiInfoResponse Tio::info(tio::Owner guest, const sevproto::TdiInfoRequest& request) {
  sevproto::TdiInfoResponse out{.tdi_id = request.tdi_id};
  const Known tdi = find_id(request.tdi_id);
  if (!tdi) return out.status = sevproto::kTdiInvalid, out;
  auto known = tdi.device->firmware->info(tdi.interface->function, guest);
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
  const Known tdi = find_id(request.tdi_id);
  if (!tdi) return sevproto::MmioStatus::kInvalidTdi;
  const auto* report = tdi.device->firmware->report(tdi.interface->function);
  if (!tdi.device->firmware->may_change(tdi.interface->function, guest) || !report) return sevproto::MmioStatus::kTdiUnbound;
  return validate_range(*tdi.device->mmio, *report, guest, request, changed);
}

std::uint16_t Tio::write_sdte(tio::Owner guest, const sevproto::SdteWriteRequest& request) {
  const Known tdi = find_id(request.tdi_id);
  if (!tdi) return sevproto::kSdteInvalidTdi;
  auto& firmware = *tdi.device->firmware;
  const auto done = request.sdte.valid() ? firmware.enable_dma(tdi.interface->function, guest)
                                         : firmware.disable_dma(tdi.interface->function, guest);
  return done ? sevproto::kSdteSuccess : sevproto::kSdteNotBound;
}

}  // namespace sev
