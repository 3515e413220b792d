#pragma once
// pKVM as the engine takes it: EL2 with the firmware that a bootloader left, the device's own chain of keys, the
// owner's signed images, and what the owner of a protected VM asks for.
#include <map>

#include "guest/relying_party/pkvm_policy.h"
#include "scenarios/engine/kit.h"
#include "scenarios/engine/world.h"
#include "tsm/pkvm/host/pkvm_machine.h"
#include "tsm/pkvm/pvmfw/device.h"
#include "tsm/pkvm/pvmfw/pvmfw.h"

namespace engine {

// Where things lie in a protected VM. convention: in the low 16 MiB, where a phone has pvmfw near the end of the first
// GiB.
inline constexpr std::uint64_t kPvmfwIpa = 0xFC'0000;
inline constexpr std::uint64_t kVbmetaIpa = 0x2'1000, kRamdiskIpa = 0x2'3000, kInstanceIpa = 0x2'6000;
// By which the host's loader takes one of the owner's releases; a page of the host's that never enters the guest.
inline constexpr std::uint64_t kReleaseIndex = 0x2'7000;
inline constexpr std::uint64_t kHandoverIpa = 0x8000;  // two pages, written by firmware
inline constexpr std::size_t kHandoverBytesMax = 2 * 4096;

class PkvmKit final : public Kit {
 public:
  explicit PkvmKit(World& world);

  std::unique_ptr<cpu::Technology> make_machine() override;
  const char* keeper() const override { return "el2"; }
  void boot_old_firmware() override { --firmware_.hypervisor_version; }

  std::vector<cpu::LaunchPage> image(const VmState& vm) const override;
  std::optional<std::uint64_t> image_part(std::string_view name) const override;
  void prepare(VmState& vm, cpu::Launch& launch) override;
  std::string launched(VmState& vm) override;
  std::unique_ptr<GuestKernel> kernel(VmState& vm, GuestMachine& machine) override;

  relying_party::Appraiser appraiser() const override;
  void judge_guest(const VmState& vm, const std::function<void(const std::string&)>& breach) const override;
  std::optional<Counterfeit> forge(const Forgery& forgery, const relying_party::Evidence& genuine, const base::Block<64>& binding) override;

  // Of a page that is in place the host takes the only call it has; and it puts another one by force.
  std::optional<std::string> take_away(VmState& vm, std::uint64_t gpa) override;
  std::optional<std::string> give_back(VmState&, std::uint64_t) override { return "nothing was taken"; }
  std::optional<std::string> put_fresh(VmState& vm, std::uint64_t gpa) override;
  PageFacts page_facts(const VmState& vm, std::uint64_t gpa, std::uint64_t spa) const override;
  std::string key_name(const VmState& vm) const override;
  std::optional<bool> is_inside(const VmState& vm) const override;
  std::vector<std::string> conventions() const override;

  pkvm::PkvmMachine& machine() { return *machine_; }
  const base::Bytes& root_point() const { return device_.root_point(); }  // X||Y
  // For whoever signs: the last look at claims.
  pkvmproto::DiceEdit edit();

 private:
  static constexpr std::uint64_t kFirmwareVersion = 4;  // that owners ask for
  static constexpr std::uint64_t kImageVersion = 7;

  pkvm::Firmware firmware_of(std::uint64_t version) const;
  base::Bytes kernel_of(bool old) const;
  base::Bytes vbmeta(bool old) const;

  World& world_;
  crypto::EcKey image_key_;  // of the owner, who builds images
  pkvm::Firmware firmware_;
  pkvm::Device device_;
  pkvmproto::Handover handover_;  // for pvmfw
  pkvm::PkvmMachine* machine_ = nullptr;
};

std::unique_ptr<GuestKernel> make_pkvm_kernel(World& world, PkvmKit& kit, VmState& vm, GuestMachine& machine);

}  // namespace engine
