#pragma once
// A machine without a security manager: the host owns every page and every register, and there is nobody to ask.
#include "platform/vmm/hypervisor.h"

namespace vmm {

// SVM exit code of CPUID, the same with and without encryption.
inline constexpr std::uint64_t kExitCpuid = 0x72;

class NoTechnology final : public cpu::Technology {
 public:
  explicit NoTechnology(Hypervisor& host) : host_(host) {}

  memory::OwnershipTable& table() override { return table_; }
  std::string boot() override { return {}; }
  std::string launch(cpu::Vm& vm, const cpu::Launch& launch) override;
  void retire(cpu::Vm& vm) override;
  cpu::Exit handle(cpu::Vm& vm, const cpu::Exit& exit) override;
  std::optional<base::Bytes> call(cpu::Vm&, const std::string&, const std::map<std::string, std::uint64_t>&) override {
    return std::nullopt;
  }
  void leave(cpu::Vm& vm, base::View registers) override;
  trust::Result<base::Bytes> enter(cpu::Vm& vm, std::size_t count) override;
  std::uint32_t accept(cpu::Vm&, std::uint64_t, bool) override { return 0; }
  std::uint32_t grant(cpu::Vm&, std::uint64_t, std::uint8_t, std::uint8_t, bool) override { return 0; }

 private:
  Hypervisor& host_;
  memory::NoOwnership table_;
};

}  // namespace vmm
