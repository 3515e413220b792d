// How VMs come to run: what is loaded, and whether the owner was right about the one that got his secret.
#include "platform/crypto/hash.h"
#include "scenarios/engine/adversary.h"
#include "scenarios/engine/kit.h"
#include "scenarios/engine/world.h"

namespace engine {

namespace {
constexpr std::uint64_t kPage = 4096;
}

void World::launch(VmState& vm) {
  vm.golden = kit->image(vm);
  vm.launched = vm.golden;
  adversary->before_launch(vm);
  // Measured direct boot: the host fills in the hashes of what it really loads, and the firmware checks what it finds.
  cpu::Launch launch;
  launch.pages = vm.launched;
  launch.debug = vm.debug;
  for (const auto& page : vm.launched)  // the host names the configuration that it hands over
    if (page.gpa == kConfigGpa) launch.host_data = crypto::sha256(page.bytes);
  kit->prepare(vm, launch);
  vm.started = launch;
  vm.pages["psc"] = kPscGpa;
  connect(vm);
  if (const auto why = technology->launch(vm.vm, launch); !why.empty()) {
    record.say("vmm", vm.name + " is not launched: " + why);
    vm.stopped = why;
    return;
  }
  if (const auto why = kit->launched(vm); !why.empty()) vm.stopped = why;
  for (std::uint64_t gpa = kPscGpa; gpa < kCertGpa + kCertPages * kPage; gpa += kPage) host.back(vm.vm, gpa);
}

// The one that he built, in the state that he wants, where he wants it.
void World::judge_guest(const VmState& vm) {
  const auto breach = [&](const std::string& to) {
    oracle.breach(trust::Promise::kAuthenticity, "the owner released its secret to a " + to, sim.now());
  };
  if (vm.host_tenant) breach("VM of the host's own");
  if (chip_name != "chip0") breach("guest on another machine than its own");
  // A table of processor features is the host's own in any case: firmware checks it, and what a guest does on a wrong one is judged there.
  for (std::size_t i = 0; i < vm.golden.size(); ++i)
    if (vm.golden[i].kind != cpu::LaunchPage::Kind::kCpuid && vm.golden[i].bytes != vm.launched[i].bytes) {
      breach(vm.golden[i].gpa == kConfigGpa ? "guest under another configuration" : "guest that runs another image");
      break;
    }
  kit->judge_guest(vm, breach);
}

}  // namespace engine
