// The host's part in device assignment: what KVM and the PCI core's TSM driver do when a realm asks for a device, and before. A realm
// asks by the Realm Host Interface.
#include <algorithm>

#include "platform/crypto/certificate.h"
#include "platform/protocol/cca/da.h"
#include "platform/protocol/spdm/certificates.h"
#include "tsm/cca/host/cca_machine.h"
#include "tsm/cca/rmi_steps.h"

namespace cca {
namespace {

using ccaproto::PdevCategory;
using ccaproto::Rhi;
using ccaproto::TdiState;

constexpr std::uint64_t kPage = ccaproto::kGranule;

// The key in the certificate that the device showed, as the RMM takes it.
ccaproto::PublicKeyParams key_in(base::View chain) {
  ccaproto::PublicKeyParams out{.key_len = 0};
  // simplified: whichever hash the device negotiated, its certificates are what follows the root's hash.
  for (const std::size_t hash : {std::size_t{48}, std::size_t{32}, std::size_t{64}}) {
    if (chain.size() < 4 + hash) continue;
    const auto all = spdm::split_certificates(chain.subspan(4 + hash));
    const auto leaf = all.empty() ? std::nullopt : crypto::Certificate::from_der(all.back());
    if (!leaf || !leaf->public_point()) continue;
    const base::Bytes& point = *leaf->public_point();
    out.key[0] = 4;
    std::ranges::copy(point, out.key.begin() + 1);
    out.key_len = 1 + point.size();
    out.algo = point.size() == 64 ? ccaproto::SignatureAlgorithm::kEcdsaP256 : ccaproto::SignatureAlgorithm::kEcdsaP384;
    return out;
  }
  return out;
}

std::string refused(Rmi call) { return std::string(ccaproto::name_of(call)); }

}  // namespace

// ---- words ----------------------------------------------------------------------------------------------------------

CallResult CcaMachine::ask_with(Rmi call, Registers in, std::uint64_t Registers::*at, Params params) {
  const std::uint64_t page = host_.take_page();
  if (page == 0) return {{.x0 = ccaproto::with(RmiStatus::kErrorInput)}, std::nullopt};
  (void)host_.memory().write(memory::KeyId::kNone, page, params);
  in.*at = page;
  auto result = ask(0, call, in);
  host_.give_back(page);
  return result;
}

// simplified: the conversation itself goes through the mailbox without the host's hands on these buffers.
bool CcaMachine::converse(Rmi call, const Registers& in) {
  if (comm_ == 0) comm_ = host_.take_page();
  const ccaproto::DevCommData data{.enter = {.req_addr = comm_, .resp_addr = comm_}, .exit = {}};
  (void)host_.memory().write(memory::KeyId::kNone, comm_, wire::encode(data));
  return ask(0, call, in).ok();
}

std::uint64_t CcaMachine::state_of(Rmi call, std::uint64_t object) {
  const auto result = ask(0, call, {.x1 = object});
  return result.ok() ? result.out.x1 : ~std::uint64_t{0};
}

std::uint64_t CcaMachine::object_granule() {
  const std::uint64_t page = host_.take_page();
  return page != 0 && ask(0, Rmi::kGranuleDelegate, {.x1 = page}).ok() ? page : 0;
}

// ---- devices --------------------------------------------------------------------------------------------------------

std::string CcaMachine::attach_device(const tio::Attachment& device) {
  rmm_->attach(Card{.device = device.firmware, .mmio = device.mmio, .root_port = device.root_port});
  if (comm_ == 0) comm_ = host_.take_page();
  const auto features = ask(0, Rmi::kFeatures, {.x1 = 2});
  if (!features.ok() || !(features.out.x1 & ccaproto::kFeatureDa)) return refused(Rmi::kFeatures);
  std::uint64_t& port = root_ports_[device.root_port];
  if (port == 0) {
    port = object_granule();
    const ccaproto::PdevParams params{.flags = ccaproto::pdev_flags(PdevCategory::kRootPort, false), .pdev_id = device.root_port};
    if (!ask_with(Rmi::kPdevCreate, {.x1 = port}, &Registers::x2, wire::encode(params)).ok()) return refused(Rmi::kPdevCreate);
    if (!converse(Rmi::kPdevCommunicate, {.x1 = port, .x2 = comm_})) return refused(Rmi::kPdevCommunicate);
  }
  devices_.push_back({.with = device, .root_port = port});
  for (const auto& function : device.functions) interfaces_[function.id].device = devices_.size() - 1;
  return create_pdev(devices_.back());
}

std::string CcaMachine::create_pdev(Device& device) {
  const auto& functions = device.with.functions;
  const auto last = std::ranges::max_element(functions, {}, &tio::DeviceManager::Function::id);
  device.pdev = object_granule();
  const ccaproto::PdevParams params{.flags = ccaproto::pdev_flags(PdevCategory::kOffChip, true),
                                    .pdev_id = functions.front().id,
                                    .rid_base = functions.front().id,
                                    .rid_top = last->id + 1u};
  if (ask_with(Rmi::kPdevCreate, {.x1 = device.pdev}, &Registers::x2, wire::encode(params)).ok()) return "";
  device.pdev = 0;
  return refused(Rmi::kPdevCreate);
}

// The root port's turn and the device's, as often as one of them has to wait.
bool CcaMachine::turns(const Device& device) {
  bool all = true;
  for (const std::uint64_t end : {device.root_port, device.pdev, device.root_port, device.pdev})
    all = converse(Rmi::kPdevCommunicate, {.x1 = end, .x2 = comm_}) && all;
  return all && ask(0, Rmi::kPdevStreamComplete, {.x1 = device.pdev, .x2 = device.root_port, .x3 = device.stream}).ok();
}

std::string CcaMachine::connect(Device& device) {
  const auto is = [&](PdevState state) { return state_of(Rmi::kPdevGetState, device.pdev) == static_cast<std::uint64_t>(state); };
  if (device.pdev == 0)
    if (const auto why = create_pdev(device); !why.empty()) return why;
  if (!converse(Rmi::kPdevCommunicate, {.x1 = device.pdev, .x2 = comm_}) || !is(PdevState::kNeedsKey)) return refused(Rmi::kPdevCommunicate);
  const auto key = key_in(device.with.firmware->evidence({}, tio::EvidencePart::kCertificates));
  if (!ask_with(Rmi::kPdevSetPubkey, {.x1 = device.pdev}, &Registers::x2, wire::encode(key)).ok()) return refused(Rmi::kPdevSetPubkey);
  if (!converse(Rmi::kPdevCommunicate, {.x1 = device.pdev, .x2 = comm_}) || !is(PdevState::kReady)) return refused(Rmi::kPdevCommunicate);
  const ccaproto::PdevStreamParams stream{.pdev_1 = device.pdev, .pdev_2 = device.root_port, .ide_sid = device.with.stream};
  const auto handle = ask_with(Rmi::kPdevStreamConnect, {}, &Registers::x1, wire::encode(stream));
  if (!handle.ok()) return refused(Rmi::kPdevStreamConnect);
  device.stream = handle.out.x1;
  if (!turns(device)) return refused(Rmi::kPdevStreamComplete);
  device.connected = true;
  device.with.host->connected();
  return "";
}

// Whatever is left of it, so that it can be connected anew: a device that was reset has lost session and keys.
void CcaMachine::disconnect(cpu::Vm& vm, std::size_t index) {
  Device& device = devices_[index];
  for (auto& [function, interface] : interfaces_)
    if (interface.device == index && interface.vdev != 0) destroy_vdev(vm, interface);
  if (device.pdev == 0) return;
  if (state_of(Rmi::kPdevGetState, device.pdev) == static_cast<std::uint64_t>(PdevState::kError)) (void)ask(0, Rmi::kPdevAbort, {.x1 = device.pdev});
  if (device.connected && ask(0, Rmi::kPdevStreamDisconnect, {.x1 = device.pdev, .x2 = device.root_port, .x3 = device.stream}).ok()) (void)turns(device);
  device.connected = false;
  if (!ask(0, Rmi::kPdevStop, {.x1 = device.pdev}).ok()) return;
  (void)converse(Rmi::kPdevCommunicate, {.x1 = device.pdev, .x2 = comm_});
  if (!ask(0, Rmi::kPdevDestroy, {.x1 = device.pdev}).ok()) return;
  if (ask(0, Rmi::kGranuleUndelegate, {.x1 = device.pdev}).ok()) host_.give_back(device.pdev);
  device.pdev = 0;
}

// ---- interfaces -----------------------------------------------------------------------------------------------------

CcaMachine::Interface* CcaMachine::interface_of(const cpu::Vm& vm, std::uint64_t id) {
  const auto found = id > 0xFFFF ? interfaces_.end() : interfaces_.find(static_cast<std::uint16_t>(id));
  return found == interfaces_.end() || found->second.vdev == 0 || found->second.vm != vm.name ? nullptr : &found->second;
}

Registers CcaMachine::names(const Interface& interface) const {
  const auto guest = guests_.find(interface.vm);
  return {.x1 = guest == guests_.end() ? 0 : guest->second.rd, .x2 = devices_[interface.device].pdev, .x3 = interface.vdev, .x4 = comm_};
}

// One command and the conversation that it begins.
bool CcaMachine::step(cpu::Vm& vm, Interface& interface, Rmi call, VdevState then) {
  const Registers in = names(interface);
  if (!ask(vm.asid, call, in).ok() || !converse(Rmi::kVdevCommunicate, in)) return false;
  const auto state = static_cast<VdevState>(state_of(Rmi::kVdevGetState, interface.vdev));
  if (state == VdevState::kError) (void)ask(vm.asid, Rmi::kVdevAbort, in);  // a conversation that failed is over
  return state == then;
}

bool CcaMachine::create_vdev(cpu::Vm& vm, std::uint16_t function) {
  Interface& interface = interfaces_.at(function);
  if (interface.vdev != 0 && interface.vm == vm.name) return true;
  if (interface.vdev != 0) return false;  // somebody else's
  ccaproto::VdevParams params{.vdev_id = function, .tdi_id = function};
  for (const auto& range : devices_[interface.device].with.host->memory(function))
    if (params.num_addr_range < ccaproto::kVdevRangesMax)
      params.addr_range[params.num_addr_range++] = {.base = range.base, .top = range.base + range.bytes};
  interface.vdev = object_granule();
  interface.vm = vm.name;
  if (!ask_with(Rmi::kVdevCreate, names(interface), &Registers::x4, wire::encode(params)).ok()) {
    if (interface.vdev != 0 && ask(0, Rmi::kGranuleUndelegate, {.x1 = interface.vdev}).ok()) host_.give_back(interface.vdev);
    interface.vdev = 0;
    return false;
  }
  return converse(Rmi::kVdevCommunicate, names(interface));
}

// A device that was reset does not answer: the host connects it anew and tries once more.
std::uint64_t CcaMachine::take(cpu::Vm& vm, std::uint16_t function) {
  const std::size_t index = interfaces_.at(function).device;
  for (int tries = 0; tries < 2; ++tries) {
    if (tries > 0) disconnect(vm, index);
    if (!devices_[index].connected && !connect(devices_[index]).empty()) {
      disconnect(vm, index);
      return ccaproto::kRhiErrorDevice;
    }
    if (!create_vdev(vm, function)) return ccaproto::kRhiErrorInput;
    if (step(vm, interfaces_.at(function), Rmi::kVdevLock, VdevState::kLocked)) return ccaproto::kRhiSuccess;
  }
  return ccaproto::kRhiErrorDevice;
}

// Its memory first: the RMM lets no interface go of which a realm still has some.
void CcaMachine::unlock(cpu::Vm& vm, Interface& interface) {
  const Registers in = names(interface);
  for (const auto& [gpa, pa] : std::exchange(interface.mapped, {})) {
    (void)ask(vm.asid, Rmi::kRttDevUnmap, {.x1 = in.x1, .x2 = gpa, .x3 = gpa + kPage});
    (void)ask(vm.asid, Rmi::kGranuleUndelegate, {.x1 = pa});
  }
  const auto state = static_cast<VdevState>(state_of(Rmi::kVdevGetState, interface.vdev));
  if (state != VdevState::kLocked && state != VdevState::kStarted && state != VdevState::kError) return;
  if (ask(vm.asid, Rmi::kVdevUnlock, in).ok()) (void)converse(Rmi::kVdevCommunicate, in);
}

void CcaMachine::destroy_vdev(cpu::Vm& vm, Interface& interface) {
  unlock(vm, interface);
  if (!ask(vm.asid, Rmi::kVdevDestroy, names(interface)).ok()) return;
  if (ask(vm.asid, Rmi::kGranuleUndelegate, {.x1 = interface.vdev}).ok()) host_.give_back(interface.vdev);
  interface.vdev = 0;
}

void CcaMachine::give_back_devices(cpu::Vm& vm) {
  for (auto& [function, interface] : interfaces_)
    if (interface.vdev != 0 && interface.vm == vm.name) destroy_vdev(vm, interface);
}

// ---- exits ----------------------------------------------------------------------------------------------------------

cpu::Exit CcaMachine::host_call(cpu::Vm& vm, const cpu::Exit& exit) {
  const auto answer = [&](std::uint64_t status) { return cpu::Exit{.code = exit.code, .rax = status}; };
  // Nothing else is to be had of this host by name.
  if (devices_.empty()) return answer(ccaproto::kSmcNotSupported);
  const auto call = static_cast<Rhi>(exit.rax);
  if (call == Rhi::kDaFeatures)
    return answer(ccaproto::kRhiFeatureMeasurements | ccaproto::kRhiFeatureReport | ccaproto::kRhiFeatureSetTdiState);
  if (exit.rbx > 0xFFFF || !interfaces_.contains(static_cast<std::uint16_t>(exit.rbx))) return answer(ccaproto::kRhiNoSuchVdev);
  const auto function = static_cast<std::uint16_t>(exit.rbx);
  if (call == Rhi::kVdevSetTdiState && static_cast<TdiState>(exit.rcx) == TdiState::kLocked) return answer(take(vm, function));
  Interface* interface = interface_of(vm, function);
  if (!interface) return answer(ccaproto::kRhiNoSuchVdev);
  const auto status = [](bool done) { return done ? ccaproto::kRhiSuccess : ccaproto::kRhiErrorDevice; };
  switch (call) {
    case Rhi::kVdevGetMeasurements: return answer(status(step(vm, *interface, Rmi::kVdevGetMeasurements, VdevState::kLocked)));
    case Rhi::kVdevGetInterfaceReport: return answer(status(step(vm, *interface, Rmi::kVdevGetInterfaceReport, VdevState::kLocked)));
    case Rhi::kVdevSetTdiState:
      if (static_cast<TdiState>(exit.rcx) == TdiState::kRun) return answer(status(step(vm, *interface, Rmi::kVdevStart, VdevState::kStarted)));
      unlock(vm, *interface);
      return answer(ccaproto::kRhiSuccess);
    default: return answer(ccaproto::kSmcNotSupported);
  }
}

// The host tells the IOMMU what it has in tables of its own; the RMM leads the device by the realm's.
void CcaMachine::vdev_request(cpu::Vm& vm, std::uint64_t id) {
  const Interface* interface = interface_of(vm, id);
  if (!interface) return;
  devices_[interface->device].with.host->map_dma(vm, static_cast<std::uint16_t>(id));
  (void)ask(vm.asid, Rmi::kVdevComplete, {.x1 = guests_[vm.name].rec, .x2 = interface->vdev});
}

// As the realm asked: that memory, at that address.
bool CcaMachine::map_device(cpu::Vm& vm, const cpu::Exit& exit) {
  Interface* interface = interface_of(vm, exit.rbx);
  const auto guest = guests_.find(vm.name);
  if (!interface || guest == guests_.end() || exit.info1 % kPage != 0 || exit.info2 <= exit.info1) return false;
  const std::uint64_t rd = guest->second.rd;
  for (std::uint64_t gpa = exit.info1, pa = exit.rax; gpa < exit.info2; gpa += kPage, pa += kPage) {
    if (interface->mapped.contains(gpa)) continue;
    if (!add_tables(vm, guest->second, gpa).empty() || !ask(vm.asid, Rmi::kGranuleDelegate, {.x1 = pa}).ok()) return false;
    const auto mapped = ask(vm.asid, Rmi::kRttDevMap,
                            {.x1 = rd, .x2 = interface->vdev, .x3 = gpa, .x4 = gpa + kPage, .x5 = ccaproto::kAddressSingle,
                             .x6 = ccaproto::address_range(pa, 1)});
    if (!mapped.ok()) return false;
    interface->mapped[gpa] = pa;
  }
  for (std::uint64_t at = exit.info1; at < exit.info2;) {
    const auto validated = ask(vm.asid, Rmi::kRttDevValidate, {.x1 = rd, .x2 = guest->second.rec, .x3 = at, .x4 = exit.info2});
    if (!validated.ok() || validated.out.x1 <= at) return false;
    at = validated.out.x1;
  }
  return true;
}

// ---- calls by name --------------------------------------------------------------------------------------------------

// Of the VM's first interface, and its device; the page with which the interface's memory begins is mapped in the place of the
// one `value` bytes further, and that one in its place. Nothing: no call of device assignment, or there is no such interface.
std::optional<Registers> CcaMachine::device_operands(const cpu::Vm& vm, Rmi call, const std::map<std::string, std::uint64_t>& args) const {
  if (!da_command_of(static_cast<std::uint64_t>(call))) return std::nullopt;
  const auto arg = [&](const char* key, std::uint64_t otherwise = 0) {
    const auto found = args.find(key);
    return found == args.end() ? otherwise : found->second;
  };
  const auto found = std::ranges::find_if(interfaces_, [&](const auto& one) { return one.second.vdev != 0 && one.second.vm == vm.name; });
  if (found == interfaces_.end()) return std::nullopt;
  const Interface& interface = found->second;
  const Device& device = devices_[interface.device];
  const Registers in = names(interface);
  const auto memory = device.with.host->memory(found->first);
  const std::uint64_t gpa = arg("gpa", memory.empty() ? 0 : memory.front().base), top = arg("top", gpa + kPage), rec = guests_.at(vm.name).rec;
  switch (call) {
    case Rmi::kPdevCommunicate: return Registers{.x1 = in.x2, .x2 = comm_};
    case Rmi::kPdevAbort:
    case Rmi::kPdevDestroy:
    case Rmi::kPdevGetState:
    case Rmi::kPdevStop: return Registers{.x1 = in.x2};
    case Rmi::kPdevStreamComplete:
    case Rmi::kPdevStreamDisconnect:
    case Rmi::kPdevStreamKeyPurge:
    case Rmi::kPdevStreamKeyRefresh: return Registers{.x1 = in.x2, .x2 = device.root_port, .x3 = device.stream};
    case Rmi::kVdevGetState: return Registers{.x1 = in.x3};
    case Rmi::kVdevComplete: return Registers{.x1 = rec, .x2 = in.x3};
    case Rmi::kRttDevMap:
      return Registers{.x1 = in.x1, .x2 = in.x3, .x3 = gpa, .x4 = top, .x5 = arg("flags", ccaproto::kAddressSingle),
                       .x6 = ccaproto::address_range(gpa + arg("value"), 1)};
    case Rmi::kRttDevUnmap: return Registers{.x1 = in.x1, .x2 = gpa, .x3 = top, .x4 = arg("flags")};
    case Rmi::kRttDevValidate: return Registers{.x1 = in.x1, .x2 = rec, .x3 = gpa, .x4 = top};
    default: return in;
  }
}

// What a host does beside such a call of its choice: granules are delegated before they are mapped, and it knows what it mapped.
void CcaMachine::before_device_call(const cpu::Vm& vm, Rmi call, const Registers& in) {
  if (call != Rmi::kRttDevMap) return;
  const auto guest = guests_.find(vm.name);
  if (guest != guests_.end()) (void)add_tables(vm, guest->second, in.x3);
  (void)ask(vm.asid, Rmi::kGranuleDelegate, {.x1 = ccaproto::range_base(in.x6)});
}

void CcaMachine::after_device_call(Rmi call, const Registers& in, const Registers& out) {
  if (call == Rmi::kRttDevMap || call == Rmi::kRttDevUnmap) {
    for (auto& [function, interface] : interfaces_) {
      if (call == Rmi::kRttDevUnmap) std::erase_if(interface.mapped, [&](const auto& page) { return in.x2 <= page.first && page.first < out.x1; });
      else if (interface.vdev == in.x2) interface.mapped[in.x3] = ccaproto::range_base(in.x6);
    }
    const std::uint64_t other = ccaproto::range_base(in.x6);
    if (call == Rmi::kRttDevUnmap || other == in.x3) return;
    (void)ask(0, Rmi::kGranuleDelegate, {.x1 = in.x3});
    const Registers back{.x1 = in.x1, .x2 = in.x2, .x3 = other, .x4 = other + kPage, .x5 = in.x5, .x6 = ccaproto::address_range(in.x3, 1)};
    if (!ask(0, Rmi::kRttDevMap, back).ok()) return;
    for (auto& [function, interface] : interfaces_)
      if (interface.vdev == in.x2) interface.mapped[other] = in.x3;
    return;
  }
  const bool begins = call == Rmi::kVdevLock || call == Rmi::kVdevStart || call == Rmi::kVdevUnlock || call == Rmi::kVdevGetMeasurements ||
                      call == Rmi::kVdevGetInterfaceReport;
  if (begins) (void)converse(Rmi::kVdevCommunicate, in);
}

}  // namespace cca
