// `glacis serve --mount DIR`: a guest's report files, registers and device for any program of this machine.
#include <fmt/format.h>

#include <algorithm>

#include "platform/base/user_error.h"
#include "scenarios/engine/engine.h"
#include "scenarios/engine/live_guest.h"
#include "scenarios/gateway/guest_tree.h"
#include "scenarios/gateway/mount.h"
#include "scenarios/glacis/mount_command.h"
#include "scenarios/load/machine_loader.h"

namespace glacis {

void serve_mount(Session& session, const MountOptions& options) {
  static constexpr std::string_view kPlatforms[] = {"snp", "tdx", "cca", "cove"};
  if (std::ranges::find(kPlatforms, options.platform) == std::end(kPlatforms))
    throw base::UserError("--mount needs --platform snp, tdx, cca or cove: guests of `" + options.platform + "` have no report files");
  const auto map = tsm::find_pcr_map(options.pcr_map);
  if (!map) throw base::UserError("--pcr-map is `guide` or `uefi`, not `" + options.pcr_map + "`");
  gateway::Mount mount(options.directory);

  load::Scenario scenario;
  scenario.file = "serve";
  scenario.variants.emplace_back();
  load::Thread thread;
  thread.vm = "vm0";
  thread.from = load::Thread::From::kConnect;
  scenario.guest = {thread};
  const auto machine = load::load_machine(session.home.scenarios(), options.machine, options.platform, engine::machine_vocabulary());
  std::vector<std::string> devices;
  for (const auto& [name, part] : machine.parts)
    if (part.is == "accelerator" || part.is == "nvme" || part.is == "nic") devices.push_back(name);
  engine::Run run{.scenario = &scenario, .machine = &machine, .platform = options.platform, .seed = options.seed};
  run.attack = false;
  const auto work = [&](abi::Guest& guest) {
    gateway::GuestTree files(guest, devices, *map);
    const auto ready = [&] {
      fmt::print("mounted at {}: {}; SIGINT or SIGTERM ends it\n", options.directory, files.provider());
      std::fflush(stdout);
    };
    mount.serve(files.tree(), ready, [&] { guest.yield(); });
    guest.ends("unmounted");
  };
  run.open_guest = [&](const load::Thread&) { return std::make_unique<engine::LiveGuest>(work); };
  const auto verdict = engine::run(run);
  if (!verdict.ends.contains("vm0")) {
    fmt::print(stderr, "glacis: the guest has stopped{}\n", verdict.limit.empty() ? "" : ": " + verdict.limit);
    session.exit_code = kDiffers;
  }
}

}  // namespace glacis
