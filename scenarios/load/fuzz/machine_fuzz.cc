// Whatever the bytes, a machine file is read or refused with a place.
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "platform/base/user_error.h"
#include "scenarios/load/machine_loader.h"
#include "scenarios/load/test_vocabulary.h"
#include "tests/fuzz/target.h"

namespace {

// A folder of this process's own, in which the input lies as machines/input.yaml.
struct Folder {
  Folder() {
    const char* folder = std::getenv("TEST_TMPDIR");
    name = std::string(folder ? folder : "/tmp") + "/machine_fuzz." + std::to_string(::getpid());
    std::filesystem::create_directories(name + "/machines/platforms");
    std::ofstream(name + "/machines/base.yaml") << "machine: Base\ncpu0: { is: cpu }\nrp0: { is: root-port }\n";
    std::ofstream(name + "/machines/platforms/snp.yaml") << "every: { cpu: { cores: 2 } }\n";
  }
  ~Folder() { std::filesystem::remove_all(name); }
  std::string name;
};

const std::string& root() {
  static const Folder kFolder;
  return kFolder.name;
}

void read(base::View in) {
  static const load::MachineVocabulary vocabulary = load::test_machine_vocabulary();
  std::ofstream(root() + "/machines/input.yaml", std::ios::binary) << base::text_of(in);
  try {
    (void)load::load_machine(root(), "machines/input.yaml", "snp", vocabulary);
  } catch (const base::UserError& e) {
    if (std::string_view(e.what()).find(".yaml:") == std::string_view::npos) std::abort();
  }
}

constexpr std::string_view kMachine =
    "format: 1\nmachine: One accelerator\nusing: [ base.yaml ]\nplatform: snp\n"
    "gpu0: { is: accelerator, at: rp0, memory: 16MiB, latency: 2us, faults: [ late, short ] }\n"
    "rp0: { ide: true }\nevery: { cpu: { ciphertext-hiding: enabled, cores: 4 } }\n";

}  // namespace

FUZZ_TARGET(read, base::bytes_of(base::view_of(kMachine)))
