// A machine without any technology: the host owns every page, and there is nobody to ask. Its guests are built as legacy SEV's are.
#include "guest/relying_party/snp_verifier.h"
#include "platform/vmm/no_technology.h"
#include "scenarios/engine/kit.h"
#include "scenarios/engine/kits/sev_kernel.h"
#include "scenarios/engine/world.h"

namespace engine {

namespace {

class NoneKit final : public Kit {
 public:
  explicit NoneKit(World& world) : world_(world) {}

  std::unique_ptr<cpu::Technology> make_machine() override { return std::make_unique<vmm::NoTechnology>(world_.host); }
  bool protects() const override { return false; }
  const char* keeper() const override { return "firmware"; }
  std::vector<cpu::LaunchPage> image(const VmState& vm) const override { return sev_image(world_, vm); }
  std::unique_ptr<GuestKernel> kernel(VmState& vm, GuestMachine& machine) override { return make_sev_kernel(world_, vm, machine); }

  // Nothing is attested: an owner who asks for evidence gets none that he could accept.
  relying_party::Appraiser appraiser() const override { return relying_party::snp_appraiser({}, world_.defences); }

 private:
  World& world_;
};

}  // namespace

const TechnologyKind& none_kind() {
  static const TechnologyKind kKind{
      .name = "none",
      .platform = "none",
      .about = "a plain KVM machine without protection",
      .make = [](World& world) -> std::unique_ptr<Kit> { return std::make_unique<NoneKit>(world); },
      .defences = [] { return std::vector<const trust::Defence*>{}; }};
  return kKind;
}

}  // namespace engine
