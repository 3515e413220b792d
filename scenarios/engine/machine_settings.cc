#include "scenarios/engine/machine_settings.h"

#include "tsm/sev/host/sev_machine.h"

namespace engine {

const std::vector<MachineSetting>& machine_settings() {
  static const std::vector<MachineSetting> kAll = {
      {"debug", "asks for a debuggable guest", [](World& world) { world.debug_asked = true; }},
      {"sept-ve", "will have pages that are not there raise #VE in the guest", [](World& world) { world.settings.said["cpu0.sept-ve"] = "enabled"; }},
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
  return kAll;
}

}  // namespace engine
