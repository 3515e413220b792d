// A definition block that the host made: it runs to an end, within its limits, and touches only what its machine lets it.
#include "platform/base/check.h"
#include "platform/protocol/acpi/aml.h"
#include "platform/protocol/acpi/aml_write.h"
#include "tests/fuzz/target.h"

namespace {

struct Nowhere final : acpi::AmlMachine {
  bool read(acpi::Space, std::uint64_t, std::span<std::uint8_t> out) override {
    base::check(!out.empty() && out.size() <= 8, "a field is at most a number");
    return true;
  }
  bool write(acpi::Space, std::uint64_t, base::View in) override {
    base::check(!in.empty() && in.size() <= 8, "a field is at most a number");
    return true;
  }
};

base::Bytes seed() {
  using namespace acpi::write;
  return scope("\\_SB_", device("DEV0", join({region("REG0", acpi::Space::kSystemMemory, 0x1000, 0x100), fields("REG0", {{"FLD0", 64}, {"FLD1", 4}}),
                                              named("NAM0", number(300)), method("_STA", 0, give_back(number(15))),
                                              method("_INI", 0, join({when(equal(name("NAM0"), number(300)), store(number(1), name("FLD0"))),
                                                                      otherwise(store(number(2), name("FLD1")))}))})));
}

}  // namespace

FUZZ_TARGET(
    [](base::View in) {
      Nowhere machine;
      acpi::Aml aml(machine, {.steps_max = 5000});
      if (aml.load(in) && aml.initialize()) (void)aml.poll();
      else base::check(!aml.why().empty(), "who stops says why");
    },
    seed())
