#pragma once
// RISC-V CoVE as the engine takes it: the TSM, the layers beneath it that attest, the vendor who endorses the platform, and what a
// TVM's owner asks for.
#include <memory>

#include "guest/relying_party/cove_policy.h"
#include "scenarios/engine/kit.h"
#include "scenarios/engine/world.h"
#include "tsm/cove/attest/layers.h"
#include "tsm/cove/attest/vendor.h"
#include "tsm/cove/host/cove_machine.h"

namespace engine {

class CoveKit final : public Kit {
 public:
  explicit CoveKit(World& world);

  std::unique_ptr<cpu::Technology> make_machine() override;
  std::string attach_device(const tio::Attachment& device) override { return machine_->attach_device(device); }
  const char* keeper() const override { return "cove0"; }
  void boot_old_firmware() override { old_tsm_ = true; }

  std::vector<cpu::LaunchPage> image(const VmState& vm) const override;
  void prepare(VmState& vm, cpu::Launch& launch) override;
  std::unique_ptr<GuestKernel> kernel(VmState& vm, GuestMachine& machine) override;

  relying_party::Appraiser appraiser() const override;
  void judge_guest(const VmState& vm, const std::function<void(const std::string&)>& breach) const override;
  std::optional<Counterfeit> forge(const Forgery& forgery, const relying_party::Evidence& genuine, const base::Block<64>& binding) override;

  // By the TSM's calls: a TVM's addresses lead where its tables say.
  std::optional<std::string> take_away(VmState& vm, std::uint64_t gpa) override { return machine_->block(vm.vm, gpa); }
  std::optional<std::string> give_back(VmState& vm, std::uint64_t gpa) override { return machine_->unblock(vm.vm, gpa); }
  std::optional<std::string> put_fresh(VmState& vm, std::uint64_t gpa) override;
  PageFacts page_facts(const VmState& vm, std::uint64_t gpa, std::uint64_t spa) const override;
  std::string key_name(const VmState& vm) const override;
  std::optional<bool> is_inside(const VmState& vm) const override;
  std::vector<std::string> conventions() const override;

  cove::CoveMachine& machine() { return *machine_; }
  // Of the platform's root of trust, as the host fetched it.
  const crypto::Certificate& endorsement() const { return endorsement_; }
  const crypto::Certificate& vendor_root() const { return vendor_.root(); }
  // What a TVM finds in the device tree that its image carries.
  const std::vector<cpu::CpuidLeaf>& processor() const { return processor_; }

 private:
  attest::Platform platform() const;
  void start_layers();

  World& world_;
  bool old_tsm_ = false, debuggable_ = false;
  attest::Vendor vendor_;
  crypto::Certificate endorsement_;
  std::unique_ptr<attest::Layers> layers_;
  std::vector<cpu::CpuidLeaf> processor_;
  cove::CoveMachine* machine_ = nullptr;
};

std::unique_ptr<GuestKernel> make_cove_kernel(World& world, CoveKit& kit, VmState& vm, GuestMachine& machine);
// Where the guest's firmware measures what the host loaded.
inline constexpr unsigned kCoveKernelRegister = coveproto::kInitialRegisters, kCoveCommandLineRegister = coveproto::kInitialRegisters + 1;
// What a host that hands over this configuration gives as the TVM's identity.
coveproto::Identity cove_identity(base::View configuration);

}  // namespace engine
