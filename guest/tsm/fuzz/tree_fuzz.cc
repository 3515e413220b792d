// Whatever a guest's program does under /sys, each act has a result, and what it finds by walking is there. An input is lines: an act, a
// path and, behind a tab, what is written.
#include "guest/tsm/tree.h"
#include "platform/base/check.h"
#include "tests/fuzz/target.h"

namespace {

using namespace tsm;

class Everything final : public Platform, public RegisterPlatform, public DeviceSteps {
 public:
  Made make_report(const Asked& asked) override { return {.outblob = asked.inblob}; }
  Errno refresh(std::vector<base::Bytes>& values) override {
    for (auto& value : values) value = base::Bytes(48, extended);
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

void walk(const Tree& tree, const std::string& path) {
  const auto node = tree.find(path);
  base::check(node.has_value(), "what is listed is there");
  if (node->directory)
    for (const auto& name : tree.list(path)) walk(tree, path + "/" + name);
}

void act(base::View in) {
  Everything all;
  Reports reports;
  base::check(reports.register_provider({.kind = find_provider_kind("tdx_guest"), .platform = &all}) == Errno::kOk, "there is a provider");
  Measurements registers{tdx_registers(), all};
  std::vector<TsmDevice> managers{{"tsm0", TsmDevice::Mode::kLink}};
  PciTsm files{{.address = "0000:01:00.0", .dsm_address = "0000:01:00.0", .guest = "vm0"}, managers, all};
  Tree tree{{.reports = &reports, .registers = &registers, .pcr_map = "rtmr3\n", .managers = managers,
             .devices = {{.address = "0000:01:00.0", .files = &files, .evidence_files = {"vca"},
                          .evidence = [](std::string_view) -> std::optional<base::Bytes> { return std::nullopt; }}}}};
  std::string text = base::text_of(in);
  for (int lines = 0; lines < 64 && !text.empty(); ++lines) {
    const auto line = text.substr(0, text.find('\n'));
    text.erase(0, line.size() + 1);
    if (line.empty()) continue;
    const auto tab = std::min(line.size(), line.find('\t'));
    const std::string path = line.substr(1, tab > 1 ? tab - 1 : 0);
    switch (line[0]) {
      case '+': (void)tree.make_directory(path); break;
      case '-': (void)tree.remove_directory(path); break;
      case '=': (void)tree.write(path, 0, base::view_of(line).subspan(std::min(line.size(), tab + 1))); break;
      case '>': (void)tree.write(path, line.size(), base::view_of(line).subspan(std::min(line.size(), tab + 1))); break;
      default: (void)tree.read(path); break;
    }
    walk(tree, "");
  }
}

}  // namespace

FUZZ_TARGET(act, base::bytes_of(base::view_of("+/tsm/report/a\n=/tsm/report/a/inblob\tnonce\n</tsm/report/a/outblob\n=/tsm/report/a/privlevel\t0\n"
                                              "=/tsm/report/a/service_guid\t00112233-4455-6677-8899-aabbccddeeff\n=/pci/0000:01:00.0/tsm/lock\ttsm0\n-/tsm/report/a\n")))
