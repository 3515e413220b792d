// The tree by its paths: what is there, what can be written, and where each thing leads.
#include "guest/tsm/tree.h"

#include <gtest/gtest.h>

namespace tsm {
namespace {

using base::Bytes;

class Everything final : public Platform, public RegisterPlatform, public DeviceSteps {
 public:
  Made make_report(const Asked& asked) override { return {.outblob = asked.inblob}; }
  Errno refresh(std::vector<Bytes>& values) override {
    for (auto& value : values) value = Bytes(48, extended);
    return Errno::kOk;
  }
  Errno extend(std::size_t, base::View digest) override {
    extended = digest[0];
    return Errno::kOk;
  }
  Errno connect() override { return Errno::kOk; }
  Errno disconnect() override { return Errno::kOk; }
  Errno lock() override { return Errno::kOk; }
  Errno unlock() override { return Errno::kOk; }
  Errno accept() override { return Errno::kOk; }
  std::uint8_t extended = 0;
};

struct Stage {
  Stage() { EXPECT_EQ(reports.register_provider({.kind = find_provider_kind("tdx_guest"), .platform = &all}), Errno::kOk); }
  Everything all;
  Reports reports;
  Measurements registers{tdx_registers(), all};
  std::vector<TsmDevice> managers{{"tsm0", TsmDevice::Mode::kLink}, {"tsm1", TsmDevice::Mode::kDevsec}};
  PciTsm files{{.address = "0000:01:00.0", .dsm_address = "0000:01:00.0", .guest = "vm0"}, managers, all};
  Tree tree{{.reports = &reports,
             .registers = &registers,
             .pcr_map = "rtmr3\n",
             .managers = managers,
             .devices = {{.address = "0000:01:00.0", .files = &files, .evidence_files = {"vca"},
                          .evidence = [](std::string_view) -> std::optional<Bytes> { return std::nullopt; }}}}};
  Errno put(const char* path, const std::string& text) { return tree.write(path, 0, base::view_of(text)); }
};

// Everything that a walk finds is found again by its path, and files by nothing below them.
void walk(const Tree& tree, const std::string& path, std::size_t& seen) {
  const auto node = tree.find(path);
  ASSERT_TRUE(node) << path;
  ++seen;
  if (!node->directory) {
    EXPECT_FALSE(tree.find(path + "/x")) << path;
    EXPECT_TRUE(tree.list(path).empty()) << path;
    return;
  }
  EXPECT_FALSE(tree.find(path + "/no such file")) << path;
  for (const auto& name : tree.list(path)) walk(tree, path + "/" + name, seen);
}

TEST(Tree, AWalkFindsWhatThereIs) {
  Stage stage;
  ASSERT_EQ(stage.tree.make_directory("/tsm/report/a"), Errno::kOk);
  std::size_t seen = 0;
  walk(stage.tree, "", seen);
  // 10 directories above files, 1 item with its 5 files, 4 + 8 registers, pcr_map, 2 managers with 1 file each, 1 device with 8 + 2 + 1.
  EXPECT_EQ(seen, 10u + 6u + 12u + 1u + 4u + 12u);
}

TEST(Tree, OnlyItemsAreMadeAndRemoved) {
  Stage stage;
  EXPECT_EQ(stage.tree.make_directory("/tsm/report/a"), Errno::kOk);
  EXPECT_EQ(stage.tree.make_directory("/tsm/report/a"), Errno::kExists);
  EXPECT_EQ(stage.tree.make_directory("/tsm/report/a/b"), Errno::kNotPermitted);
  EXPECT_EQ(stage.tree.make_directory("/tsm/b"), Errno::kNotPermitted);
  EXPECT_EQ(stage.tree.remove_directory("/tsm/report"), Errno::kNotPermitted);
  EXPECT_EQ(stage.tree.remove_directory("/tsm/report/b"), Errno::kNoEntry);
  EXPECT_EQ(stage.tree.remove_directory("/tsm/report/a"), Errno::kOk);
  EXPECT_EQ(stage.put("/tsm/report/a/inblob", "x"), Errno::kNoEntry);
}

TEST(Tree, EachPathLeadsToItsPart) {
  Stage stage;
  ASSERT_EQ(stage.tree.make_directory("/tsm/report/a"), Errno::kOk);
  const std::string nonce(64, 'n');
  ASSERT_EQ(stage.put("/tsm/report/a/inblob", nonce), Errno::kOk);
  EXPECT_EQ(stage.tree.read("/tsm/report/a/outblob").bytes, base::bytes_of(base::view_of(nonce)));
  EXPECT_EQ(stage.put("/tsm/rtmr/rtmr2:sha384", std::string(48, 'r')), Errno::kOk);
  EXPECT_EQ(stage.tree.read("/measurements/rtmr2:sha384").bytes, Bytes(48, 'r'));
  EXPECT_EQ(stage.put("/measurements/mrtd:sha384", std::string(48, 'r')), Errno::kAccess);
  EXPECT_FALSE(stage.tree.find("/tsm/rtmr/mrtd:sha384"));
  EXPECT_EQ(stage.put("/pci/0000:01:00.0/tsm/lock", "tsm1\n"), Errno::kOk);
  EXPECT_EQ(stage.put("/pci/0000:01:00.0/bind", "0000:02:00.0\n"), Errno::kNoDevice);
  EXPECT_EQ(stage.put("/pci/0000:01:00.0/bind", "0000:01:00.0\n"), Errno::kOk);
  EXPECT_EQ(stage.put("/pci/0000:01:00.0/tsm/accept", "1"), Errno::kBusy);
  EXPECT_EQ(stage.tree.read("/pci/0000:01:00.0/evidence/vca").error, Errno::kNoDevice);
  EXPECT_EQ(stage.tree.read("/class/tsm/tsm1/pci_mode").bytes, base::bytes_of(base::view_of(std::string("devsec\n"))));
}

}  // namespace
}  // namespace tsm
