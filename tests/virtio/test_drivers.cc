// The cases of drivers_test.cc. A source of their own: the guest ABI's namespace and that of the compiler's run-time library, which the
// test library draws in, have one name.
#include "tests/virtio/test_drivers.h"

#include "guest/virtio/card.h"
#include "guest/virtio/disk.h"
#include "guest/virtio/rows.h"
#include "guest/virtio/streams.h"
#include "tests/virtio/test_bench.h"

// What does not hold is the case's answer.
#define HOLDS(what) \
  if (!(what)) return #what
#define HOLDS_NOT(what) \
  if (what) return "not: " #what
#define HOLDS_EQ(what, is) \
  if (!((what) == (is))) return #what " is " #is

namespace virtio_guest {

namespace {

struct Shape {
  bool packed, indirect, event_index;
};
const Shape kShapes[] = {{false, false, true}, {false, true, false}, {true, false, false}, {true, true, true}};
virtio::FunctionSettings settings_of(const Shape& shape) { return {.packed = shape.packed, .indirect = shape.indirect, .event_index = shape.event_index}; }

std::unique_ptr<virtio::Backend> block(TestBench& b) { return virtio::make_block(64, b); }
std::unique_ptr<virtio::Backend> net(TestBench& b) {
  return virtio::make_net({2, 0, 0, 0, 0, 1}, [](base::View frame) { return std::vector<base::Bytes>{base::bytes_of(frame)}; }, b);
}
std::unique_ptr<virtio::Backend> entropy(TestBench& b) {
  return virtio::make_entropy([](std::span<std::uint8_t> out) { std::fill(out.begin(), out.end(), 0x33); }, b);
}
std::unique_ptr<virtio::Backend> socket(TestBench& b) {
  return virtio::make_socket(3, [](base::View asked) { return std::vector<base::Bytes>{base::bytes_of(asked)}; }, b);
}

}  // namespace

std::string a_disk_gives_back_what_it_was_given_in_every_shape_of_ring() {
  for (const Shape& shape : kShapes) {
    TestBench bench(block, settings_of(shape));
    Transport transport(bench.guest, "dev0");
    HOLDS_EQ(transport.find(), virtio::Type::kBlock);
    Disk disk(transport);
    HOLDS(disk.start());
    HOLDS_EQ(disk.sectors(), 64u);
    HOLDS_EQ(transport.has(virtio::kRingPacked), shape.packed);
    HOLDS_EQ(transport.has(virtio::kIndirectDesc), shape.indirect);
    const auto page = disk.page("page");
    for (unsigned i = 0; i < 40; ++i) {  // several times round the ring, and not in step with it
      const base::Bytes content(virtio::kSector, static_cast<std::uint8_t>(i + 1));
      bench.guest.write(page, content);
      HOLDS(disk.write(i, page));
      bench.guest.write(page, base::Bytes(virtio::kSector));
      HOLDS_EQ(disk.read(i, page), virtio::kSector);
      HOLDS_EQ(bench.guest.read(page, virtio::kSector), content);
      if (i % 3 == 0) HOLDS(disk.flush());
    }
    HOLDS_NOT(disk.read(64, page));
    HOLDS(bench.spoke.empty());
  }
  return "";
}

std::string a_cards_frames_come_back() {
  for (const Shape& shape : kShapes) {
    TestBench bench(net, settings_of(shape));
    Transport transport(bench.guest, "dev0");
    HOLDS_EQ(transport.find(), virtio::Type::kNet);
    Card card(transport);
    HOLDS(card.start());
    for (std::uint8_t i = 0; i < 4; ++i) {
      const base::Bytes frame(60 + i, i);
      HOLDS(card.send(frame));
      const auto got = card.receive();
      HOLDS(got);
      HOLDS_EQ(got->frame, frame);
    }
    HOLDS_NOT(card.receive());
    HOLDS(bench.spoke.empty());
  }
  return "";
}

std::string entropy_and_sockets_pass_bytes() {
  for (const Shape& shape : kShapes) {
    TestBench bench(entropy, settings_of(shape));
    Transport transport(bench.guest, "dev0");
    HOLDS_EQ(transport.find(), virtio::Type::kEntropy);
    Stream source(transport);
    HOLDS(source.start(0));
    for (unsigned i = 0; i < 20; ++i) HOLDS_EQ(source.receive(32), base::Bytes(32, 0x33));

    TestBench other(socket, settings_of(shape));
    Transport there(other.guest, "dev0");
    HOLDS_EQ(there.find(), virtio::Type::kSocket);
    Socket connection(there, 9000);
    HOLDS(connection.connect());
    for (unsigned i = 1; i < 20; ++i) {
      HOLDS(connection.send(base::Bytes(i, 7)));
      HOLDS_EQ(connection.receive(), base::Bytes(i, 7));
    }
    HOLDS(bench.spoke.empty() && other.spoke.empty());
  }
  return "";
}

std::string a_list_of_capabilities_that_comes_back_to_itself_is_left() {
  TestBench bench(block, {});
  bench.alter_config = [](unsigned offset, std::uint32_t& value) {
    if (offset == 0x74) value = (value & 0xffff'00ff) | 0x4000;  // the last one leads to the first
  };
  Transport transport(bench.guest, "dev0");
  HOLDS(transport.find());
  HOLDS_NOT(transport.open(0));
  HOLDS(bench.spoke.contains("guest.pci.capability-loop"));
  return "";
}

std::string a_value_of_two_words_is_read_again_when_something_changed_and_given_up_when_that_never_ends() {
  for (const int changes : {1, 1000}) {
    TestBench bench(block, {});
    int reads = 0;
    bench.alter_register = [&](const std::string& name, base::Bytes& value) {
      if (name == "config_generation") value[0] = static_cast<std::uint8_t>(reads < 2 * changes ? reads : 2 * changes), ++reads;
    };
    Transport transport(bench.guest, "dev0");
    HOLDS(transport.find() && transport.open(0));
    HOLDS_EQ(transport.config64(0), changes == 1 ? 64 : ~0ull);
    HOLDS(bench.spoke.contains("guest.virtio.config-generation"));
  }
  return "";
}

std::string a_device_that_takes_features_ok_back_is_left() {
  TestBench bench(block, {});
  bench.alter_register = [](const std::string& name, base::Bytes& value) {
    if (name == "device_status") value[0] &= static_cast<std::uint8_t>(~virtio::kFeaturesOk);
  };
  Transport transport(bench.guest, "dev0");
  HOLDS(transport.find());
  HOLDS_NOT(transport.open(0));
  return "";
}

// Whatever a device says, a driver with its cares on ends, and writes no memory but its own pages.
std::string no_lie_leads_out_of_the_drivers_own_memory() {
  std::uint32_t state = 1;
  const auto draw = [&] { return state = state * 1664525 + 1013904223, state >> 8; };
  for (int run = 0; run < 300; ++run) {
    TestBench bench(block, settings_of(kShapes[run % 4]));
    bench.alter = [&](std::string_view, base::Bytes& bytes, const wire::Schema&) {
      if (!bytes.empty() && draw() % 3 == 0) bytes[draw() % bytes.size()] ^= static_cast<std::uint8_t>(1u << draw() % 8);
      return draw() % 16 != 0;
    };
    bench.alter_register = [&](const std::string&, base::Bytes& bytes) {
      if (draw() % 40 == 0) bytes[draw() % bytes.size()] ^= static_cast<std::uint8_t>(1u << draw() % 8);
    };
    bench.alter_config = [&](unsigned, std::uint32_t& value) {
      if (draw() % 200 == 0) value ^= 1u << draw() % 32;
    };
    Transport transport(bench.guest, "dev0");
    if (!transport.find()) continue;
    Disk disk(transport);
    if (!disk.start()) continue;
    const auto page = disk.page("page"), beside = bench.guest.alloc("beside", 4096);
    bench.guest.write(beside, base::Bytes(4096, 0x5a));
    for (unsigned i = 0; i < 12; ++i) {
      (void)disk.write(i, page + 4096 - virtio::kSector);
      (void)disk.read(i, page + 4096 - virtio::kSector);
    }
    disk.drain();
    HOLDS_EQ(bench.guest.read(beside, 4096), base::Bytes(4096, 0x5a));
  }
  return "";
}

std::string each_care_is_named_once() {
  std::set<std::string_view> ids;
  for (const auto& row : rows()) HOLDS(ids.insert(row.id).second);
  return "";
}

}  // namespace virtio_guest
