#pragma once
// A machine with Arm CCA for tests: memory, a host that does its job, the RMM behind it, one realm, and the realm's processor with the
// loop that an emulator of it runs around exits.
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "platform/cpu/vcpu.h"
#include "platform/vmm/test_host.h"
#include "tsm/abi/cca_platform.h"
#include "tsm/cca/host/cca_machine.h"

namespace cca {

// A token that says nothing but its claims' digests: enough to see which bytes went where. Longer than a page.
class TestTokens final : public TokenUnit {
 public:
  base::Bytes make(const RealmClaims& claims) override {
    made.push_back(claims);
    base::Bytes token(5000, 0x7C);
    std::copy(claims.challenge.begin(), claims.challenge.end(), token.begin());
    return token;
  }
  std::vector<RealmClaims> made;
};

// What makes an access not return.
struct RealmStops : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct TestMachine : vmm::TestHost {
  static constexpr std::uint64_t kPage = 4096;
  static constexpr std::uint64_t kVmBytes = 1ull << 20;
  static constexpr std::uint64_t kFirmware = 0x1000, kBuffer = 0x2000, kHeap = 0x4000;
  static constexpr auto kNone = memory::KeyId::kNone;
  static constexpr auto kPrivate = memory::AddressSpace::Attribute::kPrivate;
  static constexpr auto kShared = memory::AddressSpace::Attribute::kShared;

  explicit TestMachine(const std::vector<std::string>& lifted = {}, const RmmSettings& settings = {.memory_bytes = kBytes})
      : TestHost(lifted), machine(settings, host, calls, *defences, 7), rmm(machine.rmm()) {
    rmm.attach(tokens);
  }

  static cpu::Launch image() {
    cpu::Launch launch;
    launch.pages = {{kFirmware, base::Bytes(kPage, 7), cpu::LaunchPage::Kind::kMeasured},
                    {kBuffer, base::Bytes(kPage, 9), cpu::LaunchPage::Kind::kUnmeasured},
                    {0, base::Bytes(kPage), cpu::LaunchPage::Kind::kSaveArea}};
    return launch;
  }

  // RMI, past the host's procedures.
  CallResult call(Rmi command, Registers in = {}) {
    in.x0 = static_cast<std::uint64_t>(command);
    return rmm.rmi(vm.asid, in);
  }
  std::string start(const cpu::Launch& launch = image()) {
    if (const auto why = machine.boot(); !why.empty()) return why;
    if (const auto why = machine.launch(vm, launch); !why.empty()) return why;
    for (const auto& page : launch.pages)
      if (page.kind != cpu::LaunchPage::Kind::kSaveArea) vm.space.set(page.gpa, kPage, kPrivate);
    return "";
  }
  RttEntry entry(std::uint64_t ipa) const { return machine.realm(vm)->rtt.walk(ipa, 3).entry; }
  std::uint64_t pa(std::uint64_t gpa) const { return entry(gpa).pa; }

  TestTokens tokens;
  CcaMachine machine;
  Rmm& rmm;
  cpu::Vm vm{"vm0", 1, kVmBytes};
  cpu::Vcpu vcpu{"vm0.cpu", vm, memory, machine};
};

// The realm's processor, and what an emulator does around its exits. `at_exit` sees an exit on its way to the host, `at_answer` what
// comes back.
class TestPlatform final : public tsm_abi::CcaPlatform {
 public:
  explicit TestPlatform(TestMachine& machine) : m_(machine) {}

  base::Bytes read_private(std::uint64_t gpa, std::size_t count) override {
    base::Bytes out(count);
    touch(gpa, out, {});
    return out;
  }
  void write_private(std::uint64_t gpa, base::View bytes) override { touch(gpa, {}, bytes); }
  base::Bytes read_shared(std::uint64_t gpa, std::size_t count) override { return read_private(gpa, count); }
  void write_shared(std::uint64_t gpa, base::View bytes) override { write_private(gpa, bytes); }

  Registers rsi(const Registers& in) override {
    for (int tries = 0; tries < 8; ++tries) {
      const auto result = m_.machine.rsi(m_.vm, in);
      if (result.dead) throw RealmStops("the realm is over");
      if (!result.exit) return result.out;
      if (const auto answer = exit(*result.exit)) return *answer;
    }
    throw RealmStops("the same exit again and again");
  }
  base::Bytes trusted_random(std::size_t count) override { return base::Bytes(count, 4); }

  std::function<void(cpu::Exit&)> at_exit;
  std::function<void(cpu::Exit&)> at_answer;
  std::vector<std::string> exits;

 private:
  std::optional<Registers> exit(const RecExit& why) {
    cpu::Exit there = exit_of(why);
    exits.push_back(object_of(there));
    if (at_exit) at_exit(there);
    cpu::Exit back = m_.machine.handle(m_.vm, there);
    if (at_answer) at_answer(back);
    const auto resumed = m_.machine.resume(m_.vm, back);
    if (!resumed.entered) throw RealmStops("the host does not resume the realm");
    if (resumed.aborted) throw RealmStops("the host answers with an abort");
    return resumed.answer;
  }
  void touch(std::uint64_t gpa, std::span<std::uint8_t> out, base::View in) {
    for (int tries = 0; tries < 8; ++tries) {
      const auto result = in.empty() ? m_.vcpu.read(gpa, out) : m_.vcpu.write(gpa, in);
      if (result) return;
      if (result.kind == cpu::AccessResult::Kind::kRefused) throw RealmStops(std::string(result.refusal->by->id));
      const auto fault = m_.machine.fault(m_.vm, result.gpa, !in.empty());
      if (fault.seen == Fault::Seen::kDead) throw RealmStops("the realm is over");
      if (fault.seen == Fault::Seen::kSea) throw RealmStops("synchronous external abort");
      (void)exit(fault.exit);
    }
    throw RealmStops("the same fault again and again");
  }

  TestMachine& m_;
};

}  // namespace cca
