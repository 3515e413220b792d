// Machines with sockets, and VMs that take another's place: what a machine file may ask for, and who knows it.
#include <gtest/gtest.h>

#include "platform/base/user_error.h"
#include "scenarios/engine/engine.h"
#include "scenarios/engine/kit.h"
#include "scenarios/engine/world.h"
#include "scenarios/load/machine_loader.h"

namespace engine {
namespace {

load::Machine two_sockets(const std::string& platform) {
  return load::load_machine("scenarios", "machines/two-sockets.yaml", platform, machine_vocabulary());
}

std::string error_of(const load::Machine& machine) {
  try {
    (void)read_settings(machine, {});
  } catch (const base::UserError& error) {
    return error.what();
  }
  return "no error";
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(Sockets, AreForThoseWhoSayWhatEachIsOwed) {
  for (const auto* kind : technologies()) {
    const auto machine = two_sockets(kind->platform);
    const auto error = error_of(machine);
    if (kind->knows_sockets) {
      EXPECT_EQ(error, "no error") << kind->platform;
      EXPECT_EQ(read_settings(machine, {}).memory.sockets, 2u);
    } else {
      EXPECT_TRUE(has(error, "sev, sev-es, snp, tdx")) << error;
      EXPECT_TRUE(has(error, "two-sockets.yaml")) << error;
    }
  }
}

TEST(Sockets, AreOneToEight) {
  auto machine = two_sockets("snp");
  auto& sockets = machine.parts.at("cpu0").attributes.at("sockets").number;
  for (const std::uint64_t wrong : {0u, 9u}) {
    sockets = wrong;
    EXPECT_TRUE(has(error_of(machine), "1 to 8 sockets")) << wrong;
  }
  sockets = 8;
  EXPECT_EQ(error_of(machine), "no error");
}

TEST(Successions, NameAVmThatStartsWithTheMachine) {
  auto machine = two_sockets("tdx");
  EXPECT_EQ(read_settings(machine, {}).successions, (std::map<std::string, std::string>{{"vm1", "vm0"}}));
  for (const char* wrong : {"vm1", "vm7", "owner0"}) {
    machine.parts.at("vm1").attributes.at("after").texts = {wrong};
    EXPECT_TRUE(has(error_of(machine), wrong)) << wrong;
    EXPECT_TRUE(has(error_of(machine), "comes after")) << wrong;
  }
}

}  // namespace
}  // namespace engine
