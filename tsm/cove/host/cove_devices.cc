// The host's part in CoVE-IO: what KVM does when a TVM is to have a device, and before.
#include <algorithm>

#include "platform/protocol/cove/io.h"
#include "platform/protocol/ide_km/ide_km.h"
#include "tsm/cove/host/cove_machine.h"

namespace cove {

namespace {

constexpr std::uint64_t kTranscriptPages = 8;
constexpr CallResult failed() { return {{SbiError::kFailed, 0}, std::nullopt}; }

// Requests of the card's whole bus, and the memory of all of its functions, which lies in one window (PCIe 6.0, 7.9.26).
coveproto::IdeStreamDescriptor stream_of(const tio::Attachment& device) {
  const std::uint32_t bus = device.functions.front().id >> 8;
  std::uint64_t first = ~std::uint64_t{0}, last = 0;
  for (const auto& function : device.functions)
    for (const auto& memory : device.host->memory(function.id)) {
      first = std::min(first, memory.base);
      last = std::max(last, memory.base + memory.bytes - 1);
    }
  coveproto::IdeStreamDescriptor out{.stream_id = static_cast<std::uint8_t>(device.stream), .rid_assoc_1 = bus << 16 | 0xff00,
                                     .rid_assoc_2 = bus << 16 | 1, .addr_assoc = {}};
  if (first > last) return out;
  const auto megabyte = [](std::uint64_t address) { return static_cast<std::uint32_t>(address >> 20 & 0xfff); };
  out.num_addr_assoc = 1;
  out.addr_assoc = {{megabyte(last) << 20 | megabyte(first) << 8 | 1, static_cast<std::uint32_t>(last >> 32), static_cast<std::uint32_t>(first >> 32)}};
  return out;
}

}  // namespace

std::string CoveMachine::attach_device(const tio::Attachment& device) {
  tsm_->attach_device(*device.firmware, *device.mmio, device.root_port);
  devices_.push_back({.at = device, .transcripts = {}});
  for (const auto& function : device.functions) interfaces_.push_back({.device = devices_.size() - 1, .function = function, .vm = {}, .regions = {}});
  return "";
}

CoveMachine::IoInterface* CoveMachine::find_interface(std::uint64_t function) {
  const auto found = std::ranges::find(interfaces_, function, [](const IoInterface& one) { return std::uint64_t{one.function.id}; });
  return found == interfaces_.end() ? nullptr : &*found;
}

// The transcript stays where the TSM wrote it.
CallResult CoveMachine::connect_device(IoDevice& device) {
  const std::uint64_t buffer = host_.take_page();
  Transcript transcript{.pages = take_run(kTranscriptPages, kPage)};
  if (buffer == 0 || transcript.pages.empty()) return failed();
  (void)host_.memory().write(memory::KeyId::kNone, buffer, wire::encode(stream_of(device.at)));
  const Ecall in{.a0 = device.at.functions.front().id, .a1 = buffer, .a2 = transcript.pages.front(), .a3 = kTranscriptPages * kPage};
  const auto done = ask(0, Covh::kConnectDevice, in);
  host_.give_back(buffer);
  device.connected = done.ok();
  if (!done.ok()) {
    for (const std::uint64_t page : transcript.pages) host_.give_back(page);
    return done;
  }
  transcript.bytes = done.ret.value;
  device.transcripts.push_back(transcript);
  device.at.host->connected();
  return done;
}

CallResult CoveMachine::give_regions(const cpu::Vm& vm, IoInterface& interface) {
  for (const auto& memory : devices_[interface.device].at.host->memory(interface.function.id)) {
    const Ecall in{.a0 = guests_[vm.name].id, .a1 = interface.function.interface.bits, .a2 = memory.base, .a3 = memory.bytes,
                   .a4 = memory.base};
    if (const auto done = ask(vm.asid, Covh::kAddTvmInterfaceRegion, in); !done.ok()) return done;
    interface.regions.push_back(memory);
  }
  interface.vm = vm.name;
  return {};
}

// What was bound is bound no more, and its memory is the host's again.
void CoveMachine::give_back(IoInterface& interface) {
  if (interface.vm.empty()) return;
  const TvmId tvm = guests_[interface.vm].id;
  const std::uint64_t bits = interface.function.interface.bits;
  if (interface.bound) (void)ask(0, Covh::kUnbindInterface, {.a0 = tvm, .a1 = bits});
  for (const auto& memory : interface.regions)
    (void)ask(0, Covh::kReclaimTvmInterfaceRegion, {.a0 = tvm, .a1 = bits, .a2 = memory.base, .a3 = memory.bytes});
  interface.regions.clear(), interface.vm.clear();
  interface.bound = false;
}

void CoveMachine::drop_device(IoDevice& device) {
  for (IoInterface& interface : interfaces_)
    if (&devices_[interface.device] == &device) give_back(interface);
  (void)ask(0, Covh::kDisconnectDevice, {.a0 = device.at.functions.front().id});
  device.connected = false;
}

// A device that was reset has lost its session and its keys, as the status of its stream tells: the host connects it anew.
CallResult CoveMachine::take_device(cpu::Vm& vm, IoInterface& interface) {
  IoDevice& device = devices_[interface.device];
  CallResult done = failed();
  if (device.connected && !device.at.host->secure()) drop_device(device);
  if (!device.connected) done = connect_device(device);
  if (!device.connected) return done;
  if (interface.vm != vm.name || interface.regions.empty()) done = give_regions(vm, interface);
  done = ask(vm.asid, Covh::kBindInterface, {.a0 = guests_[vm.name].id, .a1 = interface.function.interface.bits});
  interface.bound = done.ok();
  if (interface.bound) device.at.host->map_dma(vm, interface.function.id);
  return done;
}

// Pages that came since the device was given are its to reach as well.
void CoveMachine::renew_dma(const cpu::Vm& vm) {
  for (const IoInterface& interface : interfaces_)
    if (interface.vm == vm.name) devices_[interface.device].at.host->map_dma(vm, interface.function.id);
}

CallResult CoveMachine::bring_transcript(const IoDevice& device) {
  if (device.transcripts.empty()) return failed();
  const auto& kept = device.transcripts[device.transcripts.size() - 1 - std::min(device.serves, device.transcripts.size() - 1)];
  return ask(0, Covh::kGetDeviceConnectionTranscript, {.a0 = device.at.functions.front().id, .a1 = kept.pages.front(), .a2 = kept.bytes});
}

// A TVM asks for a device, or gives it back.
void CoveMachine::device_request(cpu::Vm& vm, cpu::Exit& exit) {
  IoInterface* interface = find_interface(exit.rax);
  CallResult done = failed();
  if (interface && exit.info2 == static_cast<std::uint64_t>(coveproto::HostDevices::kTake)) {
    done = take_device(vm, *interface);
  } else if (interface && (interface->vm.empty() || interface->vm == vm.name)) {
    give_back(*interface);
    done = {};
  }
  exit.rax = static_cast<std::uint64_t>(done.ret.error);
  exit.rbx = 0;
}

// What the TSM tells of a TVM's call about a device: it needs the transcript, or the interface is the host's again.
void CoveMachine::guest_device_call(cpu::Vm& vm, Covg function, std::uint64_t device_if_id) {
  for (IoInterface& interface : interfaces_) {
    if (interface.function.interface.bits != device_if_id) continue;
    if (function == Covg::kGetDeviceConnectionTranscript) (void)bring_transcript(devices_[interface.device]);
    if (function != Covg::kStopInterface || interface.vm != vm.name) continue;
    interface.bound = false;
    give_back(interface);
  }
}

// ---- calls by name ----------------------------------------------------------------------------------------------------

// About the interface that the VM has, else the one of that number in `value`; regions are at `gpa` and lead to `spa`.
std::optional<base::Bytes> CoveMachine::device_call(cpu::Vm& vm, const coveproto::Named& named,
                                                    const std::map<std::string, std::uint64_t>& args) {
  const auto arg = [&](const char* key, std::uint64_t otherwise = 0) {
    const auto found = args.find(key);
    return found == args.end() ? otherwise : found->second;
  };
  if (interfaces_.empty()) return std::nullopt;
  const auto own = std::ranges::find(interfaces_, vm.name, &IoInterface::vm);
  IoInterface& interface = own != interfaces_.end() ? *own : interfaces_[std::min<std::size_t>(arg("value"), interfaces_.size() - 1)];
  IoDevice& device = devices_[interface.device];
  if (named.eid == coveproto::kCovt) return key_call(device, static_cast<coveproto::Covt>(named.fid), static_cast<std::uint8_t>(arg("value")),
                                                      static_cast<std::uint8_t>(arg("level")));
  const std::uint64_t tvm = guests_[vm.name].id, bits = interface.function.interface.bits, id = device.at.functions.front().id;
  const auto region = interface.regions.empty() ? tio::MemoryRange{} : interface.regions.front();
  const auto function = static_cast<Covh>(named.fid);
  CallResult done = failed();
  switch (function) {
    case Covh::kConnectDevice: done = connect_device(device); break;
    case Covh::kGetDeviceConnectionTranscript:
      device.serves = arg("value");  // from now on
      done = bring_transcript(device);
      break;
    case Covh::kDisconnectDevice:
    case Covh::kSpdmKeyUpdate:
    case Covh::kSpdmHeartbeat: done = ask(vm.asid, function, {.a0 = id}); break;
    case Covh::kIdeKeyRefresh: done = ask(vm.asid, function, {.a0 = id, .a1 = device.at.stream}); break;
    case Covh::kAddTvmInterfaceRegion:
      done = ask(vm.asid, function, {.a0 = tvm, .a1 = bits, .a2 = arg("gpa"), .a3 = arg("bytes", kPage), .a4 = arg("spa")});
      break;
    case Covh::kReclaimTvmInterfaceRegion:
      done = ask(vm.asid, function, {.a0 = tvm, .a1 = bits, .a2 = arg("gpa", region.base), .a3 = arg("bytes", region.bytes)});
      break;
    case Covh::kBindInterface:
    case Covh::kUnbindInterface: done = ask(vm.asid, function, {.a0 = tvm, .a1 = bits}); break;
    default: break;
  }
  return done.ok() ? std::optional(base::Bytes{}) : std::nullopt;
}

// All six keys of that set of the stream, as far as the function is about one; a key is that byte over and over.
std::optional<base::Bytes> CoveMachine::key_call(const IoDevice& device, coveproto::Covt function, std::uint8_t fill, std::uint8_t set) {
  const std::uint64_t buffer = host_.take_page();
  if (buffer == 0) return std::nullopt;
  coveproto::IdeKeyData data{.key = {}, .ifv = ide_km::wire_ifv_of(ide::kFirstCounter)};
  data.key.fill(fill);
  (void)host_.memory().write(memory::KeyId::kNone, buffer + 64, wire::encode(data));
  bool all = true;
  for (std::uint8_t sub = 0; sub < ide::kSubStreams; ++sub)
    for (const std::uint8_t tx_rx : {0, 1}) {
      const coveproto::IdeKeyDescriptor name{static_cast<std::uint8_t>(device.at.stream), sub, set, tx_rx};
      (void)host_.memory().write(memory::KeyId::kNone, buffer, wire::encode(name));
      Ecall in{.a0 = device.at.root_port, .a1 = buffer, .a2 = buffer + 64, .a6 = static_cast<std::uint64_t>(function), .a7 = coveproto::kCovt};
      if (function == coveproto::Covt::kClearRpIdeKey) in.a1 = device.at.stream;
      all = ask(0, in).ok() && all;
      if (function == coveproto::Covt::kClearRpIdeKey) return host_.give_back(buffer), all ? std::optional(base::Bytes{}) : std::nullopt;
    }
  host_.give_back(buffer);
  return all ? std::optional(base::Bytes{}) : std::nullopt;
}

}  // namespace cove
