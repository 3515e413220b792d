#pragma once
// Arm CCA as the engine takes it: the RMM and what a server has beside it (who signs the tokens of platform and realms, the vendor that
// vouches for the platform's key), and what a realm's owner asks for.
#include <memory>

#include "guest/relying_party/cca_policy.h"
#include "scenarios/engine/kit.h"
#include "scenarios/engine/world.h"
#include "tsm/cca/attestation/signer.h"
#include "tsm/cca/attestation/vendor.h"
#include "tsm/cca/host/cca_machine.h"

namespace engine {

class CcaKit final : public Kit {
 public:
  explicit CcaKit(World& world);

  std::unique_ptr<cpu::Technology> make_machine() override;
  std::string attach_device(const tio::Attachment& device) override { return machine_->attach_device(device); }
  const char* keeper() const override { return "rmm0"; }
  void boot_old_firmware() override { --firmware_; }

  std::vector<cpu::LaunchPage> image(const VmState& vm) const override;
  // Whoever wants to look into a VM has the platform's own debugger enabled, or disabled again, before its launch.
  void prepare(VmState&, cpu::Launch&) override { sign_anew(); }
  std::unique_ptr<GuestKernel> kernel(VmState& vm, GuestMachine& machine) override;

  relying_party::Appraiser appraiser() const override;
  void judge_guest(const VmState& vm, const std::function<void(const std::string&)>& breach) const override;
  std::optional<Counterfeit> forge(const Forgery& forgery, const relying_party::Evidence& genuine, const base::Block<64>& binding) override;

  // By the RMM's calls: protected addresses lead where its tables say.
  std::optional<std::string> take_away(VmState& vm, std::uint64_t gpa) override { return machine_->destroy(vm.vm, gpa); }
  std::optional<std::string> give_back(VmState& vm, std::uint64_t gpa) override { return machine_->populate(vm.vm, gpa); }
  std::optional<std::string> put_fresh(VmState& vm, std::uint64_t gpa) override;
  PageFacts page_facts(const VmState& vm, std::uint64_t gpa, std::uint64_t spa) const override;
  std::string key_name(const VmState& vm) const override;
  std::optional<bool> is_inside(const VmState& vm) const override;
  std::vector<std::string> conventions() const override;

  cca::CcaMachine& machine() { return *machine_; }
  // What the vendor said of this platform, as the host carries it.
  base::Bytes endorsement() const { return vendor_.endorse(signer_->platform()); }
  // X||Y of what an owner elsewhere may begin with: the vendor's key, or this platform's own.
  const base::Bytes& vendor_key() const { return vendor_.public_key(); }
  base::Bytes platform_key() const { return signer_->platform().platform_key().public_point(); }

 private:
  static constexpr unsigned kFirmware = 6;  // that owners ask for
  attestation::Platform platform() const;
  void sign_anew();

  World& world_;
  unsigned firmware_ = kFirmware;
  attestation::Vendor vendor_;
  std::unique_ptr<attestation::Signer> signer_;
  cca::CcaMachine* machine_ = nullptr;
};

std::unique_ptr<GuestKernel> make_cca_kernel(World& world, CcaKit& kit, VmState& vm, GuestMachine& machine);
// What the firmware of a realm extends into the first two extensible registers.
// The kernel, what it is started with, and where firmware looks at them the words that say how the machine is: boot_words.h.
ccaproto::EventLog realm_boot_events(base::View kernel, const std::vector<base::Bytes>& kernel_words, const std::vector<base::Bytes>& machine);
// What a host that hands over this configuration says in the realm personalization value.
base::Block<64> personalization_of(base::View configuration);

}  // namespace engine
