#pragma once
// SEV, SEV-ES and SEV-SNP as the engine takes them: the security processor and its firmware, what an owner sends along with a launch,
// and what he asks of a report.
#include <memory>

#include "guest/relying_party/sev_verifier.h"
#include "guest/relying_party/snp_verifier.h"
#include "platform/protocol/sev/page_info.h"
#include "scenarios/engine/kit.h"
#include "scenarios/engine/world.h"
#include "tsm/sev/host/sev_machine.h"

namespace engine {

class SevKit final : public Kit {
 public:
  explicit SevKit(World& world);

  std::unique_ptr<cpu::Technology> make_machine() override;
  std::string attach_device(const tio::Attachment& device) override;
  const char* keeper() const override { return "psp0"; }
  void boot_old_firmware() override;
  void power_off() override;
  void called(const std::string& name) override;

  std::vector<cpu::LaunchPage> image(const VmState& vm) const override;
  void prepare(VmState& vm, cpu::Launch& launch) override;
  std::string launched(VmState& vm) override;
  std::unique_ptr<GuestKernel> kernel(VmState& vm, GuestMachine& machine) override;
  std::string inject(VmState& vm, base::View packet) override;

  std::optional<Counterfeit> forge(const Forgery& forgery, const relying_party::Evidence& genuine, const base::Block<64>& binding) override;
  std::optional<Counterfeit> attest_elsewhere(const std::string& chip, const relying_party::Evidence& genuine, const base::Block<64>& binding) override;

  relying_party::Appraiser appraiser() const override;
  void judge_guest(const VmState& vm, const std::function<void(const std::string&)>& breach) const override;
  PageFacts page_facts(const VmState& vm, std::uint64_t gpa, std::uint64_t spa) const override;
  std::string key_name(const VmState& vm) const override;
  std::optional<bool> is_inside(const VmState& vm) const override;
  std::vector<std::string> conventions() const override;

 private:
  void lead_calls();
  void sign_identity(VmState& vm, cpu::Launch& launch);
  void expect_launch(const VmState& vm, relying_party::Policy& policy) const;
  void open_session(VmState& vm, cpu::Launch& launch);
  void send_secret(VmState& vm);
  void keep_measurement(const VmState& vm, const relying_party::LaunchReport& report);
  bool is_snp() const;

  World& world_;
  std::unique_ptr<relying_party::SevOwner> owner_;  // of a legacy launch
};

// The digest that an SNP launch of this image has.
sevproto::LaunchDigest golden_digest(const VmState& vm);
// What the vendor's key server has for this chip at its present TCB, as the host puts it at hand.
base::Bytes certificate_table(const sev::Psp& psp);

}  // namespace engine
