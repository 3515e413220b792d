#include "tsm/cove/io.h"

#include <algorithm>

#include "platform/protocol/ide_km/ide_km.h"

namespace cove {
namespace {

using coveproto::Covt;

// convention: where the TSM keeps what its calls of COVT point to; in its own memory, which is nobody else's to read.
constexpr std::uint64_t kDescriptorAt = 0x10, kKeyDataAt = 0x10 + coveproto::kIdeKeyDescriptorSize;
static_assert(kKeyDataAt + coveproto::kIdeKeyDataSize <= 0x40);

}  // namespace

Io::Io(IoPlatform& tsm, trust::Defences& defences, std::string name)
    : tsm_(tsm), defences_(defences), name_(std::move(name)), rdsm_(defences, "rdsm0") {}

void Io::attach(tio::DeviceManager& firmware, tio::MmioTable& mmio, std::uint16_t root_port) {
  Device& device = devices_.emplace_back();
  device.firmware = &firmware;
  device.mmio = &mmio;
  device.root_port = root_port;
  device.port = std::make_unique<PortEnd>(*this, root_port);
  for (const auto& function : firmware.functions()) device.interfaces.push_back({.id = function.interface, .regions = {}});
  rdsm_.attach(root_port, firmware.port());
  firmware.key_through(*device.port);
  firmware.on_exchange([&device](base::View request, base::View response) { device.transcript.hear(request, response); });
}

// ---- what calls name --------------------------------------------------------------------------------------------------

Io::Device* Io::find(std::uint64_t device_id) {
  const auto found = std::ranges::find(devices_, device_id, [](const Device& there) { return std::uint64_t{there.firmware->id()}; });
  return found == devices_.end() ? nullptr : &*found;
}

Io::Known Io::find_interface(std::uint64_t device_if_id) {
  for (Device& device : devices_)
    for (Interface& interface : device.interfaces)
      if (interface.id.bits == device_if_id) return {&device, &interface};
  return {};
}

CallResult Io::refuse(std::span<const IoStep> steps, const IoCase& c) {
  for (const IoStep& step : steps)
    if (auto no = defences_.refuse_unless(*step.defence, step.holds(c), name_)) return {{step.error, 0}, no};
  return {};
}

CallResult Io::result_of(const trust::Result<>& done) {
  if (done) return {};
  return {{SbiError::kFailed, 0}, done.refusal()};
}

tio::Owner Io::owner_of(const Tvm& tvm) { return tvm.vcpus.at(tvm.boot_vcpu).hart; }

// ---- an interface's memory --------------------------------------------------------------------------------------------

// From here on these pages are the TVM's, and the host cannot change that; none of them is open yet.
void Io::freeze(const Known& there, tio::Owner owner) {
  for (Region& region : there.interface->regions) {
    region.accepted = false;
    for (std::uint64_t at = 0; at < region.bytes; at += kPage)
      (void)there.device->mmio->assign(region.hpa + at, owner, region.gpa + at);
    there.device->mmio->freeze(region.hpa, true, region.bytes / kPage);
  }
}

void Io::release(const Known& there, bool wanted) {
  const bool relied_on = !wanted && std::ranges::any_of(there.interface->regions, [](const Region& region) { return region.accepted; });
  const bool closes = !relied_on || defences_.refuse_unless(kIoUnbindCloses, false, name_).has_value();
  for (Region& region : there.interface->regions) {
    region.accepted = false;
    if (!closes) continue;
    there.device->mmio->freeze(region.hpa, false, region.bytes / kPage);
    for (std::uint64_t at = 0; at < region.bytes; at += kPage) (void)there.device->mmio->assign(region.hpa + at, 0, 0);
  }
  there.interface->tvm = 0;
  (void)there.device->firmware->unbind(there.interface->id);
}

void Io::forget(const Tvm& tvm) {
  for (Device& device : devices_)
    for (Interface& interface : device.interfaces) {
      if (interface.tvm == tvm.id) release({&device, &interface}, true);
      if (interface.stopped_by == tvm.id) interface.stopped_by = 0;
      std::erase_if(interface.regions, [&](const Region& region) { return region.tvm == tvm.id; });
    }
}

// ---- the root port ----------------------------------------------------------------------------------------------------

Rdsm::Answer Io::rdsm_call(std::uint8_t domain, const Ecall& in) {
  if (domain != kSdid)
    return rdsm_.ecall({domain, [this](std::uint64_t at, std::size_t count) -> std::optional<base::Bytes> {
                          if (!tsm_.host_owns(at, count)) return std::nullopt;
                          return tsm_.read_host(at, count);
                        }}, in);
  return rdsm_.ecall({domain, [this](std::uint64_t at, std::size_t count) -> std::optional<base::Bytes> {
                        if (at > operands_.size() || count > operands_.size() - at) return std::nullopt;
                        return base::bytes_of(base::View(operands_).subspan(at, count));
                      }}, in);
}

SbiRet Io::PortEnd::ask(Covt function, std::uint64_t key_data) {
  return io_.rdsm_call(kSdid, {.a0 = root_port_, .a1 = kDescriptorAt, .a2 = key_data,
                               .a6 = coveproto::function_id(static_cast<std::uint16_t>(function), kSdid), .a7 = coveproto::kCovt}).ret;
}

namespace {

coveproto::IdeKeyDescriptor name_of(std::uint8_t stream, const pcie::KeySlot& slot) {
  return {.stream_id = stream, .sub_stream_id = static_cast<std::uint8_t>(slot.sub_stream), .key_set = static_cast<std::uint8_t>(slot.set),
          .tx_rx = static_cast<std::uint8_t>(slot.direction == ide::Direction::kReceive)};
}

}  // namespace

bool Io::PortEnd::program(std::uint8_t stream, const requester::MirrorKey& key) {
  const coveproto::IdeKeyData data{.key = ide_km::wire_key_of(key.key), .ifv = ide_km::wire_ifv_of(key.ifv)};
  const auto name = wire::encode(name_of(stream, {key.key_set, key.direction, key.sub_stream}));
  std::ranges::copy(name, io_.operands_.begin() + kDescriptorAt);
  std::ranges::copy(wire::encode(data), io_.operands_.begin() + kKeyDataAt);
  const bool done = ask(Covt::kProgramRpIdeKey, kKeyDataAt).error == SbiError::kSuccess;
  io_.operands_ = {};
  return done;
}

bool Io::PortEnd::go(std::uint8_t stream, unsigned key_set, ide::Direction direction) {
  bool all = true;
  for (unsigned sub = 0; sub < ide::kSubStreams; ++sub) {
    const auto name = wire::encode(name_of(stream, {key_set, direction, static_cast<ide::SubStream>(sub)}));
    std::ranges::copy(name, io_.operands_.begin() + kDescriptorAt);
    all = all && ask(Covt::kSetGoRpIdeKey).error == SbiError::kSuccess;
  }
  return all;
}

bool Io::PortEnd::stop(std::uint8_t stream, unsigned key_set) {
  bool any = false;
  for (const auto direction : {ide::Direction::kTransmit, ide::Direction::kReceive})
    for (unsigned sub = 0; sub < ide::kSubStreams; ++sub) {
      std::ranges::copy(wire::encode(name_of(stream, {key_set, direction, static_cast<ide::SubStream>(sub)})),
                        io_.operands_.begin() + kDescriptorAt);
      const SbiRet now = ask(Covt::kRpIdeKeyStatus);
      const auto is = [&](coveproto::IdeKeyStatus status) { return now == SbiRet{SbiError::kSuccess, static_cast<std::uint64_t>(status)}; };
      if (is(coveproto::IdeKeyStatus::kEnabled)) (void)ask(Covt::kSetStopRpIdeKey);
      any = any || is(coveproto::IdeKeyStatus::kEnabled) || is(coveproto::IdeKeyStatus::kProgrammed);
    }
  return any;
}

void Io::PortEnd::clear(std::uint8_t stream) {
  const bool first = stop(stream, 0), second = stop(stream, 1);
  if (!first && !second) return;
  const auto function = static_cast<std::uint16_t>(Covt::kClearRpIdeKey);
  (void)io_.rdsm_call(kSdid, {.a0 = root_port_, .a1 = stream, .a6 = coveproto::function_id(function, kSdid), .a7 = coveproto::kCovt});
}

std::vector<const trust::Defence*> io_defences() {
  auto all = rdsm_defences();
  for (const trust::Defence* row :
       {&kIoDevice, &kIoInterface, &kIoTvm, &kIoAddress, &kIoCount, &kIoDescriptor, &kIoDisconnected, &kIoConnected, &kIoNoneBound,
        &kIoLink, &kIoUnbound, &kIoRegionUnbound, &kIoRegionFree, &kIoRegionOne, &kIoRegionKnown, &kIoUnbindCloses, &kIoBound,
        &kIoStream, &kIoDigest, &kIoElement, &kIoGiven, &kIoDonated, &kIoReported, &kIoNotStarted, &kIoNotStopped})
    all.push_back(row);
  return all;
}

}  // namespace cove
