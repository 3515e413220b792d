// The adversary's hands on a machine before it runs: what is built into it, and how VMs will be asked for.
#include "scenarios/engine/adversary.h"
#include "scenarios/engine/device_kinds.h"
#include "scenarios/engine/nouns.h"

namespace engine {

namespace {

struct MachineWord {
  std::string_view word;  // of `set`, at `machine`
  const char* told;
  void (*does)(World& world);
};

constexpr MachineWord kWords[] = {
    {"debug", "asks for a debuggable guest", [](World& world) { world.debug_asked = true; }},
    {"sept-ve", "will have pages that are not there raise #VE in the guest",
     [](World& world) { world.settings.said["cpu0.sept-ve"] = "enabled"; }},
    {"other-machine", "runs the guest on another genuine machine", [](World& world) { world.chip_name = "chip1"; }},
    {"host-tpm", "has guests find a TPM of its own", [](World& world) { world.host_gives_tpms = true; }},
    {"old-firmware", "boots old firmware that its vendor signed", [](World& world) { world.old_firmware = true; }},
    {"no-ciphertext-hiding", "starts the platform without ciphertext hiding",
     [](World& world) {
       world.settings.psp.ciphertext_hiding = false;
       world.memory.set_ciphertext_hiding(false);
     }},
    {"caches-of-one-socket", "will have caches written back on the first socket alone", [](World& world) { world.host.write_back_only(1); }},
    {"caches-kept", "will have no caches written back", [](World& world) { world.host.write_back_only(0); }},
    {"pages-uncleared", "will give pages away as they are", [](World& world) { world.host.leave_uncleared(); }},
    {"no-alias-check", "starts the platform without a search for aliases",
     [](World& world) { world.settings.alias_check = world.settings.psp.alias_check_done = false; }},
};

constexpr std::string_view kDevicePrefix = "device-";  // and a content

}  // namespace

std::vector<std::string> machine_words() {
  std::vector<std::string> out;
  for (const auto& known : kWords) out.emplace_back(known.word);
  for (const auto& content : names_of_all_contents()) out.push_back(std::string(kDevicePrefix) + content);
  return out;
}

void Adversary::before_boot() {
  for (auto& running : steps_) {
    const auto& step = *running.step;
    if (running.done || !step.at || step.at->value != "machine") continue;
    begin();
    if (step.verb.value == "alias") {
      // A module that claims one address bit more than it has.
      world_.memory.aliasing().set_alias(world_.memory.settings().bytes / 2, text(step, "alias") == "spd");
      did(running, "makes the module answer to two addresses for one cell");
      continue;
    }
    if (step.verb.value != "set") continue;
    const std::string& what = text(step, "set");
    if (what.starts_with(kDevicePrefix) && !world_.settings.devices.empty()) {
      put_in(running, what.substr(kDevicePrefix.size()));
      continue;
    }
    for (const auto& known : kWords)
      if (known.word == what) {
        known.does(world_);
        did(running, known.told);
      }
  }
}

}  // namespace engine
