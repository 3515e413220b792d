#include "scenarios/engine/host_data.h"

#include "guest/programs/workload.h"
#include "scenarios/engine/world.h"

namespace engine {

const std::vector<HostData>& host_data() {
  static const std::vector<HostData> kAll = {
      {"cmdline", "the kernel's command line",
       [](const World&, const VmState&, std::string_view) -> std::optional<base::Bytes> {
         return base::bytes_of(base::view_of(std::string_view(kCommandLine)));
       }},
      {programs::kWorkloadName, "what the guest is to run, which nobody measured at launch",
       [](const World&, const VmState&, std::string_view) -> std::optional<base::Bytes> {
         return base::bytes_of(base::view_of(programs::kWorkload));
       }},
  };
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
