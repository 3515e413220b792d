#pragma once
// Another genuine machine, in an adversary's hands, with the owner's own image launched in it as it should be. Its guest
// is the adversary's after launch: it asks its security processor for reports on whatever its holder says. The report
// itself is made by that processor, so it says where and as what the guest was launched.
#include <optional>

#include "platform/cpu/vcpu.h"
#include "platform/sim/random.h"
#include "platform/trust/boundary.h"
#include "platform/vmm/hypervisor.h"
#include "tsm/abi/sev_guest.h"
#include "tsm/sev/host/sev_machine.h"

namespace engine {

class World;

class Elsewhere final : public tsm_abi::Platform {
 public:
  // With the processor, firmware and settings of `world`, but the chip of that name and memory of its own.
  Elsewhere(World& world, const std::string& chip);
  ~Elsewhere() override;

  // Empty when the machine did not start, or its guest gets no report.
  std::optional<tsm_abi::ReportWithCertificates> report(const base::Block<64>& report_data);

  // tsm_abi::Platform. Nobody attacks here, so what cannot be read is our own mistake.
  base::Bytes read_private(std::uint64_t gpa, std::size_t count) override;
  void write_private(std::uint64_t gpa, base::View bytes) override;
  base::Bytes read_shared(std::uint64_t gpa, std::size_t count) override { return read_private(gpa, count); }
  void write_shared(std::uint64_t gpa, base::View bytes) override { write_private(gpa, bytes); }
  tsm_abi::VmgexitReply vmgexit(const tsm_abi::Vmgexit& exit) override;
  std::uint32_t pvalidate(std::uint64_t gpa, bool validate) override;
  std::uint32_t rmpadjust(std::uint64_t gpa, std::uint8_t vmpl, std::uint8_t perms, bool vmsa) override;
  base::Bytes trusted_random(std::size_t count) override;

 private:
  trust::Defences defences_;  // of that machine: nothing there is lifted
  memory::EncryptedMemory memory_;
  vmm::Hypervisor host_;
  trust::Boundary calls_, requests_;
  sev::SevMachine machine_;
  cpu::Vm vm_;
  cpu::Vcpu vcpu_;
  sim::Random random_;
  tsm_abi::SevGuest guest_;
  bool started_ = false;
};

}  // namespace engine
