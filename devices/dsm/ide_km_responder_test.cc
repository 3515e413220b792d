#include "devices/dsm/ide_km_responder.h"

#include <gtest/gtest.h>

#include "devices/dsm/test_bench.h"

namespace dsm {
namespace {

using ide_km::Status;

base::Bytes hex(std::string_view text) { return *base::from_hex(text); }

constexpr pcie::KeySlot kSlot{0, ide::Direction::kReceive, ide::SubStream::kPosted};

// What one key slot is in, and what each request makes of it.
enum class Slot { kEmpty, kProgrammed, kActive };
void bring_to(Bench& bench, Slot slot) {
  if (slot == Slot::kEmpty) return;
  bench.ask(kOurs, wire::encode(Bench::key_prog(1, 0, 0, 0)));
  if (slot == Slot::kActive) bench.ask(kOurs, wire::encode(ide_km::SetGo{.stream_id = 1}));
}
// A slot in use takes no key; one that is not does. Looking this way spoils it.
Slot slot_of(Bench& bench) {
  auto& stream = bench.port.block(0);
  if (!stream.has_key(kSlot)) return Slot::kEmpty;
  return stream.program(kSlot, ide::Key{}) ? Slot::kProgrammed : Slot::kActive;
}

TEST(IdeKmResponder, DoesWhatTheTableSaysForEachSlotState) {
  struct Row {
    ide_km::Object request;
    Slot before, after;
    Status status;  // of KP_ACK
  };
  const Row rows[] = {
      {ide_km::Object::kQuery, Slot::kEmpty, Slot::kEmpty, Status::kSuccess},
      {ide_km::Object::kQuery, Slot::kProgrammed, Slot::kProgrammed, Status::kSuccess},
      {ide_km::Object::kQuery, Slot::kActive, Slot::kActive, Status::kSuccess},
      {ide_km::Object::kKeyProg, Slot::kEmpty, Slot::kProgrammed, Status::kSuccess},
      {ide_km::Object::kKeyProg, Slot::kProgrammed, Slot::kProgrammed, Status::kSuccess},
      {ide_km::Object::kKeyProg, Slot::kActive, Slot::kActive, Status::kUnspecifiedFailure},
      {ide_km::Object::kSetGo, Slot::kEmpty, Slot::kEmpty, Status::kSuccess},
      {ide_km::Object::kSetGo, Slot::kProgrammed, Slot::kActive, Status::kSuccess},
      {ide_km::Object::kSetGo, Slot::kActive, Slot::kActive, Status::kSuccess},
      {ide_km::Object::kSetStop, Slot::kEmpty, Slot::kEmpty, Status::kSuccess},
      {ide_km::Object::kSetStop, Slot::kProgrammed, Slot::kEmpty, Status::kSuccess},
      {ide_km::Object::kSetStop, Slot::kActive, Slot::kEmpty, Status::kSuccess},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(std::string(ide_km::name_of(row.request)) + " in " + std::to_string(static_cast<int>(row.before)));
    Bench bench;
    bring_to(bench, row.before);
    switch (row.request) {
      case ide_km::Object::kQuery: EXPECT_TRUE(bench.ask<ide_km::QueryResp>(kOurs, ide_km::Query{})); break;
      case ide_km::Object::kKeyProg: {
        auto ack = bench.ask<ide_km::KpAck>(kOurs, Bench::key_prog(1, 0, 0, 0));
        ASSERT_TRUE(ack);
        EXPECT_EQ(ack->status, row.status);
        break;
      }
      case ide_km::Object::kSetGo:
        EXPECT_TRUE(bench.ask<ide_km::GoStopAck>(kOurs, ide_km::SetGo{.stream_id = 1}));
        break;
      default: EXPECT_TRUE(bench.ask<ide_km::GoStopAck>(kOurs, ide_km::SetStop{.stream_id = 1}));
    }
    EXPECT_EQ(slot_of(bench), row.after);
  }
}

TEST(IdeKmResponder, RefusesAKeyForEachReason) {
  struct Reason {
    const char* id;
    Status status;
    void (*spoil)(ide_km::KeyProg&);
  };
  const Reason reasons[] = {
      {"ide-km.key-prog.port", Status::kUnsupportedPortIndex, [](auto& r) { r.port_index = 1; }},
      {"ide-km.key-prog.stream", Status::kUnsupportedValue, [](auto& r) { r.stream_id = 9; }},
      {"ide-km.key-prog.sub-stream", Status::kUnsupportedValue, [](auto& r) { r.key_sub_stream = 0x30; }},
      {"ide-km.key-prog.sub-stream", Status::kUnsupportedValue, [](auto& r) { r.key_sub_stream = 0xf3; }},
      {"ide-km.key-prog.ifv", Status::kUnsupportedValue, [](auto& r) { r.ifv = ide_km::wire_ifv_of(2); }},
      {"ide-km.key-prog.ifv", Status::kUnsupportedValue, [](auto& r) { r.ifv = {}; }},
      {"ide-km.key-prog.ifv", Status::kUnsupportedValue, [](auto& r) { r.ifv = ide_km::wire_ifv_of(1ull << 32); }},
  };
  for (const auto& reason : reasons) {
    SCOPED_TRACE(reason.id);
    Bench bench;
    auto request = Bench::key_prog(1, 0, 0, 0);
    reason.spoil(request);
    auto ack = bench.ask<ide_km::KpAck>(kOurs, request);
    ASSERT_TRUE(ack);
    EXPECT_EQ(ack->status, reason.status);
    EXPECT_EQ(ack->stream_id, request.stream_id);
    EXPECT_EQ(ack->key_sub_stream, request.key_sub_stream);
    EXPECT_EQ(ack->port_index, request.port_index);
    EXPECT_TRUE(bench.spoke(reason.id));
    EXPECT_EQ(slot_of(bench), Slot::kEmpty);
  }
  // Every other length, whatever else is wrong with it.
  const auto whole = wire::encode(Bench::key_prog(1, 0, 0, 0));
  for (std::size_t size = 2; size < whole.size() + 2; ++size) {
    if (size == whole.size()) continue;
    Bench bench;
    auto other = whole;
    other.resize(size);
    auto reply = bench.ask(kOurs, other);
    ASSERT_TRUE(reply);
    auto ack = wire::decode<ide_km::KpAck>(*reply);
    ASSERT_TRUE(ack);
    EXPECT_EQ(ack->status, Status::kIncorrectLength);
    EXPECT_EQ(slot_of(bench), Slot::kEmpty);
  }
}

TEST(IdeKmResponder, SpeaksTheWorkedMessages) {
  Bench bench;
  const auto key = hex("524125dfe0026e05eb7f8befd9d4399701b84e6af71d2403b4245ecd2027cd9c");
  auto request = hex("0002000001000000");
  base::append(request, key);
  base::append(request, hex("0000000001000000"));
  EXPECT_EQ(bench.ask(kOurs, request), hex("0003000001000000"));
  EXPECT_EQ(bench.ask(kOurs, hex("0004000001002300")), hex("0006000001002300"));
  auto wrong = request;
  wrong[6] = 0x30;
  EXPECT_EQ(bench.ask(kOurs, wrong), hex("0003000001033000"));
}

TEST(IdeKmResponder, ShowsThePortsRegisters) {
  Bench bench;
  auto answer = bench.ask<ide_km::QueryResp>(kOurs, ide_km::Query{});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->dev_func, 0);
  EXPECT_EQ(answer->bus, 1);
  EXPECT_EQ(answer->max_port_index, 0);
  ASSERT_EQ(answer->registers.size(), 8u + 2 * 32);
  EXPECT_EQ(base::load_le<std::uint32_t>(answer->registers), bench.space.get(bench.at.ide + 4, 4));
  EXPECT_EQ(base::load_le<std::uint32_t>(answer->registers, 12), 0x01400001u);
  auto none = bench.ask<ide_km::QueryResp>(kOurs, ide_km::Query{.port_index = 1});
  ASSERT_TRUE(none);
  EXPECT_EQ(none->port_index, 1);
  EXPECT_TRUE(none->registers.empty());
}

TEST(IdeKmResponder, MakesAStreamSecureWithTheLastKeyThatGoes) {
  Bench bench;
  ASSERT_TRUE(bench.program(kOurs, 1));
  EXPECT_TRUE(bench.dsm.keys().keyed_by(1, kOurs));
  for (unsigned i = 0; i < 6; ++i) {
    EXPECT_FALSE(bench.port.block(0).secure());
    bench.ask(kOurs, wire::encode(ide_km::SetGo{.stream_id = 1,
                                                .key_sub_stream = static_cast<std::uint8_t>(i % 2 << 1 | i / 2 << 4)}));
  }
  EXPECT_TRUE(bench.port.block(0).secure());
  EXPECT_EQ(bench.space.get(bench.block(0) + pcie::kIdeStreamStatus, 4) & 15, 2u);
  // The other set, while this one runs.
  EXPECT_TRUE(bench.program(kOurs, 1, 1));
  bench.go(kOurs, 1, 1);
  EXPECT_TRUE(bench.port.block(0).secure());
}

TEST(IdeKmResponder, StoppingAKeyInUseFailsTheStream) {
  Bench bench;
  bench.bring_to(tdisp::State::kRun);
  bench.ask(kOurs, wire::encode(ide_km::SetStop{.stream_id = 1, .key_sub_stream = 0x12}));
  EXPECT_FALSE(bench.port.block(0).secure());
  EXPECT_TRUE(bench.port.block(0).failed());
  EXPECT_EQ(bench.tdi->state(), tdisp::State::kError);
  bench.secure();
  EXPECT_TRUE(bench.port.block(0).secure());
}

TEST(IdeKmResponder, ObeysOnlyTheSessionOfTheFirstKey) {
  Bench bench;
  bench.secure(kOurs);
  EXPECT_FALSE(bench.ask(kTheirs, wire::encode(ide_km::Query{})));
  EXPECT_FALSE(bench.ask(kTheirs, wire::encode(Bench::key_prog(1, 1, 0, 0))));
  EXPECT_FALSE(bench.ask(kTheirs, wire::encode(ide_km::SetGo{.stream_id = 1})));
  EXPECT_FALSE(bench.ask(kTheirs, wire::encode(ide_km::SetStop{.stream_id = 1})));
  EXPECT_TRUE(bench.spoke("ide-km.owner.session"));
  EXPECT_TRUE(bench.port.block(0).secure());
  // Another stream is another matter.
  bench.stream(1, 2, pcie::kIdeEnable);
  EXPECT_TRUE(bench.program(kTheirs, 2));
  EXPECT_FALSE(bench.dsm.keys().keyed_by(2, kOurs));
}

TEST(IdeKmResponder, IgnoresWhoeverHasNoSession) {
  Bench bench;
  EXPECT_FALSE(bench.ask(kNoSession, wire::encode(ide_km::Query{})));
  EXPECT_FALSE(bench.program(kNoSession, 1));
  EXPECT_TRUE(bench.spoke("ide-km.request.session"));
  EXPECT_EQ(slot_of(bench), Slot::kEmpty);
}

TEST(IdeKmResponder, ErasesTheKeysOfASessionThatEnds) {
  Bench bench;
  bench.secure(kOurs);
  bench.dsm.session_ended(kTheirs);
  EXPECT_TRUE(bench.port.block(0).secure());
  bench.dsm.session_ended(kOurs);
  EXPECT_FALSE(bench.port.block(0).secure());
  EXPECT_EQ(slot_of(bench), Slot::kEmpty);
  EXPECT_EQ(bench.dsm.keys().owner(1), std::nullopt);
  bench.secure(kTheirs);
  EXPECT_TRUE(bench.port.block(0).secure());
}

TEST(IdeKmResponder, KeepsTheKeysOfAnEndedSessionWhenTheRuleIsLifted) {
  Bench bench;
  bench.defences.lift("ide-km.owner.end");
  bench.secure(kOurs);
  bench.dsm.session_ended(kOurs);
  EXPECT_TRUE(bench.port.block(0).secure());
}

TEST(IdeKmResponder, ForgetsOwnersWithAReset) {
  Bench bench;
  bench.secure(kOurs);
  bench.port.wipe();
  bench.dsm.reset(0, pcie::Reset::kHot);
  EXPECT_TRUE(bench.program(kTheirs, 1));
  EXPECT_TRUE(bench.dsm.keys().keyed_by(1, kTheirs));
}

}  // namespace
}  // namespace dsm
