#include "scenarios/load/machine_loader.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "scenarios/load/expect_error.h"
#include "scenarios/load/test_vocabulary.h"

namespace load {
namespace {

namespace fs = std::filesystem;

class MachineLoader : public ::testing::Test {
 protected:
  MachineLoader() {
    fs::remove_all(root_);
    write("platforms/snp.yaml", "cpu0: { ciphertext-hiding: enabled }\n");
    write("bare.yaml", "machine: bare\ncpu0: { is: cpu, cores: 2, ciphertext-hiding: disabled }\n");
    write("one.yaml",
          "machine: One accelerator\nusing: bare.yaml\nrp0: { is: root-port, ide: true }\n"
          "gpu0: { is: accelerator, at: rp0, memory: 16MiB, latency: 2us, faults: [ late, short ] }\n");
  }
  ~MachineLoader() override { fs::remove_all(root_); }

  void write(const std::string& name, const std::string& text) {
    auto path = fs::path(root_) / "machines" / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::trunc) << text;
  }
  Machine load(const std::string& name, const std::string& platform = "") {
    return load_machine(root_, "machines/" + name, platform, test_machine_vocabulary());
  }
  // Without the folder in front.
  std::string error_in(const std::string& text, const std::string& platform = "") {
    write("m.yaml", text);
    return shorten(error_of([&] { load("m.yaml", platform); }));
  }
  std::string shorten(std::string text) const {
    auto folder = fs::path(root_).lexically_normal().string() + "/machines/";
    for (std::size_t at; (at = text.find(folder)) != std::string::npos;) text.erase(at, folder.size());
    return text;
  }

  std::string root_ = ::testing::TempDir() + "/load_machine_loader_test";
};

// Documents are kept, by their text.
TEST_F(MachineLoader, AFileThatChangedIsReadAnew) {
  write("m.yaml", "format: 1\nmachine: Before\n");
  EXPECT_EQ(load("m.yaml").title, "Before");
  write("m.yaml", "format: 1\nmachine: After\n");
  EXPECT_EQ(load("m.yaml").title, "After");
  EXPECT_EQ(error_in("format: 2\n"), error_in("format: 2\n")) << "what is refused is refused again";
}

TEST_F(MachineLoader, PartsComeFromAllFilesAndThePlatformIsLaidOver) {
  auto m = load("one.yaml", "snp");
  EXPECT_EQ(m.title, "One accelerator");
  EXPECT_EQ(m.platform, "snp");
  EXPECT_FALSE(m.fixes_platform);
  ASSERT_EQ(m.parts.size(), 3u);
  EXPECT_EQ(m.find("gpu0")->at, "rp0");
  EXPECT_EQ(m.find("gpu0")->attributes.at("memory").number, 16u << 20);
  EXPECT_EQ(m.find("gpu0")->attributes.at("latency").number, 2'000'000u);
  EXPECT_EQ(m.find("rp0")->attributes.at("ide").number, 1u);
  EXPECT_EQ(m.find("gpu1"), nullptr);
  auto settings = m.settings();
  EXPECT_EQ(settings.at("cpu0.ciphertext-hiding"), "enabled");
  EXPECT_EQ(settings.at("cpu0.cores"), "2");
  EXPECT_EQ(settings.at("gpu0.faults"), "late, short");
  EXPECT_EQ(load("one.yaml").settings().at("cpu0.ciphertext-hiding"), "disabled");
}

TEST_F(MachineLoader, LaterFilesAndTheFileItselfWin) {
  write("a.yaml", "using: bare.yaml\ncpu0: { cores: 3 }\n");
  write("b.yaml", "using: bare.yaml\ncpu0: { cores: 4 }\n");
  write("both.yaml", "using: [ a.yaml, b.yaml ]\n");
  EXPECT_EQ(load("both.yaml").settings().at("cpu0.cores"), "4");
  write("own.yaml", "using: [ a.yaml, b.yaml ]\ncpu0: { cores: 5 }\n");
  EXPECT_EQ(load("own.yaml").settings().at("cpu0.cores"), "5");
}

TEST_F(MachineLoader, EveryIsLaidOverEachPartOfAKind) {
  write("m.yaml",
        "cpu0: { is: cpu }\ncpu1: { is: cpu }\nevery: { cpu: { cores: 8 }, accelerator: { memory: 1MiB } }\n");
  auto settings = load("m.yaml").settings();
  EXPECT_EQ(settings, (std::map<std::string, std::string>{{"cpu0.cores", "8"}, {"cpu1.cores", "8"}}));
  EXPECT_EQ(error_in("every: { cpu: { corez: 8 } }\n"),
            "m.yaml:1:17: `cpu` has no attribute `corez`; did you mean `cores`?");
  EXPECT_EQ(error_in("every: { cpi: { cores: 8 } }\n"), "m.yaml:1:10: unknown kind of part `cpi`; did you mean `cpu`?");
}

TEST_F(MachineLoader, ACircleIsPrintedWhole) {
  write("a.yaml", "using: b.yaml\n");
  write("b.yaml", "cpu0: { is: cpu }\nusing: [ c.yaml ]\n");
  write("c.yaml", "using: a.yaml\n");
  EXPECT_EQ(shorten(error_of([&] { load("a.yaml"); })),
            "c.yaml:1:8: machine files build on each other in a circle: a.yaml -> b.yaml -> c.yaml -> a.yaml");
  EXPECT_EQ(error_in("using: ../machines/m.yaml\n"),
            "m.yaml:1:8: machine files build on each other in a circle: m.yaml -> m.yaml");
}

TEST_F(MachineLoader, ALongChainEndsAtTheLimit) {
  for (int i = 0; i < 100; ++i)
    write("l" + std::to_string(i) + ".yaml", "using: l" + std::to_string(i + 1) + ".yaml\n");
  EXPECT_EQ(shorten(error_of([&] { load("l0.yaml"); })), "l63.yaml:1:8: more than 64 files in one machine");
}

TEST_F(MachineLoader, AMissingFileIsNamedWhereItIsAskedFor) {
  EXPECT_EQ(error_in("using: [ bare.yaml, none.yaml ]\n"), "m.yaml:1:21: there is no file `none.yaml`");
  EXPECT_EQ(shorten(error_of([&] { load("none.yaml"); })), "none.yaml:1:1: there is no such file");
  EXPECT_EQ(error_in("using: bare.yaml\n", "tdx"), "platforms/tdx.yaml:1:1: there is no such file");
}

TEST_F(MachineLoader, UnknownWordsNameTheNearest) {
  EXPECT_EQ(error_in("cpu0: { is: cpuu }\n"), "m.yaml:1:13: unknown kind of part `cpuu`; did you mean `cpu`?");
  EXPECT_EQ(error_in("cpu0: { is: cpu, core: 2 }\n"),
            "m.yaml:1:18: `cpu` has no attribute `core`; did you mean `cores`?");
  EXPECT_EQ(error_in("cpu0: { is: cpu, ciphertext-hiding: enable }\n"),
            "m.yaml:1:37: unknown value of `ciphertext-hiding`: `enable`; did you mean `enabled`?");
  EXPECT_EQ(error_in("usnig: bare.yaml\n"),
            "m.yaml:1:1: `usnig` is neither a key of a machine file nor a part (a kind and a digit, as in gpu0); did "
            "you mean `using`?");
  EXPECT_EQ(error_in("using: one.yaml\ngpo0: { memory: 1MiB }\n"),
            "m.yaml:2:1: `gpo0` does not say what it `is`, and no file below has such a part; did you mean `gpu0`?");
  EXPECT_EQ(error_in("using: one.yaml\ngpu0: { at: rp1 }\n"), "m.yaml:2:13: unknown part `rp1`; did you mean `rp0`?");
  EXPECT_EQ(error_in("using: one.yaml\n", "snq"), "m.yaml:1:1: unknown platform `snq`; did you mean `snp`?");
}

TEST_F(MachineLoader, ValuesAreOfTheirKind) {
  EXPECT_EQ(error_in("using: one.yaml\ngpu0: { memory: 16 }\n"),
            "m.yaml:2:17: `memory`: a size needs a unit: `16` (units: B KiB MiB GiB TiB)");
  EXPECT_EQ(error_in("using: one.yaml\ngpu0: { latency: 16MiB }\n"),
            "m.yaml:2:18: `latency`: `MiB` is not a unit of time (units: ps ns us ms s min h d)");
  EXPECT_EQ(error_in("cpu0: { is: cpu, cores: two }\n"),
            "m.yaml:1:25: `cores`: `two` is not a whole number without unit");
  EXPECT_EQ(error_in("rp0: { is: root-port, ide: maybe }\n"),
            "m.yaml:1:28: `ide` must be true or false, and is `maybe`");
  EXPECT_TRUE(error_in("rp0: { is: root-port, ide: on }\n").starts_with("m.yaml:1:28: `on` means different things"));
  EXPECT_EQ(error_in("cpu0: { is: cpu, cores: [ 1 ] }\n"), "m.yaml:1:25: `cores` must be a text, and is a list");
  EXPECT_EQ(error_in("cpu0: cpu\n"), "m.yaml:1:7: `cpu0` must be a map, and is a text");
}

TEST_F(MachineLoader, APartKeepsItsKindAndHasWhatItNeeds) {
  EXPECT_EQ(error_in("using: one.yaml\ngpu0: { is: cpu }\n"),
            "m.yaml:2:13: `gpu0` is already of the kind accelerator (one.yaml:4)");
  EXPECT_EQ(error_in("gpu0: { is: accelerator, memory: 1MiB }\n"), "m.yaml:1:1: `gpu0` needs `at`");
  EXPECT_EQ(error_in("rp0: { is: root-port }\ngpu0: { is: accelerator, at: rp0 }\n"),
            "m.yaml:2:1: `gpu0` lacks the attribute `memory`");
  EXPECT_EQ(error_in("rp0: { is: root-port, at: rp0 }\n"), "m.yaml:1:27: `rp0` stands at itself");
}

TEST_F(MachineLoader, AMachineThatFixesItsPlatformRefusesAnother) {
  write("fixed.yaml", "using: bare.yaml\nplatform: snp\n");
  auto m = load("fixed.yaml");
  EXPECT_TRUE(m.fixes_platform);
  EXPECT_EQ(m.settings().at("cpu0.ciphertext-hiding"), "enabled");
  EXPECT_EQ(shorten(error_of([&] { load("fixed.yaml", "snp"); })),
            "fixed.yaml:1:1: the machine fixes its platform (`snp`); leave `platforms` out of the scenario");
  EXPECT_EQ(error_in("using: fixed.yaml\nplatform: tdx\n"),
            "m.yaml:2:11: the machine is already fixed to platform `snp`");
  EXPECT_EQ(error_in("platform: smp\n"), "m.yaml:1:11: unknown platform `smp`; did you mean `snp`?");
  EXPECT_EQ(error_in("format: 2\n"), "m.yaml:1:9: format 2 is not known; this program reads format 1");
}

TEST_F(MachineLoader, AScenarioLaysItsSettingsOver) {
  auto m = load("one.yaml");
  auto lay = [&](const std::string& key, const std::string& value) {
    return error_of([&] { lay_settings(m, {{key, Text{value, {7, 3}}}}, "s.yaml", test_machine_vocabulary()); });
  };
  EXPECT_EQ(lay("gpu0.memory", "32MiB"), "");
  EXPECT_EQ(m.find("gpu0")->attributes.at("memory").number, 32u << 20);
  EXPECT_EQ(lay("gpu1.memory", "1MiB"), "s.yaml:7:3: unknown part `gpu1`; did you mean `gpu0`?");
  EXPECT_EQ(lay("gpu0.memorry", "1MiB"),
            "s.yaml:7:3: `accelerator` has no attribute `memorry`; did you mean `memory`?");
  EXPECT_EQ(lay("gpu0", "1MiB"), "s.yaml:7:3: `gpu0` is not of the form part.setting");
  EXPECT_EQ(lay("cpu0.cores", "many"), "s.yaml:7:3: `cores`: `many` is not a whole number without unit");
}

}  // namespace
}  // namespace load
