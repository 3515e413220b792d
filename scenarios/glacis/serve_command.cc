// `glacis serve`: a device of a machine, or the TPM of a VM, for programs outside, or the pages for a browser, on loopback.
#include <fmt/format.h>

#include "platform/base/user_error.h"
#include "scenarios/engine/capture.h"
#include "scenarios/engine/served_device.h"
#include "scenarios/engine/served_tpm.h"
#include "scenarios/gateway/emu_server.h"
#include "scenarios/gateway/pcap.h"
#include "scenarios/gateway/tpm_process.h"
#include "scenarios/gateway/tpm_server.h"
#include "scenarios/glacis/commands.h"
#include "scenarios/glacis/mount_command.h"
#include "scenarios/glacis/web_command.h"
#include "scenarios/glacis/web_worker.h"
#include "scenarios/load/machine_loader.h"
#include "scenarios/report/atomic_file.h"

namespace glacis {

namespace {

struct Options {
  std::string machine, platform = "none", device = "gpu0", attack, pcap, root, vm = "vm0", tpm_state, mount, pcr_map = "guide";
  std::uint16_t port = 2323;
  std::optional<std::uint16_t> tpm_port;
  std::uint16_t tpm_control = 0, web_port = 0;
  bool web = false, web_worker = false;
  std::uint64_t seed = 1, connections = 0;
};

void say(const std::string& line) {
  fmt::print("{}\n", line);
  std::fflush(stdout);
}

void serve_tpm(Session& session, const Options& options) {
  load::Scenario scenario;
  scenario.file = "serve";
  scenario.variants.emplace_back();
  scenario.guest.push_back({.vm = options.vm, .name = {}, .program = {.value = "idle"}, .args = {}});
  const auto file = options.machine.empty() ? "machines/measured-vm.yaml" : options.machine;
  const auto machine = load::load_machine(session.home.scenarios(), file, options.platform, engine::machine_vocabulary());
  engine::Run run{.scenario = &scenario, .machine = &machine, .platform = options.platform, .seed = options.seed};
  run.attack = false;
  run.open_tpm = [&] { return gateway::start_tpm(options.tpm_state); };
  // What the file holds may be no state at all; which it is libtpms does not say.
  std::optional<engine::ServedTpm> served;
  try {
    served.emplace(run, options.vm);
  } catch (const base::UserError& error) {
    if (options.tpm_state.empty() || std::string(error.what()).find("`" + options.tpm_state + "`") != std::string::npos) throw;
    throw base::UserError(std::string(error.what()) + " with the state in `" + options.tpm_state + "`");
  }
  auto& tpm = *served;
  say(options.vm + " has booted, and measured what it booted (SHA-256):");
  for (const auto& line : tpm.prepared()) say("  " + line);
  say("no resource manager stands before it: `tpm2_flushcontext -t` makes room for keys");
  gateway::serve_tpm({.port = *options.tpm_port, .control = options.tpm_control}, tpm.tpm(), say);
}

void serve(Session& session, const Options& options) {
  if (options.tpm_port) return serve_tpm(session, options);
  load::Scenario scenario;
  scenario.file = "serve";
  if (!options.attack.empty()) scenario = session.home.scenario(options.attack);
  if (scenario.variants.empty()) scenario.variants.emplace_back();
  const auto file = options.machine.empty() ? "machines/served-accelerator.yaml" : options.machine;
  const auto machine = load::load_machine(session.home.scenarios(), file, options.platform, engine::machine_vocabulary());
  engine::Run run{.scenario = &scenario, .machine = &machine, .platform = options.platform, .seed = options.seed};
  run.attack = !options.attack.empty();
  engine::ServedDevice device(run, options.device);
  say("the host has prepared the machine:");
  for (const auto& line : device.prepared()) say("  " + line);
  if (!options.pcap.empty()) report::need_place(options.pcap);  // it comes last
  if (!options.root.empty()) report::write_file(options.root, device.root());
  engine::Capture capture;
  const auto carried = [&](base::View object) {
    if (options.pcap.empty() || capture.cut) return;
    capture.add(0, object);
    if (capture.cut) say(fmt::format("the capture ends here: more than {} bytes (limit capture.bytes_max)", engine::kCaptureBytesMax));
  };
  bool fresh = true;
  gateway::serve({.port = options.port, .connections_max = options.connections},
                 [&](base::View object) {
                   fresh = false;
                   carried(object);
                   const auto answer = device.object(object);
                   if (answer) carried(*answer);
                   for (const auto& line : device.news()) say(line);
                   return answer;
                 },
                 [&] {
                   if (!fresh) device.reset();
                 },
                 say);
  if (options.pcap.empty()) return;
  std::vector<gateway::Packet> packets;
  for (auto& arrival : capture.arrivals) packets.push_back({arrival.time, std::move(arrival.bytes)});
  report::write_file(options.pcap, gateway::encode_pcap(gateway::LinkType::kPciDoe, packets));
}

}  // namespace

void add_serve(CLI::App& app, Session& session) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand("serve", "a device of a machine for an SPDM requester on 127.0.0.1 (spdm-emu's socket protocol, PCI DOE), or a VM's TPM (swtpm's)");
  command->add_option("--machine", options->machine, "machine file, relative to scenarios/; else machines/served-accelerator.yaml, or for a TPM machines/measured-vm.yaml");
  command->add_option("--platform", options->platform, "the technology laid over it")->capture_default_str();
  command->add_option("--device", options->device, "part of the machine")->capture_default_str();
  command->add_option("--spdm-port", options->port, "TCP port; 0 for any")->capture_default_str();
  command->add_option("--attack", options->attack, "play this scenario's steps on the objects that the host carries");
  command->add_option("--pcap", options->pcap, "write what was carried as a capture (link type 292)");
  command->add_option("--root", options->root, "write the device's root certificate (DER), for the requester to trust");
  command->add_option("--seed", options->seed, "of all randomness")->capture_default_str();
  command->add_option("--connections", options->connections, "end after so many; 0: at SHUTDOWN, SIGINT or SIGTERM")->capture_default_str();
  auto* tpm = command->add_option("--tpm-port", options->tpm_port, "serve a VM's TPM on this TCP port instead; 0 for any");
  command->add_option("--tpm-ctrl", options->tpm_control, "swtpm's control channel; else the port after --tpm-port")->needs(tpm);
  command->add_option("--vm", options->vm, "whose TPM")->capture_default_str()->needs(tpm);
  command->add_option("--tpm-state", options->tpm_state, "keep in this file what is permanent in the TPM; else it is forgotten")->needs(tpm);
  command->add_option("--mount", options->mount, "show a guest's report files, registers and device at this empty directory instead (libfuse)");
  command->add_option("--pcr-map", options->pcr_map, "with --mount, which register stands for which PCR: `guide` or `uefi`")->capture_default_str();
  auto* web = command->add_flag("--web", options->web, "serve the pages instead: pick, edit, run, step and lift in a browser of this machine");
  command->add_option("--web-port", options->web_port, "TCP port of --web; else any free one")->needs(web);
  for (const auto* other : {"--spdm-port", "--tpm-port", "--mount"}) web->excludes(command->get_option(other));
  command->add_flag("--web-worker", options->web_worker)->group("");  // what --web starts for each run
  command->callback([&session, options, command] {
    if (options->web_worker) return play_for_page(session);
    if (options->web) return serve_web(session, options->web_port);
    if (command->count("--mount") == 0) return serve(session, *options);
    const std::string machine = options->machine.empty() ? "machines/one-accelerator.yaml" : options->machine;
    serve_mount(session, {.directory = options->mount, .machine = machine, .platform = options->platform, .pcr_map = options->pcr_map, .seed = options->seed});
  });
}

}  // namespace glacis
