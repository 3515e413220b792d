// What a boot loader, a firmware configuration and a device's ROM say, when the host made it.
#include "platform/base/check.h"
#include "platform/protocol/boot/schemas.h"
#include "platform/wire/wire.h"
#include "tests/fuzz/target.h"

FUZZ_TARGET(
    [](base::View in) {
      for (const auto& schema : boot::schemas()) (void)schema.fuzz(in.data(), in.size());
      (void)boot::code_of(in);
      if (const auto directory = wire::decode<boot::FwCfgDirectory>(in))
        for (const auto& file : directory->files)
          if (const auto name = boot::name_of(file)) base::check(!name->empty() && name->size() < 56, "a name lies within its field");
    },
    wire::encode(boot::FwCfgDirectory{.count = 1, .files = {boot::fw_cfg_file("etc/e820", 20, 0)}}))
