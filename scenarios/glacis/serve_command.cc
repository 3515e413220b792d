// `glacis serve`: a device of a machine for programs outside, on loopback.
#include <fmt/format.h>

#include "platform/base/user_error.h"
#include "scenarios/engine/served_device.h"
#include "scenarios/gateway/emu_server.h"
#include "scenarios/gateway/pcap.h"
#include "scenarios/glacis/commands.h"
#include "scenarios/glacis/mount_command.h"
#include "scenarios/load/machine_loader.h"
#include "scenarios/report/atomic_file.h"

namespace glacis {

namespace {

struct Options {
  std::string machine = "machines/served-accelerator.yaml", platform = "none", device = "gpu0", attack, pcap, root, mount, pcr_map = "guide";
  std::uint16_t port = 2323;
  std::uint64_t seed = 1, connections = 0;
};

void serve(Session& session, const Options& options) {
  load::Scenario scenario;
  scenario.file = "serve";
  if (!options.attack.empty()) scenario = session.home.scenario(options.attack);
  if (scenario.variants.empty()) scenario.variants.emplace_back();
  const auto machine = load::load_machine(session.home.scenarios(), options.machine, options.platform, engine::machine_vocabulary());
  engine::Run run{.scenario = &scenario, .machine = &machine, .platform = options.platform, .seed = options.seed};
  run.attack = !options.attack.empty();
  engine::ServedDevice device(run, options.device);
  const auto say = [](const std::string& line) {
    fmt::print("{}\n", line);
    std::fflush(stdout);
  };
  say("the host has prepared the machine:");
  for (const auto& line : device.prepared()) say("  " + line);
  if (!options.root.empty()) report::write_file(options.root, device.root());
  std::vector<gateway::Packet> packets;
  bool fresh = true;
  gateway::serve({.port = options.port, .connections_max = options.connections},
                 [&](base::View object) {
                   fresh = false;
                   if (!options.pcap.empty()) packets.push_back({0, base::bytes_of(object)});
                   const auto answer = device.object(object);
                   if (!options.pcap.empty() && answer) packets.push_back({0, *answer});
                   for (const auto& line : device.news()) say(line);
                   return answer;
                 },
                 [&] {
                   if (!fresh) device.reset();
                 },
                 say);
  if (!options.pcap.empty()) report::write_file(options.pcap, gateway::encode_pcap(gateway::LinkType::kPciDoe, packets));
}

}  // namespace

void add_serve(CLI::App& app, Session& session) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand("serve", "a device of a machine for an SPDM requester on 127.0.0.1 (spdm-emu's socket protocol, PCI DOE)");
  command->add_option("--machine", options->machine, "machine file, relative to scenarios/")->capture_default_str();
  command->add_option("--platform", options->platform, "the technology laid over it")->capture_default_str();
  command->add_option("--device", options->device, "part of the machine")->capture_default_str();
  command->add_option("--spdm-port", options->port, "TCP port; 0 for any")->capture_default_str();
  command->add_option("--attack", options->attack, "play this scenario's steps on the objects that the host carries");
  command->add_option("--pcap", options->pcap, "write what was carried as a capture (link type 292)");
  command->add_option("--root", options->root, "write the device's root certificate (DER), for the requester to trust");
  command->add_option("--seed", options->seed, "of all randomness")->capture_default_str();
  command->add_option("--connections", options->connections, "end after so many; 0: at SHUTDOWN")->capture_default_str();
  command->add_option("--mount", options->mount, "show a guest's report files, registers and device at this empty directory instead (libfuse)");
  command->add_option("--pcr-map", options->pcr_map, "with --mount, which register stands for which PCR: `guide` or `uefi`")->capture_default_str();
  command->callback([&session, options, command] {
    if (command->count("--mount") == 0) return serve(session, *options);
    const std::string machine = command->count("--machine") == 0 ? "machines/one-accelerator.yaml" : options->machine;
    serve_mount(session, {.directory = options->mount, .machine = machine, .platform = options->platform, .pcr_map = options->pcr_map, .seed = options->seed});
  });
}

}  // namespace glacis
