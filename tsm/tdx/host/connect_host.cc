// The host's part in TDX Connect: what KVM, the PCI core and the TSM driver do for devices of TDs. The module speaks to a device; the host
// carries its messages, says when, and gives it pages.
#include <algorithm>
#include <utility>

#include "platform/protocol/tdisp/tdisp.h"
#include "platform/protocol/tdx/connect.h"
#include "platform/protocol/tdx/tdvmcall.h"
#include "tsm/tdx/connect.h"
#include "tsm/tdx/host/tdx_machine.h"

namespace tdx {
namespace {

constexpr std::uint64_t kPage = 4096;
// As the drivers lock: no update while it is locked.
constexpr std::uint64_t kLockFlags = tdisp::kLockNoFwUpdate;
constexpr std::uint64_t kHostLp = 0;

}  // namespace

std::string TdxMachine::attach_device(const tio::Attachment& device) {
  if (!module_->connect()) return "TDH.IOMMU.SETUP";
  module_->connect()->attach(*device.firmware, *device.mmio);
  if (devices_.empty() && !ask(kHostLp, Seamcall::kIommuSetup, {.rcx = tdxproto::kUnitRegisters, .rdx = host_.take_page()}).ok())
    return "TDH.IOMMU.SETUP";
  const auto made = ask(kHostLp, Seamcall::kSpdmCreate, {.rcx = device.functions.front().interface.bits, .rdx = host_.take_page()});
  if (!made.ok()) return "TDH.SPDM.CREATE";
  devices_.push_back({.place = device, .spdm = made.out.rcx});
  for (const auto& function : device.functions)
    interfaces_.push_back({.device = devices_.size() - 1, .function = function, .vm = {}, .report = {}, .memory = {}, .mapped = {}});
  return "";
}

TdxMachine::Interface* TdxMachine::find_interface(std::uint64_t rid) {
  const auto found = std::ranges::find(interfaces_, rid, [](const Interface& one) { return one.function.id; });
  return found == interfaces_.end() ? nullptr : &*found;
}

// Of that VM; where it has none, the first that nobody has.
TdxMachine::Interface* TdxMachine::first_interface(const cpu::Vm& vm) {
  auto found = std::ranges::find(interfaces_, vm.name, &Interface::vm);
  if (found == interfaces_.end()) found = std::ranges::find(interfaces_, std::string(), &Interface::vm);
  return found == interfaces_.end() ? nullptr : &*found;
}

// ---- the device -------------------------------------------------------------------------------------------------------

bool TdxMachine::connect_device(Device& device) {
  const std::uint64_t config = host_.take_page();
  (void)host_.memory().write(memory::KeyId::kNone, config, wire::encode(tdxproto::SpdmConfig{}));
  const auto opened = ask(kHostLp, Seamcall::kSpdmConnect, {.rcx = device.spdm, .rdx = config});
  host_.give_back(config);
  if (!opened.ok()) return false;
  device.open = true;
  const auto stream = static_cast<std::uint8_t>(device.place.stream);
  const auto [first, last] = std::ranges::minmax(device.place.functions, {}, &tio::DeviceManager::Function::id);
  device.stream_page = host_.take_page();
  const Registers create{.rcx = static_cast<std::uint64_t>(device.place.root_port & 0xff) | tdxproto::kStreamSelective, .rdx = device.spdm,
                         .r8 = device.stream_page, .r9 = tdxproto::stream_control(stream), .r10 = tdxproto::rid_limit(last.id),
                         .r11 = tdxproto::rid_base(first.id)};
  if (!ask(kHostLp, Seamcall::kIdeStreamCreate, create).ok()) return false;
  device.has_stream = true;
  const Registers keys{.rcx = device.spdm, .rdx = stream, .r8 = static_cast<std::uint64_t>(tdxproto::KmOp::kSetup)};
  if (!ask(kHostLp, Seamcall::kIdeStreamKm, keys).ok()) return false;
  device.place.host->connected();
  return device.connected = true;
}

// Whatever was bound to whomever is bound no more.
void TdxMachine::disconnect_device(cpu::Vm& vm, std::size_t index) {
  Device& device = devices_[index];
  for (Interface& interface : interfaces_)
    if (interface.device == index && !interface.vm.empty()) unbind_device(vm, interface);
  const Registers stream{.rcx = device.spdm, .rdx = static_cast<std::uint64_t>(device.place.stream)};
  if (device.has_stream) {
    (void)ask(kHostLp, Seamcall::kIdeStreamBlock, stream);
    if (ask(kHostLp, Seamcall::kIdeStreamDelete, stream).ok()) host_.give_back(device.stream_page);
  }
  if (device.open) (void)ask(kHostLp, Seamcall::kSpdmDisconnect, {.rcx = device.spdm});
  device.open = device.has_stream = device.connected = false;
}

// ---- interfaces -------------------------------------------------------------------------------------------------------

// A device that was reset has lost its session: the host connects it anew and tries once more.
bool TdxMachine::bind_device(cpu::Vm& vm, Interface& interface) {
  if (interface.locked) unbind_device(vm, interface);  // by a TD that begins again
  for (int tries = 0; tries < 2; ++tries) {
    Device& device = devices_[interface.device];
    if (tries > 0 && device.connected) disconnect_device(vm, interface.device);
    if (!device.connected && !connect_device(device)) {
      disconnect_device(vm, interface.device);
      return false;
    }
    if (!lock_device(vm, interface)) continue;
    if (!map_device(vm, interface) || !lead_dma(vm, interface)) return false;
    (void)ask(vm.asid, Seamcall::kSpdmMng, {.rcx = device.spdm, .rdx = static_cast<std::uint64_t>(tdxproto::SpdmOp::kRecollect)});
    return true;
  }
  return false;
}

bool TdxMachine::lock_device(cpu::Vm& vm, Interface& interface) {
  const auto stream = static_cast<std::uint8_t>(devices_[interface.device].place.stream);
  const std::uint32_t function = interface.function.interface.bits;
  if (interface.vm.empty()) {
    const std::uint64_t page = host_.take_page();
    const Registers create{.rcx = tdxproto::interface_id(0, stream, function), .rdx = guests_[vm.name].tdr, .r8 = page};
    if (!ask(vm.asid, Seamcall::kTdiCreate, create).ok()) {
      host_.give_back(page);
      return false;
    }
    interface.vm = vm.name;
  }
  const std::uint64_t page = host_.take_page();
  const auto bound = ask(vm.asid, Seamcall::kTdiBind, {.rcx = function, .rdx = kLockFlags, .r8 = page});
  if (bound.ok()) {
    interface.locked = true;  // refused: it is what it was
    interface.report.assign(std::min<std::uint64_t>(bound.out.rdx, kPage), 0);
    (void)static_cast<bool>(host_.memory().read(memory::KeyId::kNone, page, interface.report));
  }
  host_.give_back(page);
  return bound.ok();
}

// The memory of its BARs, whatever its report says, at the same addresses in the TD.
bool TdxMachine::map_device(cpu::Vm& vm, Interface& interface) {
  Guest& guest = guests_[vm.name];
  const std::uint64_t use = tdxproto::mmiomt_set(tdxproto::kMmiomtData, interface.function.interface.bits);
  for (const auto& range : devices_[interface.device].place.host->memory(interface.function.id))
    for (std::uint64_t page = range.base; page < range.base + range.bytes; page += kPage) {
      for (unsigned level = tdxproto::kMmiomtTopLevel; level >= 1; --level) {
        const std::uint64_t first = page >> tdxproto::mmiomt_shift(level) << tdxproto::mmiomt_shift(level);
        if (!mmiomt_.emplace(level, first).second) continue;
        if (!ask(vm.asid, Seamcall::kMmiomtAdd, {.rcx = first | level, .rdx = host_.take_page()}).ok()) return false;
      }
      if (!ask(vm.asid, Seamcall::kMmiomtSet, {.rcx = page, .rdx = use}).ok() || !add_tables(vm, guest, page).empty()) return false;
      interface.memory[page] = page;
    }
  bool all = true;
  for (const auto& [gpa, spa] : interface.memory) {
    if (all) all = ask(vm.asid, Seamcall::kMmioMap, {.rcx = gpa, .rdx = guest.tdr, .r8 = spa}).ok();
    if (all) interface.mapped.insert(gpa);
  }
  return all;
}

bool TdxMachine::lead_dma(cpu::Vm& vm, Interface& interface) {
  const std::uint16_t rid = interface.function.id;
  for (unsigned level = tdxproto::kDmarRoot; level >= tdxproto::kDmarDirectory; --level) {
    if (!dmar_.emplace(level, level == tdxproto::kDmarRoot ? rid >> 7 : rid).second) continue;
    if (!ask(vm.asid, Seamcall::kDmarAdd, {.rcx = tdxproto::dmar_index(level, rid), .r8 = host_.take_page()}).ok()) return false;
  }
  const Registers leaf{.rcx = tdxproto::dmar_index(tdxproto::kDmarPasidEntry, rid), .rdx = guests_[vm.name].tdr};
  return interface.led = ask(vm.asid, Seamcall::kDmarAdd, leaf).ok();
}

void TdxMachine::unbind_device(cpu::Vm& vm, Interface& interface) {
  const auto owner = guests_.find(interface.vm);
  if (owner == guests_.end()) return;
  const std::uint64_t tdr = owner->second.tdr, function = interface.function.interface.bits;
  const std::uint16_t rid = interface.function.id;
  if (std::exchange(interface.locked, false)) (void)ask(vm.asid, Seamcall::kTdiUnbind, {.rcx = function});
  // Of a TD that is dead nothing is unmapped any more: it goes with the interface.
  const Td* mine = module_->td(tdr);
  if (mine && !mine->fatal && !interface.mapped.empty()) {
    for (const std::uint64_t gpa : interface.mapped) (void)ask(vm.asid, Seamcall::kMmioBlock, {.rcx = gpa, .rdx = tdr});
    (void)ask(vm.asid, Seamcall::kMemTrack, {.rcx = tdr});
    (void)kick(vm);
    for (const std::uint64_t gpa : interface.mapped) (void)ask(vm.asid, Seamcall::kMmioUnmap, {.rcx = gpa, .rdx = tdr});
  }
  interface.mapped.clear();
  if (std::exchange(interface.led, false)) {
    const std::uint64_t index = tdxproto::dmar_index(tdxproto::kDmarPasidEntry, rid);
    (void)ask(vm.asid, Seamcall::kDmarBlock, {.rcx = index});
    const auto forget = static_cast<std::uint64_t>(tdxproto::InvRequest::kPasidEntry);
    (void)ask(vm.asid, Seamcall::kIqInvReq, {.rcx = 0, .rdx = forget, .r8 = rid, .r9 = tdxproto::kInvWait});
    (void)ask(vm.asid, Seamcall::kIqInvProc, {.rcx = 0});
    (void)ask(vm.asid, Seamcall::kDmarRemove, {.rcx = index});
  }
  const auto removed = ask(vm.asid, Seamcall::kTdiRemove, {.rcx = function});
  if (removed.ok()) {
    host_.give_back(removed.out.rcx);
    interface.vm.clear();
  }
  for (const auto& [gpa, spa] : std::exchange(interface.memory, {}))
    (void)ask(vm.asid, Seamcall::kMmiomtSet, {.rcx = spa, .rdx = tdxproto::mmiomt_set(tdxproto::kMmiomtNode, 0)});
}

void TdxMachine::release_devices(cpu::Vm& vm) {
  for (Interface& interface : interfaces_)
    if (interface.vm == vm.name) unbind_device(vm, interface);
}

// Before a page leaves a TD that devices reach.
void TdxMachine::flush_devices(const cpu::Vm& vm) {
  if (std::ranges::none_of(interfaces_, [&](const Interface& one) { return one.vm == vm.name; })) return;
  const auto forget = static_cast<std::uint64_t>(tdxproto::InvRequest::kIotlb);
  (void)ask(vm.asid, Seamcall::kIqInvReq, {.rcx = 0, .rdx = forget, .r8 = guests_[vm.name].tdr, .r9 = tdxproto::kInvWait});
  (void)ask(vm.asid, Seamcall::kIqInvProc, {.rcx = 0});
}

// ---- what a TD asks for -----------------------------------------------------------------------------------------------

TdcallResult TdxMachine::tdcall(const cpu::Vm& vm, const Registers& in) {
  auto result = module_->tdcall(vm.asid, in);
  const bool accepted = in.rax == static_cast<std::uint64_t>(tdxproto::Tdcall::kDmarAccept) && !result.exit && result.out.rax == 0;
  // The device's drivers hear what it may reach from now on.
  if (const Interface* interface = accepted ? find_interface(tdxproto::rid_of(in.rcx)) : nullptr)
    devices_[interface->device].place.host->map_dma(vm, interface->function.id);
  return result;
}

// The answer's head, and data after it where the TD asked for some.
std::uint64_t TdxMachine::tdcm(cpu::Vm& vm, std::uint64_t rid, std::uint64_t gpa, std::uint64_t bytes) {
  const Td* mine = td(vm);
  if (!mine || !(gpa & mine->shared_bit())) return tdxproto::kVmcallInvalidOperand;
  const std::uint64_t at = gpa & ~mine->shared_bit();
  if (at % kPage != 0 || bytes % kPage != 0) return tdxproto::kVmcallAlignError;
  base::Bytes head(tdxproto::kTdcmHeaderSize);
  if (bytes == 0 || !vm.space.contains(at, bytes) || !copy_shared(vm, at, head, {})) return tdxproto::kVmcallInvalidOperand;
  auto header = wire::decode<tdxproto::TdcmHeader>(head);
  if (!header) return tdxproto::kVmcallInvalidOperand;
  Interface* interface = find_interface(rid);
  const bool own = interface && interface->vm == vm.name;
  base::Bytes data;
  bool done = false;
  switch (header->operation) {
    case tdxproto::TdcmOp::kCheckTeeioSupp: data = {interface != nullptr}, done = true; break;
    case tdxproto::TdcmOp::kBind: done = interface && (own || interface->vm.empty()) && bind_device(vm, *interface); break;
    case tdxproto::TdcmOp::kUnbind:
      if (own) unbind_device(vm, *interface), done = true;
      break;
    case tdxproto::TdcmOp::kGetTdiReport:
      if (own) data = interface->report, done = !data.empty();
      break;
    case tdxproto::TdcmOp::kStart: done = own && ask(vm.asid, Seamcall::kTdiStart, {.rcx = interface->function.interface.bits}).ok(); break;
  }
  header->status = done ? tdxproto::TdcmStatus::kCompleted : tdxproto::TdcmStatus::kFailed;
  header->data_length = static_cast<std::uint32_t>(std::min<std::size_t>(data.size(), bytes - tdxproto::kTdcmHeaderSize));
  data.resize(header->data_length);
  if (!data.empty()) (void)copy_shared(vm, at + tdxproto::kTdcmHeaderSize, {}, data);
  (void)copy_shared(vm, at, {}, wire::encode(*header));
  return tdxproto::kVmcallSuccess;
}

// ---- calls by name ----------------------------------------------------------------------------------------------------

std::optional<base::Bytes> TdxMachine::connect_call(cpu::Vm& vm, Seamcall leaf, const std::map<std::string, std::uint64_t>& args) {
  using S = Seamcall;
  const auto arg = [&](const char* key) {
    const auto found = args.find(key);
    return found == args.end() ? std::uint64_t{0} : found->second;
  };
  const Interface* interface = first_interface(vm);
  if (!interface) return std::nullopt;
  const Device& device = devices_[interface->device];
  const std::uint64_t tdr = guests_[vm.name].tdr, function = interface->function.interface.bits;
  const std::uint16_t rid = interface->function.id;
  const auto ranges = device.place.host->memory(rid);
  const std::uint64_t memory = ranges.empty() ? 0 : ranges.front().base;
  const std::uint64_t index = tdxproto::dmar_index(static_cast<unsigned>(arg("level")), rid);
  Registers in;
  switch (leaf) {
    case S::kMmioMap: in = {.rcx = memory + arg("value"), .rdx = tdr, .r8 = memory + arg("top")}; break;
    case S::kMmioBlock:
    case S::kMmioUnmap: in = {.rcx = memory + arg("value"), .rdx = tdr}; break;
    case S::kMmiomtSet: in = {.rcx = memory + arg("value"), .rdx = tdxproto::mmiomt_set(arg("flags"), arg("flags") ? function : 0)}; break;
    case S::kTdiCreate:
      in = {.rcx = tdxproto::interface_id(0, static_cast<std::uint8_t>(device.place.stream), static_cast<std::uint32_t>(function)), .rdx = tdr,
            .r8 = host_.take_page()};
      break;
    case S::kTdiBind: in = {.rcx = function, .rdx = kLockFlags, .r8 = host_.take_page()}; break;
    case S::kTdiStart:
    case S::kTdiUnbind:
    case S::kTdiRemove: in = {.rcx = function}; break;
    case S::kDmarAdd: in = {.rcx = index, .rdx = tdr}; break;
    case S::kDmarBlock:
    case S::kDmarRead:
    case S::kDmarRemove: in = {.rcx = index}; break;
    case S::kIqInvReq: in = {.rcx = 0, .rdx = arg("value"), .r8 = arg("value") == 0 ? tdr : rid, .r9 = tdxproto::kInvWait}; break;
    case S::kIdeStreamBlock:
    case S::kIdeStreamDelete:
    case S::kIdeStreamKm: in = {.rcx = device.spdm, .rdx = static_cast<std::uint64_t>(device.place.stream), .r8 = arg("value")}; break;
    case S::kSpdmMng: in = {.rcx = device.spdm, .rdx = arg("value")}; break;
    case S::kSpdmDisconnect:
    case S::kSpdmDelete: in = {.rcx = device.spdm}; break;
    default: break;
  }
  const auto result = ask(vm.asid, leaf, in);
  return result.ok() ? std::optional(base::Bytes{}) : std::nullopt;
}

}  // namespace tdx
