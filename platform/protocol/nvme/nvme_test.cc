#include "platform/protocol/nvme/nvme.h"

#include <gtest/gtest.h>

#include <set>

#include "platform/protocol/nvme/logs.h"
#include "platform/protocol/nvme/schemas.h"

namespace nvme {
namespace {

template <class M>
void refuses_cut_and_longer(const M& message) {
  auto bytes = wire::encode(message);
  auto back = wire::decode<M>(bytes);
  ASSERT_TRUE(back) << back.error().text();
  EXPECT_EQ(*back, message);
  for (std::size_t n = 0; n < bytes.size(); ++n) EXPECT_FALSE(wire::decode<M>(base::View(bytes).first(n))) << n;
  bytes.push_back(0);
  EXPECT_FALSE(wire::decode<M>(bytes));
}

template <class M>
std::size_t offset_of(const char* field) {
  return wire::field_span<M>(field)->offset;
}

TEST(Nvme, AReadCommandHasTheBytesOfTheSpecification) {
  // NVM Express Base 1.4, 4.2: opcode 2, identifier 1234h, namespace 1, two blocks from block 5.
  const Command read{.opcode = static_cast<std::uint8_t>(IoOpcode::kRead),
                     .command_id = 0x1234,
                     .namespace_id = 1,
                     .prp1 = 0x1122334455667000,
                     .prp2 = 0x2000,
                     .dword10 = 5,
                     .dword12 = 1};
  EXPECT_EQ(base::to_hex(wire::encode(read)),
            "02003412" "01000000" "0000000000000000" "0000000000000000" "0070665544332211" "0020000000000000"
            "05000000" "00000000" "01000000" "00000000" "00000000" "00000000");
}

TEST(Nvme, ACompletionHasTheBytesOfTheSpecification) {
  const Completion done{.result = 0x00030003, .submission_head = 2, .submission_queue = 1, .command_id = 0x1234,
                        .status = 0x80 << 1 | kStatusPhase | kStatusDoNotRetry};
  EXPECT_EQ(base::to_hex(wire::encode(done)), "03000300" "00000000" "0200" "0100" "3412" "0181");
  EXPECT_EQ(status_of(done), Status::kLbaOutOfRange);
}

TEST(Nvme, StructuresLieWhereDriversLookForThem) {
  EXPECT_EQ(wire::min_size<Command>(), 64u);
  EXPECT_EQ(wire::min_size<Completion>(), 16u);
  EXPECT_EQ(wire::min_size<IdentifyController>(), 4096u);
  EXPECT_EQ(wire::min_size<IdentifyNamespace>(), 4096u);
  EXPECT_EQ(offset_of<IdentifyController>("serial_number"), 4u);
  EXPECT_EQ(offset_of<IdentifyController>("model_number"), 24u);
  EXPECT_EQ(offset_of<IdentifyController>("firmware_revision"), 64u);
  EXPECT_EQ(offset_of<IdentifyController>("max_data_transfer"), 77u);
  EXPECT_EQ(offset_of<IdentifyController>("controller_id"), 78u);
  EXPECT_EQ(offset_of<IdentifyController>("version"), 80u);
  EXPECT_EQ(offset_of<IdentifyController>("controller_type"), 111u);
  EXPECT_EQ(offset_of<IdentifyController>("event_limit"), 259u);
  EXPECT_EQ(offset_of<IdentifyController>("error_entries"), 262u);
  EXPECT_EQ(offset_of<IdentifyController>("submission_entry_size"), 512u);
  EXPECT_EQ(offset_of<IdentifyController>("namespaces"), 516u);
  EXPECT_EQ(offset_of<IdentifyController>("optional_io"), 520u);
  EXPECT_EQ(offset_of<IdentifyController>("write_cache"), 525u);
  EXPECT_EQ(offset_of<IdentifyController>("subsystem_name"), 768u);
  EXPECT_EQ(offset_of<IdentifyController>("power_state.max_power"), 2048u);
  EXPECT_EQ(offset_of<IdentifyNamespace>("format"), 26u);
  EXPECT_EQ(offset_of<IdentifyNamespace>("nguid"), 104u);
  EXPECT_EQ(offset_of<IdentifyNamespace>("eui64"), 120u);
  EXPECT_EQ(offset_of<IdentifyNamespace>("formats[0].metadata_size"), 128u);
  EXPECT_EQ(offset_of<IdentifyNamespace>("formats[15].data_size"), 190u);
  EXPECT_EQ(wire::min_size<ErrorEntry>(), 64u);
  EXPECT_EQ(offset_of<ErrorEntry>("namespace_id"), 24u);
  EXPECT_EQ(wire::min_size<HealthLog>(), 512u);
  EXPECT_EQ(offset_of<HealthLog>("temperature"), 1u);
  EXPECT_EQ(offset_of<HealthLog>("units_written[0]"), 48u);
  EXPECT_EQ(offset_of<HealthLog>("writes[0]"), 80u);
  EXPECT_EQ(offset_of<HealthLog>("errors[1]"), 184u);
  EXPECT_EQ(wire::min_size<FirmwareLog>(), 512u);
  EXPECT_EQ(offset_of<FirmwareLog>("revision"), 8u);
}

TEST(Nvme, EveryTruncationAndATailAreRefused) {
  refuses_cut_and_longer(Command{.opcode = 6, .prp1 = 1, .dword15 = 7});
  refuses_cut_and_longer(Completion{.result = 9, .status = 3});
  refuses_cut_and_longer(IdentifyController{.vendor_id = 0x1b36, .namespaces = 1, .power_state = {2500}});
  refuses_cut_and_longer(IdentifyNamespace{.size = 10, .eui64 = {1}});
  refuses_cut_and_longer(NamespaceDescriptor{});
  refuses_cut_and_longer(ErrorEntry{.count = 3, .location = 0xffff});
  refuses_cut_and_longer(HealthLog{.temperature = 298, .reads = {1, 2}});
  refuses_cut_and_longer(FirmwareLog{.revision = {'1'}});
}

TEST(Nvme, EveryLayoutIsListedUnderANameOfItsOwn) {
  std::set<std::string> names;
  for (const auto& schema : schemas()) {
    EXPECT_TRUE(schema.name.starts_with("nvme."));
    EXPECT_FALSE(schema.check(schema.empty)) << schema.name;
    names.insert(schema.name);
  }
  EXPECT_EQ(names.size(), schemas().size());
}

}  // namespace
}  // namespace nvme
