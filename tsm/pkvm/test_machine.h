#pragma once
// For tests: memory, a host that does its job, EL2 under it, one VM, and the VM's processor with the loop that an
// emulator of it runs around exits. `Bare` is EL2 without a host's procedures.
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "platform/cpu/vcpu.h"
#include "platform/protocol/pkvm/host_structs.h"
#include "platform/vmm/test_host.h"
#include "tsm/abi/pkvm_platform.h"
#include "tsm/pkvm/host/pkvm_machine.h"

namespace pkvm {

// What was said of defences, for tests that ask who spoke.
struct Heard final : trust::Defences::Listener {
  void spoke(const trust::Defence& d, std::string_view) override { said.emplace_back(d.id); }
  void missed(const trust::Defence&, std::string_view) override {}
  std::vector<std::string> said;
};

// Two VMs reserved, initialised and loaded on processors 1 and 2: the first protected, the second not.
struct Bare {
  static constexpr std::uint64_t kBytes = 64ull << 20, kCarveout = 8ull << 20, kFirst = 16ull << 20;
  static constexpr std::uint64_t kIpa = 0x4000, kPvmfw = 0xFC'0000;
  static constexpr auto kRaw = memory::KeyId::kNone;

  explicit Bare(const std::vector<std::string>& lifted = {}, El2Settings settings = {},
                memory::Mode mode = memory::Mode::kNone)
      : defences(vmm::lift(lifted)), memory({.bytes = kBytes, .mode = mode}) {
    defences->listen(&heard);
    settings.memory_bytes = kBytes, settings.carveout = kCarveout;
    el2 = std::make_unique<El2>(settings, memory, *defences, base::Bytes(2 * kPage, 0xF1));
    first = make(1, true), second = make(2, false);
  }
  std::int64_t call(std::uint32_t cpu, HostCall name, Registers in = {}) {
    in.x0 = static_cast<std::uint64_t>(name);
    const auto result = el2->host_call(cpu, in);
    refusal = result.refusal;
    return static_cast<std::int64_t>(result.out.x1);
  }
  std::uint64_t fresh() { return next += kPage; }
  std::uint64_t shared(base::View content) {
    const std::uint64_t page = fresh();
    (void)static_cast<bool>(memory.write(kRaw, page, content));
    must(call(0, HostCall::kShareHyp, {.x1 = page / kPage}));
    return page;
  }
  static void must(std::int64_t value) {
    if (value < 0) throw std::runtime_error("a call of the fixture's was refused: " + std::to_string(value));
  }
  std::uint64_t make(std::uint32_t cpu, bool is_protected) {
    const std::int64_t handle = call(cpu, HostCall::kReserveVm);
    must(handle);
    const pkvmproto::HostKvm kvm{
        .handle = static_cast<std::uint64_t>(handle), .pvmfw_load_addr = kPvmfw, .is_protected = is_protected};
    must(call(cpu, HostCall::kInitVm, {.x1 = host_kvm[cpu] = shared(wire::encode(kvm)), .x2 = fresh(), .x3 = fresh()}));
    host_vcpu[cpu] = shared(wire::encode(pkvmproto::HostVcpu{}));
    must(call(cpu, HostCall::kInitVcpu,
              {.x1 = static_cast<std::uint64_t>(handle), .x2 = host_vcpu[cpu], .x3 = fresh()}));
    must(call(cpu, HostCall::kVcpuLoad, {.x1 = static_cast<std::uint64_t>(handle)}));
    return static_cast<std::uint64_t>(handle);
  }
  std::int64_t donate(std::uint64_t phys, std::uint64_t ipa, std::uint32_t cpu = 1) {
    return call(cpu, HostCall::kDonateGuest, {.x1 = phys / kPage, .x2 = ipa / kPage});
  }
  std::int64_t share(std::uint64_t phys, std::uint64_t ipa, std::uint32_t cpu = 2) {
    return call(cpu, HostCall::kShareGuest,
                {.x1 = phys / kPage, .x2 = ipa / kPage, .x3 = 1, .x4 = pkvmproto::kProtRwx});
  }
  HvcResult hvc(GuestCall name, std::uint64_t x1 = 0, std::uint64_t x2 = 0, std::uint32_t cpu = 1) {
    return el2->guest_call(cpu, {.x0 = static_cast<std::uint64_t>(name), .x1 = x1, .x2 = x2});
  }
  std::int64_t guest(GuestCall name, std::uint64_t x1 = 0, std::uint64_t x2 = 0, std::uint32_t cpu = 1) {
    return static_cast<std::int64_t>(hvc(name, x1, x2, cpu).out.x0);
  }
  bool host_reaches(std::uint64_t phys) {
    return static_cast<bool>(el2->check({.who = memory::Access::Who::kHost, .spa = phys}));
  }
  base::Bytes read(std::uint64_t phys, memory::KeyId key = kRaw) {
    base::Bytes out(kPage);
    (void)static_cast<bool>(memory.read(key, phys, out));
    return out;
  }
  void fill(std::uint64_t phys, std::uint8_t value, memory::KeyId key = kRaw) {
    (void)static_cast<bool>(memory.write(key, phys, base::Bytes(kPage, value)));
  }
  HostPage host(std::uint64_t phys) const { return el2->pages().host(phys); }
  GuestPage entry(std::uint64_t ipa, std::uint64_t handle = 0) const {
    return el2->vm(handle == 0 ? first : handle)->page(ipa);
  }

  Heard heard;
  std::unique_ptr<trust::Defences> defences;
  memory::EncryptedMemory memory;
  std::unique_ptr<El2> el2;
  std::uint64_t first = 0, second = 0, next = kFirst;
  std::map<std::uint32_t, std::uint64_t> host_kvm, host_vcpu;
  std::optional<trust::Refusal> refusal;
};

// What makes an access not return.
struct GuestStops : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// A host with its procedures and one VM.
struct TestMachine : vmm::TestHost {
  static constexpr std::uint64_t kKernel = 0x1000, kHeap = 0x4000, kVmBytes = 16ull << 20;

  explicit TestMachine(const std::vector<std::string>& lifted = {}, base::Bytes pvmfw = base::Bytes(2 * kPage, 0xF1),
                       El2Settings el2_settings = {}, memory::Mode mode = memory::Mode::kNone)
      : TestHost(lifted, [&](trust::Defences&) { return memory::Settings{.bytes = kBytes, .mode = mode}; }) {
    el2_settings.memory_bytes = kBytes, el2_settings.carveout = Bare::kCarveout;
    el2_settings.id_registers = {{0x1, 0, 7, 8, 9, 10}};
    machine = std::make_unique<PkvmMachine>(HostSettings{el2_settings, std::move(pvmfw), Bare::kPvmfw}, host, calls,
                                            *defences);
    vcpu = std::make_unique<cpu::Vcpu>("vm0.cpu", vm, memory, *machine);
    vm.space.set(0, kVmBytes, memory::AddressSpace::Attribute::kPrivate);
  }
  std::string start() {
    cpu::Launch launch;
    launch.pages = {{kKernel, base::Bytes(kPage, 7), cpu::LaunchPage::Kind::kUnmeasured}};
    if (const auto why = machine->boot(); !why.empty()) return why;
    return machine->launch(vm, launch);
  }
  std::uint64_t phys(std::uint64_t ipa) const { return machine->of(vm)->page(ipa).phys; }

  std::unique_ptr<PkvmMachine> machine;
  cpu::Vm vm{"vm0", 1, kVmBytes};
  std::unique_ptr<cpu::Vcpu> vcpu;
};

class TestPlatform final : public tsm_abi::PkvmPlatform {
 public:
  explicit TestPlatform(TestMachine& machine) : m_(machine) {}

  base::Bytes read(std::uint64_t ipa, std::size_t count) override {
    base::Bytes out(count);
    touch(ipa, out, {});
    return out;
  }
  void write(std::uint64_t ipa, base::View bytes) override { touch(ipa, {}, bytes); }
  Registers hvc(const Registers& in) override {
    for (int tries = 0; tries < 8; ++tries) {
      const auto result = m_.machine->hvc(m_.vm, in);
      if (at_result) at_result(in, const_cast<HvcResult&>(result));
      if (!result.exit) return result.out;
      const auto answer = exit(*result.exit);
      if (result.exit->code == pkvmproto::kExitHvc64) return {.x0 = answer.rax};
    }
    throw GuestStops("the same exit again and again");
  }
  base::Bytes trusted_random(std::size_t count) override { return base::Bytes(count, 4); }

  std::function<void(const Registers&, HvcResult&)> at_result;
  std::vector<std::string> exits;

 private:
  cpu::Exit exit(const GuestExit& why) {
    const cpu::Exit there = exit_of(why);
    exits.push_back(object_of(there));
    const cpu::Exit back = m_.machine->handle(m_.vm, there);
    if (!m_.machine->resume(m_.vm, back)) throw GuestStops("the host does not resume the guest");
    return back;
  }
  void touch(std::uint64_t ipa, std::span<std::uint8_t> out, base::View in) {
    for (int tries = 0; tries < 8; ++tries) {
      const auto result = in.empty() ? m_.vcpu->read(ipa, out) : m_.vcpu->write(ipa, in);
      if (result) return;
      (void)exit(m_.machine->fault(m_.vm, result.gpa, !in.empty()));
    }
    throw GuestStops("the same fault again and again");
  }

  TestMachine& m_;
};

}  // namespace pkvm
