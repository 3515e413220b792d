#include "platform/protocol/acpi/aml.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "platform/protocol/acpi/aml_write.h"

namespace acpi {
namespace {

// The body of a definition block as the ACPICA compiler (20200925) makes it: device DEV0 with a region of memory at 10_0000h (FLD0 of 64
// bits, 16 unnamed ones, FLD1 of 8, FLD2 and FLD3 of 4), one of ports at 510h (PRT0 of 8), a counter CNT0 of 3, _STA, a method SUM0 of two
// arguments that saturates at 10, and an _INI that uses all of it; and DEV1, which is not there, with an _INI that clears FLD0.
constexpr const char* kCompiled =
    "1046105f53425f5b824a0d44455630085f4849440c41d00c0208434e54300a035b804d454d30000c000010000b00105b811d4d454d3000464c443040040010464c"
    "443108464c443204464c4433045b80494f3030010b10050a045b810b494f303001505254300814095f53544100a40a0f141753554d300272686960a00894600a0a"
    "a40a0aa103a4601449055f494e4900700e8877665544332211464c4430700a05464c4432700a0a464c44337053554d300a040a0550525430a21794434e54300076"
    "434e543072464c44310a02464c44317053554d30464c4431434e5430464c44315b82224445563114085f53544100a40014135f494e490070005e5e2e4445563046"
    "4c4430";

struct Memory final : AmlMachine {
  std::map<std::pair<Space, std::uint64_t>, std::uint8_t> bytes;
  unsigned accesses = 0;
  bool closed = false;
  bool read(Space space, std::uint64_t address, std::span<std::uint8_t> out) override {
    ++accesses;
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = bytes[{space, address + i}];
    return !closed;
  }
  bool write(Space space, std::uint64_t address, base::View in) override {
    ++accesses;
    if (closed) return false;
    for (std::size_t i = 0; i < in.size(); ++i) bytes[{space, address + i}] = in[i];
    return true;
  }
};

TEST(Aml, RunsWhatAnotherCompilerWrote) {
  Memory memory;
  Aml aml(memory);
  ASSERT_TRUE(aml.load(*base::from_hex(kCompiled))) << aml.why();
  EXPECT_EQ(memory.accesses, 0u) << "loading defines, and touches nothing";
  ASSERT_TRUE(aml.initialize()) << aml.why();
  EXPECT_EQ(aml.evaluate("\\_SB_.DEV0.FLD0"), 0x1122334455667788u) << "and a device that is not there was not initialized";
  EXPECT_EQ(aml.evaluate("\\_SB_.DEV0.FLD1"), 6u);
  EXPECT_EQ((memory.bytes[{Space::kSystemMemory, 0x10'000B}]), 0xA5) << "two fields of four bits share a byte";
  EXPECT_EQ((memory.bytes[{Space::kSystemIo, 0x510}]), 9);
  EXPECT_EQ(aml.evaluate("\\_SB_.DEV0._STA"), 0x0Fu);
  EXPECT_FALSE(aml.evaluate("\\_SB_.DEV0.SUM0")) << "wants arguments";
}

TEST(Aml, WritesWhatTheCompilerWrites) {
  using namespace write;
  const auto compiled = *base::from_hex(kCompiled);
  const auto has = [&](const base::Bytes& part) { return std::search(compiled.begin(), compiled.end(), part.begin(), part.end()) != compiled.end(); };
  EXPECT_TRUE(has(region("MEM0", Space::kSystemMemory, 0x10'0000, 0x1000)));
  EXPECT_TRUE(has(method("_STA", 0, give_back(number(0x0F)))));
  auto ports = fields("IO00", {{"PRT0", 8}});
  ports.at(7) = 1;  // accessed by bytes
  EXPECT_TRUE(has(ports));
}

TEST(Aml, RefusesEveryTruncation) {
  const auto whole = *base::from_hex(kCompiled);
  for (std::size_t size = 1; size < whole.size(); ++size) {
    Memory memory;
    EXPECT_FALSE(Aml(memory).load(base::View(whole).first(size))) << size;
  }
}

TEST(Aml, EndsALoopThatDoesNot) {
  Memory memory;
  Aml aml(memory, {.steps_max = 1000});
  EXPECT_FALSE(aml.load(base::Bytes{0xA2, 0x03, 0x01, 0xA3}));
  EXPECT_NE(aml.why().find("never ends"), std::string::npos);
}

TEST(Aml, EndsTermsWithinTermsAndMethodsThatCallThemselves) {
  Memory memory;
  EXPECT_FALSE(Aml(memory).load(base::Bytes(50'000, 0x92)));
  EXPECT_FALSE(Aml(memory).load(base::Bytes(50'000, 0xA4)));
  using namespace write;
  Aml aml(memory);
  ASSERT_TRUE(aml.load(method("AGAN", 0, name("AGAN"))));
  EXPECT_FALSE(aml.evaluate("\\AGAN"));
  EXPECT_NE(aml.why().find("too deeply"), std::string::npos);
}

TEST(Aml, StopsWhereTheMachineDoesNotCarryOut) {
  using namespace write;
  Memory memory;
  memory.closed = true;
  Aml aml(memory);
  ASSERT_TRUE(aml.load(join({region("REG0", Space::kSystemMemory, 0, 8), fields("REG0", {{"FLD0", 64}}),
                             method("PUT0", 0, join({store(number(1), name("FLD0")), give_back(number(7))}))})))
      << aml.why();
  EXPECT_FALSE(aml.evaluate("\\PUT0"));
}

TEST(Aml, ReachesNothingBehindARegion) {
  using namespace write;
  Memory memory;
  Aml aml(memory);
  ASSERT_TRUE(aml.load(join({region("REG0", Space::kSystemMemory, 0, 4), fields("REG0", {{"FLD0", 64}})})));
  EXPECT_FALSE(aml.evaluate("\\FLD0"));
  EXPECT_EQ(memory.accesses, 0u);
}

TEST(Aml, ChoosesOneOfTwo) {
  using namespace write;
  Memory memory;
  Aml aml(memory);
  const auto choose = join({when(equal(name("SEL0"), number(1)), give_back(number(10))), otherwise(give_back(number(20)))});
  ASSERT_TRUE(aml.load(join({named("SEL0", number(1)), method("CHSE", 0, choose), method("SET0", 0, store(number(2), name("SEL0")))})));
  EXPECT_EQ(aml.evaluate("\\CHSE"), 10u);
  EXPECT_TRUE(aml.evaluate("\\SET0"));
  EXPECT_EQ(aml.evaluate("\\CHSE"), 20u);
}

}  // namespace
}  // namespace acpi
