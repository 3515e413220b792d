// COVH: what the host asks of the TSM about devices (RISC-V CoVE-IO 0.3.0, 9, "CoVE IO Host Extension").
#include <algorithm>

#include "tsm/cove/io.h"

namespace cove {
namespace {

constexpr CallResult failed(SbiError error) { return {{error, 0}, std::nullopt}; }
constexpr std::uint64_t kGpaEnd = 1ull << 50;  // Sv48x4
constexpr std::uint64_t kConnectionSizeMax = 1 << 20;

bool ranges_meet(std::uint64_t first, std::uint64_t other, std::uint64_t bytes, std::uint64_t other_bytes) {
  return first < other + other_bytes && other < first + bytes;
}

}  // namespace

CallResult Io::host_call(Covh function, const Ecall& in) {
  switch (function) {
    case Covh::kConnectDevice: return connect(in);
    case Covh::kDisconnectDevice: return disconnect(in);
    case Covh::kAddTvmInterfaceRegion: return add_region(in);
    case Covh::kReclaimTvmInterfaceRegion: return reclaim_region(in);
    case Covh::kBindInterface: return bind(in);
    case Covh::kUnbindInterface: return unbind(in);
    case Covh::kSpdmKeyUpdate:
    case Covh::kSpdmHeartbeat: return renew_session(function, in);
    case Covh::kIdeKeyRefresh: return refresh_keys(in);
    case Covh::kGetDeviceConnectionTranscript: return bring_transcript(in);
    default: return failed(SbiError::kNotSupported);
  }
}

// ---- the connection ---------------------------------------------------------------------------------------------------

// device_id, ide_stream_desc_addr, connection_data_out_addr, connection_data_size. sbiret.value: bytes written (convention).
CallResult Io::connect(const Ecall& in) {
  Device* device = find(in.a0);
  IoCase c;
  c.device = device != nullptr;
  c.count = in.a3 >= coveproto::kConnectionTranscriptHead && in.a3 <= kConnectionSizeMax;
  c.address = in.a1 % 4 == 0 && tsm_.host_owns(in.a1, coveproto::kIdeStreamDescriptorSize) && in.a2 % kPage == 0 &&
              (!c.count || tsm_.host_owns(in.a2, in.a3));
  std::optional<coveproto::IdeStreamDescriptor> stream;
  if (device && c.address) {
    const std::size_t blocks = tsm_.read_host(in.a1, coveproto::kIdeStreamDescriptorSize)[1];
    const std::size_t size = coveproto::kIdeStreamDescriptorSize + 12 * blocks;
    if (tsm_.host_owns(in.a1, size))
      if (auto read = wire::decode<coveproto::IdeStreamDescriptor>(tsm_.read_host(in.a1, size))) stream = *read;
    const auto rid = [](std::uint32_t image) { return image >> 8 & 0xffff; };
    c.descriptor = stream && blocks <= coveproto::kAddrAssocMax && (stream->rid_assoc_2 & 1) != 0 &&
                   rid(stream->rid_assoc_2) <= in.a0 && in.a0 <= rid(stream->rid_assoc_1);
    c.disconnected = !device->firmware->connected();
  }
  if (auto no = refuse(kConnectDeviceSteps, c); !no.ok()) return no;
  // The root port's registers are the root domain's, and take what makes sense to it.
  const Ecall associate{.a0 = device->root_port, .a1 = 0,
                        .a6 = coveproto::function_id(static_cast<std::uint16_t>(coveproto::Covt::kProgramRpIdeStream), kSdid),
                        .a7 = coveproto::kCovt};
  const auto image = wire::encode(*stream);
  if (image.size() > operands_.size()) return failed(SbiError::kFailed);
  std::ranges::copy(image, operands_.begin());
  const auto associated = rdsm_call(kSdid, associate);
  operands_ = {};
  if (!associated.ok()) return {{SbiError::kFailed, 0}, associated.refusal};
  device->port->clear(stream->stream_id);
  device->brought.reset();
  device->transcript.begin();
  const auto done = device->firmware->connect(0, stream->stream_id);
  const base::Bytes transcript = device->transcript.finish();
  if (!done) return result_of(done);
  const coveproto::ConnectionTranscript out{.connection_transcript_length = static_cast<std::uint32_t>(transcript.size()),
                                            .connection_transcript = transcript};
  const auto bytes = wire::encode(out);
  if (bytes.size() > in.a3) return end_connection(*device), failed(SbiError::kFailed);
  tsm_.write_host(in.a2, bytes);
  return {{SbiError::kSuccess, bytes.size()}, std::nullopt};
}

// Whatever the device says: one that was reset has no session any more.
CallResult Io::disconnect(const Ecall& in) {
  Device* device = find(in.a0);
  IoCase c;
  c.device = device != nullptr;
  if (device) {
    c.none_bound = std::ranges::all_of(device->interfaces, [](const Interface& one) { return one.tvm == 0; });
    c.connected = device->firmware->connected();
  }
  if (auto no = refuse(kDisconnectDeviceSteps, c); !no.ok()) return no;
  end_connection(*device);
  return {};
}

void Io::end_connection(Device& device) {
  (void)device.firmware->stop_stream();
  device.port->clear(stream_of(device));
  device.transcript.end();
  device.brought.reset();
  (void)device.firmware->disconnect(true);
}

CallResult Io::renew_session(Covh function, const Ecall& in) {
  Device* device = find(in.a0);
  IoCase c;
  c.device = device != nullptr;
  c.connected = !device || device->firmware->connected();
  if (auto no = refuse(kSessionSteps, c); !no.ok()) return no;
  return result_of(function == Covh::kSpdmHeartbeat ? device->firmware->heartbeat() : device->firmware->update_session_keys());
}

// The set that was in use is disabled once the other one is.
CallResult Io::refresh_keys(const Ecall& in) {
  Device* device = find(in.a0);
  IoCase c;
  c.device = device != nullptr;
  if (device) {
    c.connected = device->firmware->connected();
    c.stream = in.a1 == device->firmware->stream();
  }
  if (auto no = refuse(kIdeKeyRefreshSteps, c); !no.ok()) return no;
  const unsigned old = device->firmware->key_set();
  const auto done = device->firmware->roll_keys();
  if (done) (void)device->port->stop(stream_of(*device), old);
  return result_of(done);
}

CallResult Io::bring_transcript(const Ecall& in) {
  Device* device = find(in.a0);
  IoCase c;
  c.device = device != nullptr;
  c.count = in.a2 >= coveproto::kConnectionTranscriptHead && in.a2 <= kConnectionSizeMax;
  c.address = in.a1 % kPage == 0 && (!c.count || tsm_.host_owns(in.a1, in.a2));
  base::Bytes transcript;
  if (device && c.count && c.address) {
    const auto read = wire::decode<coveproto::ConnectionTranscript>(tsm_.read_host(in.a1, in.a2));
    c.connected = device->firmware->connected();
    c.digest = read && device->transcript.is_of_this(read->connection_transcript);
    if (read) transcript = read->connection_transcript;
  }
  if (auto no = refuse(kBringTranscriptSteps, c); !no.ok()) return no;
  device->brought = std::move(transcript);
  return {};
}

// ---- interfaces -------------------------------------------------------------------------------------------------------

namespace {

// A TVM that has run is known by its hart.
bool can_have_devices(const Tvm* tvm) {
  if (!tvm || tvm->state != coveproto::TvmState::kRunnable) return false;
  const auto boot = tvm->vcpus.find(tvm->boot_vcpu);
  return boot != tvm->vcpus.end() && boot->second.started;
}

// simplified: the platform's manifest would say how much memory an interface has.
constexpr std::uint64_t kRegionBytesMax = 256ull << 20;

bool region_ok(std::uint64_t at, std::uint64_t bytes) { return at % kPage == 0 && at < kGpaEnd && bytes <= kGpaEnd - at; }

}  // namespace

// tvm_id, device_if_id, base_addr, region_len. convention: base_addr is the guest physical address, and the device memory that it is
// to lead to follows in a4; the function has one address for two.
CallResult Io::add_region(const Ecall& in) {
  Tvm* tvm = tsm_.tvm(in.a0);
  const Known there = find_interface(in.a1);
  const Region region{.tvm = in.a0, .gpa = in.a2, .hpa = in.a4, .bytes = in.a3};
  IoCase c;
  c.tvm = tvm != nullptr;
  c.interface = static_cast<bool>(there);
  c.count = region.bytes != 0 && region.bytes % kPage == 0 && region.bytes <= kRegionBytesMax;
  c.address = !c.count || (region_ok(region.gpa, region.bytes) && region_ok(region.hpa, region.bytes));
  c.bound = there && there.interface->tvm == in.a0;
  if (c.address && c.count) {
    if (tvm) c.region_free = tvm->regions.none(region.gpa, region.bytes);
    for (const Device& device : devices_)
      for (const Interface& interface : device.interfaces)
        for (const Region& other : interface.regions)
          c.memory_free = c.memory_free && !ranges_meet(region.hpa, other.hpa, region.bytes, other.bytes);
  }
  if (auto no = refuse(kAddRegionSteps, c); !no.ok()) return no;
  tvm->regions.set(region.gpa, region.bytes, cove::Region::kInterface);
  there.interface->regions.push_back(region);
  return {};
}

CallResult Io::reclaim_region(const Ecall& in) {
  Tvm* tvm = tsm_.tvm(in.a0);
  const Known there = find_interface(in.a1);
  IoCase c;
  c.tvm = tvm != nullptr;
  c.interface = static_cast<bool>(there);
  c.count = in.a3 != 0 && in.a3 % kPage == 0 && in.a3 <= kGpaEnd;
  c.address = !c.count || region_ok(in.a2, in.a3);
  const auto is_it = [&](const Region& region) { return region.tvm == in.a0 && region.gpa == in.a2 && region.bytes == in.a3; };
  if (there) c.region = std::ranges::any_of(there.interface->regions, is_it);
  if (auto no = refuse(kReclaimRegionSteps, c); !no.ok()) return no;
  if (there.interface->tvm == in.a0) release(there, false);
  tvm->regions.erase(in.a2, in.a3);
  std::erase_if(there.interface->regions, is_it);
  return {};
}

// The terms are the TSM's: no update of the device's firmware while the interface is locked.
CallResult Io::bind(const Ecall& in) {
  Tvm* tvm = tsm_.tvm(in.a0);
  const Known there = find_interface(in.a1);
  IoCase c;
  c.tvm = can_have_devices(tvm);
  c.interface = static_cast<bool>(there);
  if (there) {
    c.connected = there.device->firmware->connected();
    c.link = there.device->firmware->port().secure(there.device->firmware->stream());
    c.unbound = there.interface->tvm == 0;
  }
  if (auto no = refuse(kBindInterfaceSteps, c); !no.ok()) return no;
  const auto done = there.device->firmware->bind(there.interface->id, owner_of(*tvm), tdisp::kLockNoFwUpdate);
  if (!done) {
    // Locked, and then something else went wrong: nobody has it.
    if (there.device->firmware->owner(there.interface->id) != 0) (void)there.device->firmware->unbind(there.interface->id);
    return result_of(done);
  }
  there.interface->tvm = tvm->id;
  there.interface->stopped_by = 0;
  freeze(there, owner_of(*tvm));
  return {};
}

CallResult Io::unbind(const Ecall& in) {
  const Known there = find_interface(in.a1);
  IoCase c;
  c.tvm = tsm_.tvm(in.a0) != nullptr;
  c.interface = static_cast<bool>(there);
  if (there) c.bound = there.interface->tvm == in.a0;
  if (auto no = refuse(kUnbindInterfaceSteps, c); !no.ok()) return no;
  release(there, false);
  return {};
}

}  // namespace cove
