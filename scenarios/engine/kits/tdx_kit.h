#pragma once
// TDX as the engine takes it: the module and what a server has beside it (the processor's own seal on reports, the quoting enclave on
// the host's side, the vendor's documents about the platform), and what a TD's owner asks for.
#include <memory>
#include <optional>

#include "guest/relying_party/tdx_policy.h"
#include "scenarios/engine/kit.h"
#include "scenarios/engine/world.h"
#include "tsm/tdx/host/tdx_machine.h"
#include "tsm/tdx/quoting/provisioning.h"
#include "tsm/tdx/quoting/quoting_enclave.h"

namespace engine {

class TdxKit final : public Kit, private tdx::ReportUnit {
 public:
  explicit TdxKit(World& world);

  std::unique_ptr<cpu::Technology> make_machine() override;
  std::string attach_device(const tio::Attachment& device) override { return machine_->attach_device(device); }
  const char* keeper() const override { return "tdx0"; }
  void boot_old_firmware() override { --module_svn_; }

  std::vector<cpu::LaunchPage> image(const VmState& vm) const override;
  std::unique_ptr<GuestKernel> kernel(VmState& vm, GuestMachine& machine) override;

  // Every key of a server that was opened is its holder's, so both the quote and the enclave's own report are.
  std::optional<Counterfeit> forge(const Forgery& forgery, const relying_party::Evidence& genuine, const base::Block<64>& binding) override;

  relying_party::Appraiser appraiser() const override;
  void judge_guest(const VmState& vm, const std::function<void(const std::string&)>& breach) const override;

  // By the module's calls: private addresses lead where its tables say.
  std::optional<std::string> take_away(VmState& vm, std::uint64_t gpa) override { return machine_->block(vm.vm, gpa); }
  std::optional<std::string> give_back(VmState& vm, std::uint64_t gpa) override { return machine_->unblock(vm.vm, gpa); }
  std::optional<std::string> put_fresh(VmState& vm, std::uint64_t gpa) override;
  PageFacts page_facts(const VmState& vm, std::uint64_t gpa, std::uint64_t spa) const override;
  std::string key_name(const VmState& vm) const override;
  std::optional<bool> is_inside(const VmState& vm) const override;
  std::vector<std::string> conventions() const override;

  tdx::TdxMachine& machine() { return *machine_; }
  // Of the vendor's service, as the host fetched it.
  const base::Bytes& collateral() const { return papers_->collateral; }
  std::vector<std::pair<std::string, crypto::Certificate>> chain() const;  // PCK, its CA, root

 private:
  static constexpr std::uint8_t kModuleSvn = 6;  // that owners ask for
  static constexpr std::uint16_t kQuoteVersion = 4;

  // What the vendor issued for this server before any world began.
  struct Papers {
    std::vector<crypto::Certificate> pck_chain;
    base::Bytes collateral;
  };
  static std::shared_ptr<const Papers> papers_of(const quoting::Platform& platform, bool lists_revoked);
  // A vendor's documents about a platform of its own.
  static base::Bytes collateral_of(const quoting::Provisioning& vendor, const quoting::Platform& platform, std::vector<base::Bytes> revoked);
  quoting::QuotingEnclave& enclave();

  // tdx::ReportUnit
  base::Bytes make(const tdxproto::ReportContent& content) override;
  bool verify(base::View report_mac_struct) override;

  World& world_;
  std::uint8_t module_svn_ = kModuleSvn;
  quoting::Platform platform_;
  const quoting::Provisioning& vendor_;
  std::shared_ptr<const Papers> papers_;
  std::optional<quoting::QuotingEnclave> enclave_;  // starts when it is first asked
  tdx::TdxMachine* machine_ = nullptr;
};

std::unique_ptr<GuestKernel> make_tdx_kernel(World& world, TdxKit& kit, VmState& vm, GuestMachine& machine);
// What a TD that is built from this image will measure as MRTD, and what its firmware extends into RTMR[1] and RTMR[2].
tdxproto::Measurement golden_mr_td(const VmState& vm);
// What a host that hands over this configuration says in MRCONFIGID.
tdxproto::Measurement config_id(base::View configuration);
struct BootMeasured {
  std::vector<base::Bytes> machine, roms, kernel_words;  // as boot_words.h lists them
};
tdxproto::EventLog boot_events(base::View kernel, const BootMeasured& words);

}  // namespace engine
