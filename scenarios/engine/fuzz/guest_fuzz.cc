// Whatever a guest outside says, in whatever order, a run comes to a verdict, and the same words give the same run. The first byte chooses
// the machine, its bit 7 the platform's kind; then a row of frames: a call, three operands of a byte each that are scaled to what is in use,
// how many bytes it hands over, those. Call 255 is a frame of these bytes as they stand.
#include "guest/abi/glacis_guest.h"
#include "guest/remote/frames.h"
#include "platform/base/check.h"
#include "platform/base/user_error.h"
#include "scenarios/engine/engine.h"
#include "scenarios/load/machine_loader.h"
#include "scenarios/load/scenario_loader.h"
#include "tests/fuzz/target.h"

namespace {

constexpr std::size_t kFramesMax = 48;

// Sizes and addresses that some call could want.
std::uint64_t operand(std::uint8_t byte) {
  constexpr std::uint64_t kKnown[] = {0, 1, 16, 64, 4096, 0x10'0000, 0x10'1000, 0xFFFF'FFFF, ~0ull, 16ull << 20, 0x8000, 3, 1ull << 40, 0x20'0000, 48, 2};
  return kKnown[byte & 15] + (byte >> 4);
}
constexpr const char* kNames[] = {"page", "gpu0", "blk0", "owner0", "vm0.done", "inblob", "acpi/XSDT", "policy", "rtc", "guest.report.nonce"};

class Script final : public engine::GuestLink {
 public:
  explicit Script(base::View in) : in_(in) {}
  bool send(base::View frame) override {
    base::check(remote::decode_reply(frame).has_value(), "what we say is a frame of the protocol");
    return true;
  }
  std::optional<base::Bytes> receive() override {
    if (in_.size() < 5 || ++frames_ > kFramesMax) return std::nullopt;
    const std::size_t size = std::min<std::size_t>(in_[4], in_.size() - 5);
    const base::View bytes = in_.subspan(5, size);
    if (in_[0] == 255) {
      in_ = in_.subspan(5 + size);
      return base::bytes_of(bytes);
    }
    remote::Request request{.call = in_[0] % 44u, .words = {operand(in_[1]), operand(in_[2]), operand(in_[3])}, .blobs = {{}}};
    request.blobs.push_back(in_[3] & 128 ? base::bytes_of(bytes) : base::bytes_of(base::view_of(kNames[in_[2] % std::size(kNames)])));
    if (in_[3] & 64) request.blobs.push_back(base::bytes_of(bytes));
    in_ = in_.subspan(5 + size);
    return remote::encode(request);
  }
  End ended() const override { return {.why = "closed the stream", .limit = {}, .memory_error = false}; }

 private:
  base::View in_;
  std::size_t frames_ = 0;
};

struct Stage {
  load::Scenario scenario;
  load::Machine machine;
  std::string platform;
};
Stage stage_of(const std::string& machine, const std::string& platform) {
  const std::string text = "scenario: whatever a guest says\nmachine: machines/" + machine + ".yaml\nplatforms: [ " + platform +
                           " ]\nguest: { vm0: { connect: \"unix:none\" } }\nattack:\n  - { by: vmm, at: vm0.exit, do: { read: exit } }\nexpect:\n  - { platforms: [ " + platform +
                           " ], outcome: held }\n";
  return {load::parse_scenario(text, "fuzz.yaml", engine::vocabulary()),
          load::load_machine("scenarios", "machines/" + machine + ".yaml", platform, engine::machine_vocabulary()), platform};
}
const Stage& stage(std::uint8_t byte) {
  static const std::vector<Stage> kStages = [] {
    std::vector<Stage> out;
    for (const char* machine : {"bare-vm", "one-accelerator", "virtio-vm"})
      for (const char* platform : {"snp", "tdx"}) out.push_back(stage_of(machine, platform));
    return out;
  }();
  return kStages[byte % kStages.size()];
}

engine::Verdict play(const Stage& stage, base::View script) {
  engine::Run run;
  run.scenario = &stage.scenario;
  run.machine = &stage.machine;
  run.platform = stage.platform;
  run.attack = false;
  run.open_guest = [&](const load::Thread&) { return std::make_unique<Script>(script); };
  return engine::run(run);
}

void speak(base::View in) {
  if (in.empty()) return;
  const auto once = play(stage(in[0]), in.subspan(1));
  base::check(!once.sentence().empty(), "a run has a verdict");
  base::check(play(stage(in[0]), in.subspan(1)).trace == once.trace, "the same words give the same run");
}

base::Bytes seed() {
  base::Bytes out{0};
  const auto call = [&](std::uint8_t number, std::uint8_t a, std::uint8_t b, std::uint8_t c, std::initializer_list<std::uint8_t> bytes = {}) {
    out.insert(out.end(), {number, a, b, c, static_cast<std::uint8_t>(bytes.size())});
    out.insert(out.end(), bytes);
  };
  call(GLACIS_CALL_ALLOC, 4, 0, 0);
  call(GLACIS_CALL_WRITE, 5, 0, 128, {1, 2, 3, 4});
  call(GLACIS_CALL_READ, 5, 3, 0);
  call(GLACIS_CALL_CONVERT, 5, 1, 1);
  call(GLACIS_CALL_CPUID, 0, 1, 0);
  call(GLACIS_CALL_EVIDENCE, 4, 0, 192, {9, 9});
  call(GLACIS_CALL_DEVICE_CONFIG, 0, 1, 0);
  call(GLACIS_CALL_HOST_DATA, 4, 6, 0);
  call(GLACIS_CALL_SEND, 0, 3, 64, {5});
  call(GLACIS_CALL_RETURN, 0, 0, 0);
  return out;
}

}  // namespace

SLOW_FUZZ_TARGET(speak, seed())
