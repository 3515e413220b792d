#include "guest/kernel/interrupts.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace kernel {
namespace {

struct Bench final : Machine {
  std::set<std::string> lifted;
  std::vector<std::string> spoke;
  std::optional<std::uint64_t> ax = 0;
  std::map<std::uint64_t, std::uint64_t> memory;
  std::vector<std::array<std::uint64_t, 4>> exits;
  std::uint64_t host_says = 0;

  bool defend(const char* row, bool holds) override {
    if (holds || lifted.contains(row)) return true;
    spoke.emplace_back(row);
    return false;
  }
  std::optional<std::uint64_t> rax() override { return ax; }
  void set_rax(std::uint64_t value) override { ax = value; }
  std::uint64_t exit(std::uint64_t code, std::uint64_t info1, std::uint64_t info2, std::uint64_t value) override {
    exits.push_back({code, info1, info2, value});
    return host_says;
  }
  std::uint64_t load(std::uint64_t address) override { return memory[address]; }
  void store(std::uint64_t address, std::uint64_t value) override { memory[address] = value; }

  Handled take(const Arrival& arrival, const Features& features = {.vc = true, .doorbell = true}) { return handle(arrival, features, *this); }
};
using Kind = Handled::Kind;

// arch/x86/kernel/traps.c: which exceptions end in the program, and as what.
TEST(Exceptions, BecomeTheSignalsOfLinux) {
  constexpr struct {
    std::uint8_t vector;
    Kind kind;
    int signal;
  } kExpected[] = {{0, Kind::kSignal, 8},  {1, Kind::kSignal, 5},   {3, Kind::kSignal, 5},  {4, Kind::kSignal, 11},
                   {5, Kind::kSignal, 11}, {6, Kind::kSignal, 4},   {7, Kind::kPanic, 0},   {8, Kind::kPanic, 0},
                   {9, Kind::kSignal, 8},  {10, Kind::kSignal, 11}, {11, Kind::kSignal, 7}, {12, Kind::kSignal, 7},
                   {13, Kind::kSignal, 11}, {14, Kind::kIgnored, 0}, {16, Kind::kIgnored, 0}, {17, Kind::kSignal, 7},
                   {18, Kind::kPanic, 0},  {19, Kind::kIgnored, 0}, {21, Kind::kSignal, 11}, {0xEC, Kind::kDone, 0}};
  for (const auto& row : kExpected) {
    Bench b;
    const auto got = b.take({.vector = row.vector, .exception = true});
    EXPECT_EQ(got.kind, row.kind) << unsigned{row.vector};
    EXPECT_EQ(got.signal, row.signal) << unsigned{row.vector};
  }
}

TEST(Exceptions, OfArchitecturesWithoutVectorsAreAborts) {
  Bench b;
  EXPECT_EQ(b.take({.vector = 0, .exception = true}, {.architecture = Architecture::kArm}).signal, kSigBus);
  EXPECT_EQ(b.take({.vector = 0, .exception = true}, {.architecture = Architecture::kRiscv}).signal, kSigSegv);
  EXPECT_EQ(b.take({.vector = 0x80}, {.architecture = Architecture::kArm}).kind, Kind::kDone) << "an interrupt like any other";
  EXPECT_EQ(b.ax, 0u);
}

TEST(Int80, LeavesTheResultOfASystemCallInRax) {
  for (const auto& [number, result] : {std::pair{0u, -4}, {5u, -38}, {0xFFFF'FFFFu, -38}}) {
    Bench b;
    b.lifted = {"guest.no-ia32"};
    b.ax = number;
    EXPECT_EQ(b.take({.vector = 0x80}).kind, Kind::kDone);
    EXPECT_EQ(static_cast<std::int64_t>(*b.ax), result) << number;
  }
}

TEST(Int80, IsIgnoredWhereThereAreNo32BitCalls) {
  Bench b;
  EXPECT_EQ(b.take({.vector = 0x80}).kind, Kind::kIgnored);
  EXPECT_EQ(b.ax, 0u);
  EXPECT_EQ(b.spoke, std::vector<std::string>{"guest.no-ia32"});
}

TEST(Int80, ThatAnInterruptControllerHasInServiceIsNoSystemCall) {
  Bench b;
  b.lifted = {"guest.no-ia32"};
  EXPECT_EQ(b.take({.vector = 0x80, .in_service = true}).kind, Kind::kPanic);
  EXPECT_EQ(b.ax, 0u);
}

TEST(Int80, CanEndTheProgramAndReachesNobodyWithoutOne) {
  Bench b;
  b.lifted = {"guest.no-ia32"};
  b.ax = 1;
  EXPECT_EQ(b.take({.vector = 0x80}).kind, Kind::kEnds);
  b.ax.reset();
  EXPECT_EQ(b.take({.vector = 0x80}).kind, Kind::kIgnored);
}

TEST(Vc, OfAnInstructionThatNeedsItIsCarriedOut) {
  Bench b;
  b.ax = 7, b.host_says = 9;
  EXPECT_EQ(b.take({.vector = 29, .exception = true, .error_code = kExitVmmcall, .causes_exit = kExitVmmcall}).kind, Kind::kDone);
  EXPECT_EQ(b.exits, (std::vector<std::array<std::uint64_t, 4>>{{kExitVmmcall, 0, 0, 7}}));
  EXPECT_EQ(b.ax, 9u);
}

TEST(Vc, OfAnyOtherInstructionIsRefused) {
  for (const auto code : {kExitVmmcall, kExitNpf, std::uint64_t{0x72}}) {
    Bench b;
    b.ax = 7;
    EXPECT_EQ(b.take({.vector = 29, .exception = true, .error_code = static_cast<std::uint32_t>(code)}).kind, Kind::kIgnored);
    EXPECT_EQ(b.spoke, std::vector<std::string>{"guest.vc-check"});
    EXPECT_TRUE(b.exits.empty());
    EXPECT_EQ(b.ax, 7u);
  }
}

TEST(Vc, ForMmioMovesMemoryBetweenGuestAndHost) {
  Bench b;
  b.lifted = {"guest.vc-check"};
  b.memory[0x1000] = 0x5EC2E7, b.host_says = 0x90;
  (void)b.take({.vector = 29, .exception = true, .error_code = kExitNpf, .operand = 0x1000});
  ASSERT_EQ(b.exits.size(), 1u);
  EXPECT_EQ(b.exits[0], (std::array<std::uint64_t, 4>{kMmioWrite, 0x1000, 8, 0x5EC2E7}));
  (void)b.take({.vector = 29, .exception = true, .error_code = kExitNpf, .operand = 0x1000, .stores = true});
  EXPECT_EQ(b.exits[1], (std::array<std::uint64_t, 4>{kMmioRead, 0x1000, 8, 0}));
  EXPECT_EQ(b.memory[0x1000], 0x90u);
}

TEST(Vc, IsAnExceptionWithoutAReasonWhereTheKernelTakesNone) {
  Bench b;
  EXPECT_EQ(b.take({.vector = 29, .exception = true, .error_code = kExitVmmcall}, {}).kind, Kind::kIgnored);
  EXPECT_TRUE(b.exits.empty());
}

TEST(Doorbell, AnnouncesInterruptsAndNothingElse) {
  for (unsigned pending = 0; pending < 256; ++pending) {
    Bench b;
    const auto got = b.take({.vector = 28, .exception = true, .pending = static_cast<std::uint8_t>(pending)});
    const bool expected = pending >= 32 && pending != 0x80;
    EXPECT_EQ(got.kind, expected ? Kind::kDone : Kind::kIgnored) << pending;
    EXPECT_EQ(b.spoke.empty(), expected) << pending;
  }
}

TEST(Doorbell, WithoutTheFilterLeadsToEveryHandler) {
  Bench b;
  b.lifted = {"guest.hv-filter", "guest.no-ia32"};
  (void)b.take({.vector = 28, .exception = true, .pending = 0x80});
  EXPECT_EQ(static_cast<std::int64_t>(*b.ax), -4);
  EXPECT_EQ(b.take({.vector = 28, .exception = true, .pending = 6}).signal, kSigIll);
  EXPECT_EQ(b.take({.vector = 28, .exception = true, .pending = 28}).kind, Kind::kIgnored) << "no end of doorbells";
}

TEST(Rows, AreDistinctAndSayWhatHolds) {
  std::set<std::string_view> ids;
  for (const auto* row : rows()) {
    EXPECT_TRUE(ids.insert(row->id).second) << row->id;
    EXPECT_FALSE(row->clause.empty());
  }
  EXPECT_EQ(ids.size(), 4u);
}

}  // namespace
}  // namespace kernel
