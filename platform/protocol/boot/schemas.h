#pragma once
// The layouts of this folder by name.
#include <vector>

#include "platform/protocol/boot/boot_params.h"
#include "platform/protocol/boot/fw_cfg.h"
#include "platform/protocol/boot/option_rom.h"

namespace boot {

inline const std::vector<wire::Schema>& schemas() {
  static const std::vector<wire::Schema> kAll = {wire::schema_of<BootParams>("boot.PARAMS"), wire::schema_of<FwCfgDirectory>("boot.FW_CFG_DIRECTORY"),
                                                 wire::schema_of<OptionRom>("boot.OPTION_ROM")};
  return kAll;
}

}  // namespace boot
