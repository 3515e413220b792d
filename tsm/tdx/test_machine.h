#pragma once
// A machine with TDX for tests: memory, a host that does its job, the module behind it, one TD, and the TD's processor with the loop
// that an emulator of it runs around exits.
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "platform/cpu/vcpu.h"
#include "platform/crypto/hash.h"
#include "platform/vmm/test_host.h"
#include "tsm/abi/tdx_platform.h"
#include "tsm/tdx/host/tdx_machine.h"

namespace tdx {

// A report that names nothing but its data: enough to see which bytes went where.
class TestReports final : public ReportUnit {
 public:
  base::Bytes make(const tdxproto::ReportContent& content) override {
    made.push_back(content);
    base::Bytes report(tdxproto::kReportSize);
    report[0] = 0x81;
    std::copy(content.report_data.begin(), content.report_data.end(), report.begin() + 128);
    std::copy(content.td.mr_td.begin(), content.td.mr_td.end(), report.begin() + 528);
    return report;
  }
  bool verify(base::View mac_struct) override { return mac_struct[0] == 0x81; }
  std::vector<tdxproto::ReportContent> made;
};

// What makes an access not return.
struct TdStops : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct TestMachine : vmm::TestHost {
  static constexpr std::uint64_t kPage = 4096;
  static constexpr std::uint64_t kVmBytes = 1ull << 20;
  static constexpr std::uint64_t kFirmware = 0x1000, kHeap = 0x4000;
  static constexpr auto kNone = memory::KeyId::kNone;
  using S = Seamcall;

  explicit TestMachine(IntegrityMode mode = IntegrityMode::kCryptographic, const std::vector<std::string>& lifted = {},
                       tdxproto::TdParams params = {}, unsigned packages = 1)
      : TestHost(lifted, [&](trust::Defences& all) { return memory_settings({.bytes = kBytes, .sockets = packages}, mode, all); }),
        machine(settings(mode), host, calls, *defences, 7),
        module(machine.module()) {
    machine.set_params(params);
    module.attach(reports);
    host.set_cpuid({{0x1, 0, 0x806F8, 0, 0x8000'0000, 0}, {0x4000'0000, 0, 1, 2, 3, 4}});
  }

  static ModuleSettings settings(IntegrityMode mode) {
    ModuleSettings out;
    out.integrity = mode;
    out.memory_bytes = kBytes;
    out.cpuid = {{0x1, 0, 0x806F8, 0, 0x8000'0000, 0}};
    out.seam.mrseam[0] = 0x5E;
    out.connect = true;
    return out;
  }

  static cpu::Launch image() {
    cpu::Launch launch;
    launch.pages = {{kFirmware, base::Bytes(kPage, 7), cpu::LaunchPage::Kind::kMeasured},
                    {kFirmware + kPage, base::Bytes(kPage, 9), cpu::LaunchPage::Kind::kUnmeasured},
                    {0, base::Bytes(kPage), cpu::LaunchPage::Kind::kSaveArea}};
    return launch;
  }

  // SEAMCALL, past the host's procedures.
  CallResult call(S leaf, Registers in = {}) { return call_on(vm.asid, leaf, in); }
  CallResult call_on(std::uint32_t lp, S leaf, Registers in = {}) {
    in.rax = static_cast<std::uint64_t>(leaf);
    return module.seamcall(lp, in);
  }
  std::string start(const cpu::Launch& launch = image()) {
    if (const auto why = machine.boot(); !why.empty()) return why;
    if (const auto why = machine.launch(vm, launch); !why.empty()) return why;
    for (const auto& page : launch.pages)
      if (page.kind != cpu::LaunchPage::Kind::kSaveArea) vm.space.set(page.gpa, kPage, memory::AddressSpace::Attribute::kPrivate);
    return "";
  }
  std::uint64_t tdr() const { return machine.td(vm)->tdr; }
  std::uint64_t hpa(std::uint64_t gpa) const { return machine.td(vm)->sept.leaf(gpa).hpa; }
  SeptState state(std::uint64_t gpa) const { return machine.td(vm)->sept.leaf(gpa).state; }

  TestReports reports;
  TdxMachine machine;
  Module& module;
  cpu::Vm vm{"vm0", 1, kVmBytes};
  cpu::Vcpu vcpu{"vm0.cpu", vm, memory, machine};
};

// The TD's processor, and what an emulator does around its exits. `at_exit` is the host's answer; it may be replaced.
class TestPlatform final : public tsm_abi::TdxPlatform {
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

  Registers tdcall(const Registers& in) override {
    for (int tries = 0; tries < 8; ++tries) {
      const auto result = m_.machine.tdcall(m_.vm, in);
      if (result.dead) throw TdStops("the TD is dead");
      if (!result.exit) return result.out;
      if (const auto answer = exit(*result.exit)) return *answer;
    }
    throw TdStops("the same exit again and again");
  }
  std::optional<tsm_abi::NativeCpuid> cpuid_instruction(std::uint32_t leaf, std::uint32_t subleaf) override {
    const auto native = m_.machine.cpuid(m_.vm, leaf, subleaf);
    if (!native) return std::nullopt;
    return tsm_abi::NativeCpuid{native->eax, native->ebx, native->ecx, native->edx};
  }
  base::Bytes trusted_random(std::size_t count) override { return base::Bytes(count, 4); }

  std::function<void(cpu::Exit&)> at_exit;       // on its way to the host
  std::function<void(cpu::Exit&)> at_answer;     // on its way back
  std::function<void(std::uint64_t)> at_ve;      // the guest's #VE handler, for a private page
  std::vector<std::string> exits;

 private:
  std::optional<Registers> exit(const TdExit& why) {
    cpu::Exit there = exit_of(why);
    exits.push_back(object_of(there));
    if (at_exit) at_exit(there);
    cpu::Exit back = m_.machine.handle(m_.vm, there);
    if (at_answer) at_answer(back);
    const auto resumed = m_.machine.resume(m_.vm, back);
    if (!resumed.entered) throw TdStops("the host does not resume the TD");
    return resumed.answer;
  }
  void touch(std::uint64_t gpa, std::span<std::uint8_t> out, base::View in) {
    for (int tries = 0; tries < 8; ++tries) {
      const auto result = in.empty() ? m_.vcpu.read(gpa, out) : m_.vcpu.write(gpa, in);
      if (result) return;
      const bool check = result.kind == cpu::AccessResult::Kind::kMemoryFault;
      const auto fault = m_.machine.fault(m_.vm, result.gpa, !in.empty(), check);
      if (fault.seen == Fault::Seen::kTdDead) throw TdStops("machine check");
      if (fault.seen == Fault::Seen::kTdExit) {
        (void)exit(fault.exit);
      } else {
        if (!at_ve) throw TdStops("#VE that nobody handles");
        at_ve(result.gpa);
      }
    }
    throw TdStops("the same fault again and again");
  }

  TestMachine& m_;
};

}  // namespace tdx
