#include "scenarios/engine/host_data.h"

#include "scenarios/engine/host_contents.h"
#include "scenarios/engine/owner_at_work.h"
#include "guest/programs/workload.h"
#include "scenarios/engine/world.h"

namespace engine {

const std::vector<HostData>& host_data() {
  static const std::vector<HostData> kAll = [] {
    std::vector<HostData> all = {
      {"cmdline", "the kernel's command line",
       [](const World&, const VmState&, std::string_view) -> std::optional<base::Bytes> {
         return base::bytes_of(base::view_of(std::string_view(kCommandLine)));
       }},
      {"cloud-init", "user data of cloud-init, as the owner handed it to the host",
       [](const World& world, const VmState&, std::string_view) -> std::optional<base::Bytes> {
         return base::bytes_of(world.owner_at_work->config());
       }},
      {"rng-seed", "random bytes for the guest's pool, as a boot loader passes them on",
       [](const World& world, const VmState& vm, std::string_view) -> std::optional<base::Bytes> {
         base::Bytes out(32);
         sim::Random(world.run.seed, world.stream_name(vm.name + ".rng-seed")).fill(out);
         return out;
       }},
      {programs::kWorkloadName, "what the guest is to run, which nobody measured at launch",
       [](const World&, const VmState&, std::string_view) -> std::optional<base::Bytes> {
         return base::bytes_of(base::view_of(programs::kWorkload));
       }},
    };
    all.insert(all.end(), boot_contents().begin(), boot_contents().end());
    return all;
  }();
  return kAll;
}

const HostData* find_host_data(std::string_view name) {
  for (const auto& data : host_data()) {
    const std::string_view pattern = data.name;
    if (pattern.ends_with('*') ? name.starts_with(pattern.substr(0, pattern.size() - 1)) : name == pattern) return &data;
  }
  return nullptr;
}

}  // namespace engine
