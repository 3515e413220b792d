// Whatever a device says of itself, or its host of it, a driver keeps to its own memory; and whatever a driver writes, the device keeps to
// what it was shown. The first byte chooses device and shape of ring; then a row of three bytes: which answer from the last one altered
// on, where, and what is laid over it.
#include "guest/virtio/card.h"
#include "guest/virtio/disk.h"
#include "guest/virtio/streams.h"
#include "platform/base/check.h"
#include "tests/fuzz/target.h"
#include "tests/virtio/test_bench.h"

namespace {

using namespace virtio_guest;

constexpr std::size_t kAnswersMax = 20'000;  // of the device: no driver asks for ever
constexpr std::uint64_t kVault = 0xF'0000;   // a page that no driver was given

std::unique_ptr<virtio::Backend> block(TestBench& b) { return virtio::make_block(64, b); }
std::unique_ptr<virtio::Backend> net(TestBench& b) {
  return virtio::make_net({2, 0, 0, 0, 0, 1}, [](base::View frame) { return std::vector<base::Bytes>{base::bytes_of(frame)}; }, b);
}

class Liar {
 public:
  explicit Liar(base::View script) : script_(script) {}
  // Alters `bytes` when its turn has come.
  void touch(std::span<std::uint8_t> bytes) {
    base::check(++answers_ < kAnswersMax, "a driver gives up");
    if (script_.size() < 3 || waited_++ < script_[0]) return;
    if (!bytes.empty()) bytes[script_[1] % bytes.size()] ^= script_[2];
    script_ = script_.subspan(3), waited_ = 0;
  }

 private:
  base::View script_;
  std::size_t waited_ = 0, answers_ = 0;
};

void drive(base::View in) {
  if (in.empty()) return;
  const std::uint8_t shape = in[0];
  Liar liar(in.subspan(1));
  TestBench bench(shape & 1 ? net : block, {.packed = (shape & 2) != 0, .indirect = (shape & 4) != 0, .event_index = (shape & 8) != 0});
  std::fill_n(bench.memory.begin() + kVault, 4096, 0xA5);
  bench.alter_config = [&](unsigned, std::uint32_t& value) {
    std::uint8_t bytes[4];
    for (int i = 0; i < 4; ++i) bytes[i] = static_cast<std::uint8_t>(value >> 8 * i);
    liar.touch(bytes);
    value = base::load_le<std::uint32_t>(base::View(bytes));
  };
  bench.alter_register = [&](const std::string&, base::Bytes& bytes) { liar.touch(bytes); };
  bench.alter = [&](std::string_view, base::Bytes& bytes, const wire::Schema&) {
    liar.touch(bytes);
    return true;
  };
  Transport transport(bench.guest, "dev0");
  const auto found = transport.find();
  if (found == virtio::Type::kBlock) {
    Disk disk(transport);
    if (!disk.start()) return;
    const auto page = disk.page("page");
    for (unsigned i = 0; i < 4; ++i) {
      (void)disk.write(i, page);
      (void)disk.read(i, page);
    }
    (void)disk.flush();
    disk.drain();
  } else if (found == virtio::Type::kNet) {
    Card card(transport);
    if (!card.start()) return;
    for (unsigned i = 0; i < 4; ++i) {
      (void)card.send(base::Bytes(60 + i, 7));
      (void)card.receive();
    }
  }
  for (std::size_t i = 0; i < 4096; ++i) base::check(bench.memory[kVault + i] == 0xA5, "no lie leads to memory that was not the driver's");
}

}  // namespace

FUZZ_TARGET(drive, base::Bytes{0, 200, 0, 1, 9, 1, 255})
