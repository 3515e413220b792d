#pragma once
// A machine with CoVE for tests: memory, a host that does its job, the TSM behind it, one TVM, and the TVM's hart with the loop that an
// emulator of it runs around exits.
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "platform/cpu/vcpu.h"
#include "platform/vmm/test_host.h"
#include "tsm/abi/cove_platform.h"
#include "tsm/cove/host/cove_machine.h"

namespace cove {

// What makes an access not return.
struct TvmStops : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Evidence that names nothing but what it was asked with.
class TestAttester final : public Attester {
 public:
  std::optional<base::Bytes> evidence(const About& about) override {
    base::Bytes out = base::bytes_of(about.challenge);
    base::append(out, about.public_key);
    return out;
  }
};

struct TestMachine : vmm::TestHost {
  static constexpr std::uint64_t kVmBytes = 1ull << 20;
  static constexpr std::uint64_t kFirmware = 0x1000, kHeap = 0x4000;
  static constexpr auto kNone = memory::KeyId::kNone;

  explicit TestMachine(const std::vector<std::string>& lifted = {}, TsmSettings settings = {})
      : TestHost(lifted, [&](trust::Defences& all) { return memory_settings({.bytes = kBytes}, settings, all); }),
        machine(with_memory(settings), host, calls, *defences, 7),
        tsm(machine.tsm()) {
    tsm.attach(attester);
  }
  static TsmSettings with_memory(TsmSettings settings) {
    settings.memory_bytes = kBytes;
    return settings;
  }
  static cpu::Launch image() {
    cpu::Launch launch;
    launch.pages = {{kFirmware, base::Bytes(kPage, 7), cpu::LaunchPage::Kind::kMeasured},
                    {kFirmware + kPage, base::Bytes(kPage, 9), cpu::LaunchPage::Kind::kMeasured}};
    return launch;
  }

  // An ECALL of the host's, past its procedures.
  CallResult call(Covh function, Ecall in = {}, std::uint32_t hart = 1) {
    in.a6 = coveproto::function_id(static_cast<std::uint16_t>(function), kSdid);
    in.a7 = coveproto::kCovh;
    return tsm.host_call(hart, in);
  }
  std::string start(const cpu::Launch& launch = image()) {
    if (const auto why = machine.boot(); !why.empty()) return why;
    if (const auto why = machine.launch(vm, launch); !why.empty()) return why;
    vm.space.set(0, kVmBytes, memory::AddressSpace::Attribute::kPrivate);
    return "";
  }
  // Confidential pages that nobody has.
  std::uint64_t confidential(std::uint64_t first, std::uint64_t count = 1) {
    (void)call(Covh::kConvertPages, {.a0 = first, .a1 = count});
    (void)call(Covh::kGlobalFence);
    for (std::uint32_t hart = 0; hart < tsm.tracking().harts(); ++hart) (void)call(Covh::kLocalFence, {}, hart);
    return first;
  }
  const Tvm& tvm() const { return *machine.tvm(vm); }
  std::uint64_t spa(std::uint64_t gpa) const { return tvm().mappings.at(gpa).spa; }

  TestAttester attester;
  CoveMachine machine;
  Tsm& tsm;
  cpu::Vm vm{"vm0", 1, kVmBytes};
  cpu::Vcpu vcpu{"vm0.cpu", vm, memory, machine};
};

// The TVM's hart, and what an emulator does around its exits. `at_exit` sees each on its way to the host, `at_answer` on its way back.
class TestPlatform final : public tsm_abi::CovePlatform {
 public:
  explicit TestPlatform(TestMachine& machine) : m_(machine) {}

  base::Bytes read(std::uint64_t gpa, std::size_t count) override {
    base::Bytes out(count);
    touch(gpa, out, {});
    return out;
  }
  void write(std::uint64_t gpa, base::View bytes) override { touch(gpa, {}, bytes); }
  SbiRet ecall(const Ecall& in) override {
    for (int tries = 0; tries < 8; ++tries) {
      const auto result = m_.machine.ecall(m_.vm, in);
      if (result.dead) throw TvmStops("the TVM is dead");
      if (!result.exit) return result.ret;
      if (const auto answer = exit(*result.exit)) return *answer;
    }
    throw TvmStops("the same exit again and again");
  }
  base::Bytes trusted_random(std::size_t count) override { return base::Bytes(count, 4); }

  std::function<void(cpu::Exit&)> at_exit, at_answer;
  std::vector<std::string> exits;

 private:
  std::optional<SbiRet> exit(const TvmExit& why) {
    cpu::Exit there = exit_of(why);
    exits.push_back(object_of(there));
    if (at_exit) at_exit(there);
    cpu::Exit back = m_.machine.handle(m_.vm, there);
    if (at_answer) at_answer(back);
    const auto resumed = m_.machine.resume(m_.vm, back);
    if (!resumed.entered) throw TvmStops("the host does not resume the TVM");
    return resumed.answer;
  }
  void touch(std::uint64_t gpa, std::span<std::uint8_t> out, base::View in) {
    for (int tries = 0; tries < 8; ++tries) {
      const auto result = in.empty() ? m_.vcpu.read(gpa, out) : m_.vcpu.write(gpa, in);
      if (result) return;
      const bool check = result.kind == cpu::AccessResult::Kind::kMemoryFault;
      const auto fault = m_.machine.fault(m_.vm, result.gpa, !in.empty(), check);
      if (fault.seen == Fault::Seen::kDead) throw TvmStops("dead");
      if (fault.seen == Fault::Seen::kAccessFault) throw TvmStops("access fault");
      (void)exit(fault.exit);
    }
    throw TvmStops("the same fault again and again");
  }

  TestMachine& m_;
};

}  // namespace cove
