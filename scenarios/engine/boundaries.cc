// The boundaries of a world by name, and who stands on their far sides.
#include <algorithm>

#include "scenarios/engine/adversary.h"
#include "scenarios/engine/device_bay.h"
#include "scenarios/engine/guest_machine.h"
#include "scenarios/engine/guest_rows.h"
#include "scenarios/engine/token_desk.h"
#include "scenarios/engine/trunk.h"
#include "scenarios/engine/vm_tpm.h"
#include "scenarios/engine/virtio_device.h"

namespace engine {

namespace {

// Of the registers that a host answers for: where the interrupt controller is, enabled, on the first processor.
constexpr std::uint64_t kApicBaseRegister = 0x1B, kApicBase = 0xFEE0'0900;

}  // namespace

const trust::Boundary& World::net(const std::string& from, const std::string& to) {
  const std::string name = "net " + from + " -> " + to;
  auto& boundary = nets[name];
  if (!boundary) {
    boundary = std::make_unique<trust::Boundary>(name);
    boundary->attach(*adversary);
    const auto named = [&](const std::string& name) -> VmState* {
      const auto vm = std::find_if(vms.begin(), vms.end(), [&](const auto& v) { return v->name == name; });
      return vm == vms.end() ? nullptr : vm->get();
    };
    VmState* asks = named(from);
    if (VmState* waits = asks ? asks : named(to))
      boundary->waits_by([waits](std::uint64_t span) { waits->guest->wait(span); });
    if (asks && is_service(to)) boundary->leads_to(service_for(*this, *asks, to));
    if (asks && to == "owner0")
      boundary->leads_to([this, state = asks](const trust::Message& message) -> std::optional<trust::Message> {
        const base::Bytes answer = ask_owner(message.bytes);
        judge_release(*state, evidence_in(message.bytes));
        return trust::Message{.object = "ANSWER", .bytes = answer, .reply = true};
      });
  }
  return *boundary;
}

DeviceBay* World::find_bay(const std::string& device) const {
  const auto bay = std::find_if(bays.begin(), bays.end(), [&](const auto& b) { return b->name() == device; });
  return bay == bays.end() ? nullptr : bay->get();
}

DeviceFunction* World::find_function(const std::string& device) const {
  for (const auto& bay : bays)
    if (DeviceFunction* found = bay->find(device)) return found;
  return nullptr;
}

const trust::Boundary* World::find_boundary(const std::string& name) {
  for (const auto* boundary : {&tsm_calls, &osc, &signing})
    if (name == boundary->name()) return boundary;
  for (const auto& bay : bays) {
    for (const auto* boundary : {&bay->doe(), &bay->logic()})
      if (boundary->name() == name) return boundary;
    for (const auto& function : bay->functions())
      for (const auto* boundary : {&function->config(), &function->mmio(), &function->evidence_way()})
        if (boundary->name() == name) return boundary;
  }
  if (const auto* boundary = virtio ? virtio->find_boundary(name) : nullptr) return boundary;
  if (fabric)
    for (const auto& [port, trunk] : fabric->trunks())
      if (const auto* boundary = trunk->find_boundary(name)) return boundary;
  for (const auto& vm : vms)
    for (const auto* boundary : {&vm->exit, &vm->requests, &vm->evidence, &vm->host_data, &vm->clock, &vm->interrupts, &vm->tpm})
      if (boundary->name() == name) return boundary;
  for (const auto& vm : vms)
    if (vm->guest && vm->guest->reports().boundary().name() == name) return &vm->guest->reports().boundary();
  const auto arrow = name.find(" -> ");
  if (!name.starts_with("net ") || arrow == std::string::npos) return nullptr;
  return &net(name.substr(4, arrow - 4), name.substr(arrow + 4));
}

// Who stands on the far side of each of a VM's boundaries, and how its guest waits there.
void World::connect(VmState& vm) {
  for (auto* boundary : {&vm.exit, &vm.registers, &vm.requests, &vm.evidence, &vm.host_data, &vm.clock, &vm.interrupts, &vm.tpm})
    boundary->attach(*adversary);
  for (auto* boundary : {&vm.exit, &vm.requests, &vm.evidence, &vm.host_data, &vm.clock, &vm.interrupts, &vm.tpm})
    boundary->waits_by([&vm](std::uint64_t span) { vm.guest->wait(span); });
  lead_host_words(*this, vm);
  vm.interrupts.leads_to([&vm](const trust::Message& message) -> std::optional<trust::Message> {
    vm.guest->hear_event(message);
    return std::nullopt;
  });
  vm.exit.leads_to([this, &vm](const trust::Message& message) -> std::optional<trust::Message> {
    const auto asked = wire::decode<cpu::Exit>(message.bytes);
    if (!asked) return std::nullopt;
    if (message.object == "MSR") {
      cpu::Exit answer = *asked;
      if (asked->info1 == 0) answer.rax = asked->rcx == kApicBaseRegister ? kApicBase : 0, answer.rdx = 0;
      return trust::Message{.object = message.object, .bytes = wire::encode(answer), .schema = message.schema, .reply = true};
    }
    return trust::Message{.object = message.object,
                          .bytes = wire::encode(technology->handle(vm.vm, *asked)),
                          .schema = message.schema,
                          .reply = true};
  });
}

}  // namespace engine
