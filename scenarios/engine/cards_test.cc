// Machines with several cards: where each lies, who it says it is, and what a machine file may not ask for.
#include "scenarios/engine/cards.h"

#include "scenarios/engine/device_kinds.h"

#include <gtest/gtest.h>

#include <set>

#include "platform/base/user_error.h"
#include "scenarios/engine/device_bay.h"
#include "scenarios/engine/engine.h"
#include "scenarios/load/machine_loader.h"

namespace engine {
namespace {

load::Machine machine_of(const std::string& name) {
  return load::load_machine("scenarios", "machines/" + name, "snp", machine_vocabulary());
}

std::string error_of(const load::Machine& machine, const std::map<std::string, std::string>& set = {}) {
  try {
    (void)read_settings(machine, set);
  } catch (const base::UserError& error) {
    return error.what();
  }
  return "no error";
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(Cards, LieInTheSlotsOfTheirPorts) {
  const auto settings = read_settings(machine_of("disk-and-accelerator.yaml"), {});
  ASSERT_EQ(settings.devices.size(), 3u);
  const std::tuple<const char*, const char*, unsigned> kThere[] = {{"gpu0", "accelerator", 0}, {"nvme0", "nvme", 1}, {"nic0", "nic", 2}};
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(settings.devices[i].device, std::get<0>(kThere[i]));
    EXPECT_EQ(settings.devices[i].kind, std::get<1>(kThere[i]));
    EXPECT_EQ(settings.devices[i].slot, std::get<2>(kThere[i]));
  }
}

TEST(Cards, HaveTheirLinksCipherByOpenSslWhereTheMachineSaysSo) {
  const auto settings = read_settings(machine_of("disk-and-accelerator.yaml"), {{"rp1.ide-aes", "openssl"}});
  EXPECT_EQ(settings.devices[0].ide_cipher_path, crypto::GcmPath::kFastest);
  EXPECT_EQ(settings.devices[1].ide_cipher_path, crypto::GcmPath::kOpenSsl);
}

TEST(Cards, SlotsShareNothing) {
  std::set<std::uint64_t> seen;
  for (unsigned slot = 0; slot < kSlotsMax; ++slot) {
    DeviceSettings card;
    card.slot = slot;
    const Place place = place_of(card);
    for (const std::uint64_t one : {std::uint64_t{place.bridge}, std::uint64_t{place.card}, place.bar0, place.bar2})
      EXPECT_TRUE(seen.insert(one).second) << slot;
  }
  EXPECT_EQ(place_of({}).card, 0x0100);
  EXPECT_EQ(place_of({}).bar0, 0x4'1000'0000u);
}

TEST(Cards, BehindASwitchEachHasABusAndAStreamOfItsOwn) {
  auto machine = machine_of("disk-and-accelerator.yaml");
  auto& sw = machine.parts["sw0"] = machine.parts.at("rp1");
  sw.name = "sw0", sw.is = "switch", sw.at = "rp0";
  machine.parts.at("gpu0").at = machine.parts.at("nvme0").at = "sw0";
  const auto settings = read_settings(machine, {});
  ASSERT_EQ(settings.devices.size(), 3u);
  // rp0 - bus 1 - sw0 - bus 2 - buses 3 and 4; the empty rp1 has bus 5, rp2 bus 6.
  const std::tuple<const char*, tlp::RequesterId, tlp::RequesterId, unsigned> kThere[] = {
      {"gpu0", 0x0200, 0x0300, 1}, {"nvme0", 0x0208, 0x0400, 2}, {"nic0", 0x0018, 0x0600, 1}};
  for (std::size_t i = 0; i < 3; ++i) {
    const auto& card = settings.devices[i];
    EXPECT_EQ(std::tuple(card.device, place_of(card).above, place_of(card).card, unsigned{card.stream}), kThere[i]) << i;
  }
  EXPECT_NE(place_of(settings.devices[0]).bar0, place_of(settings.devices[1]).bar0);
}

TEST(Cards, ASwitchThatCannotBeBuiltIsRefused) {
  auto machine = machine_of("behind-switch.yaml");
  machine.parts.at("gpu0").at = machine.parts.at("nic0").at = "rp0";
  EXPECT_TRUE(has(error_of(machine), "`sw0` has no card behind it")) << error_of(machine);
  machine.parts.at("gpu0").at = "sw0";
  EXPECT_TRUE(has(error_of(machine), "`sw0` is at rp0 already")) << error_of(machine);
  machine.parts.at("nic0").at = "sw0";
  machine.parts.at("nic0").attributes["stream"] = {.texts = {"1"}, .number = 1, .place = {}};
  EXPECT_TRUE(has(error_of(machine), "stream 1 of rp0 is `gpu0`'s already")) << error_of(machine);
  machine.parts.at("sw0").at = "gpu0";
  EXPECT_TRUE(has(error_of(machine), "wants a root port")) << error_of(machine);
}

TEST(Cards, HaveTheFunctionsThatTheFileGivesThem) {
  const auto settings = read_settings(machine_of("two-functions-fat.yaml"), {});
  ASSERT_EQ(settings.devices.size(), 1u);
  EXPECT_EQ(settings.devices[0].functions, std::vector<std::string>{"gpu1"});
  auto nowhere = machine_of("two-functions-fat.yaml");
  nowhere.parts.at("gpu1").at = "rp0";
  EXPECT_TRUE(has(error_of(nowhere), "`gpu1` wants an accelerator of this machine as its card"));
  auto disk = machine_of("disk-and-accelerator.yaml");
  disk.parts["nvme1"] = {.name = "nvme1", .is = "function", .at = "nvme0", .attributes = {}, .place = {}};
  EXPECT_TRUE(has(error_of(disk), "`nvme1` wants an accelerator"));
  auto many = machine_of("two-functions-fat.yaml");
  for (int i = 2; i < 9; ++i) {
    const std::string name = "gpu" + std::to_string(i);
    many.parts[name] = many.parts.at("gpu1");
    many.parts[name].name = name;
  }
  EXPECT_TRUE(has(error_of(many), "has eight functions already"));
}

TEST(Cards, AFileThatPutsTwoInOnePlaceIsRefused) {
  auto machine = machine_of("disk-and-accelerator.yaml");
  machine.parts.at("nvme0").at = "rp0";
  const auto error = error_of(machine);
  EXPECT_TRUE(has(error, " is at rp0 already")) << error;
  EXPECT_TRUE(has(error, "disk-and-accelerator.yaml:")) << error;
}

TEST(Cards, AFileThatPutsOneNowhereIsRefused) {
  auto machine = machine_of("one-disk.yaml");
  for (const char* at : {"cpu0", "rp8", ""}) {
    machine.parts.at("nvme0").at = at;
    const auto error = error_of(machine);
    EXPECT_TRUE(has(error, "`nvme0` wants a root port, rp0 to rp7")) << error;
  }
}

TEST(Cards, FirmwareThatSpeaksToDevicesTakesAnyNumber) {
  EXPECT_EQ(error_of(machine_of("disk-and-accelerator.yaml"), {{"tsm0.style", "fat"}}), "no error");
  EXPECT_EQ(error_of(machine_of("one-disk.yaml"), {{"tsm0.style", "fat"}}), "no error");
}

TEST(Cards, EachKindIsWhoItsCertificatesSayAndRunsItsOwnFirmware) {
  std::set<std::string> products;
  std::set<base::Bytes> measured;
  for (const auto& kind : card_kinds()) {
    products.insert(description_of(kind).product);
    const auto genuine = firmware_content(kind, "genuine");
    measured.insert(wire::encode(genuine.blocks(crypto::Digest::kSha384, false).at(0)));
    EXPECT_TRUE(firmware_content(kind, "debug").debug);
    EXPECT_LT(firmware_content(kind, "outdated").security_version, genuine.security_version);
  }
  EXPECT_EQ(products.size(), card_kinds().size());
  EXPECT_EQ(measured.size(), card_kinds().size());
}

TEST(Cards, AreKnownByTheirNames) {
  for (const char* name : {"gpu0", "nic12", "nvme7"}) EXPECT_TRUE(is_card_name(name)) << name;
  for (const char* name : {"rp0", "vm0", "gp0", ""}) EXPECT_FALSE(is_card_name(name)) << name;
}

}  // namespace
}  // namespace engine