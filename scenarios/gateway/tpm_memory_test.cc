// A TPM that is remembered says what one that is asked says, and is asked only what is new.
#include "scenarios/gateway/tpm_memory.h"

#include <gtest/gtest.h>

#include "platform/base/user_error.h"
#include "platform/protocol/tpm/commands.h"
#include "scenarios/gateway/tpm_process.h"
#include "tsm/vtpm/tpm.h"

namespace gateway {
namespace {

// Answers with all that it was asked, so any question that is left out or doubled shows.
class Telling final : public engine::GuestLink {
 public:
  explicit Telling(std::size_t& asked, std::size_t dies_at = 0) : asked_(asked), dies_at_(dies_at) {}
  bool send(base::View frame) override {
    ++asked_;
    base::append(all_, frame);
    return dies_at_ == 0 || ++here_ < dies_at_;
  }
  std::optional<base::Bytes> receive() override { return all_; }
  End ended() const override { return {.why = "was ended by SIGKILL", .limit = {}}; }

 private:
  std::size_t& asked_;
  std::size_t dies_at_, here_ = 0;
  base::Bytes all_;
};

struct Process {
  std::size_t started = 0, asked = 0, dies_at = 0;
  std::unique_ptr<engine::GuestLink> link() {
    return remembered_tpm([this] {
      ++started;
      return std::make_unique<Telling>(asked, dies_at);
    });
  }
};

std::optional<base::Bytes> ask(engine::GuestLink& link, const std::string& question) {
  return link.send(base::view_of(question)) ? link.receive() : std::nullopt;
}
base::Bytes bytes(const std::string& text) { return base::bytes_of(base::view_of(text)); }

TEST(TpmMemory, TheSameQuestionsInTheSameOrderStartNoProcess) {
  Process process;
  for (int world = 0; world < 3; ++world) {
    const auto link = process.link();
    EXPECT_EQ(ask(*link, "same a"), bytes("same a"));
    EXPECT_EQ(ask(*link, "b"), bytes("same ab"));
  }
  EXPECT_EQ(process.started, 1u);
  EXPECT_EQ(process.asked, 2u);
}

TEST(TpmMemory, AnotherOrderIsAnotherStory) {
  Process process;
  const auto first = process.link(), second = process.link();
  EXPECT_EQ(ask(*first, "order a"), bytes("order a"));
  EXPECT_EQ(ask(*first, "b"), bytes("order ab"));
  EXPECT_EQ(ask(*second, "b"), bytes("b"));
  EXPECT_EQ(ask(*second, "order a"), bytes("border a"));
}

TEST(TpmMemory, WhereStoriesPartTheProcessIsToldWhatCameBefore) {
  Process process;
  const auto first = process.link(), second = process.link();
  EXPECT_EQ(ask(*first, "part a"), bytes("part a"));
  EXPECT_EQ(ask(*first, "b"), bytes("part ab"));
  EXPECT_EQ(ask(*second, "part a"), bytes("part a"));
  EXPECT_EQ(process.started, 1u);
  EXPECT_EQ(ask(*second, "c"), bytes("part ac"));
  EXPECT_EQ(process.started, 2u);
  // The first runs on; and who has a process hears from memory too, and tells the process later.
  EXPECT_EQ(ask(*first, "d"), bytes("part abd"));
  const auto third = process.link();
  EXPECT_EQ(ask(*third, "part a"), bytes("part a"));
  EXPECT_EQ(ask(*third, "c"), bytes("part ac"));
  EXPECT_EQ(process.started, 2u);
  EXPECT_EQ(ask(*third, "e"), bytes("part ace"));
  EXPECT_EQ(ask(*second, "e"), bytes("part ace"));
  EXPECT_EQ(ask(*second, "f"), bytes("part acef"));
  EXPECT_EQ(process.started, 3u);
}

TEST(TpmMemory, AProcessThatDiesOrDoesNotStartIsTheLinksEnd) {
  Process process{.dies_at = 2};
  const auto link = process.link();
  EXPECT_EQ(ask(*link, "die a"), bytes("die a"));
  EXPECT_EQ(ask(*link, "b"), std::nullopt);
  EXPECT_EQ(link->ended().why, "was ended by SIGKILL");
  // What it did not say is not remembered.
  Process sound;
  const auto other = sound.link();
  EXPECT_EQ(ask(*other, "die a"), bytes("die a"));
  EXPECT_EQ(ask(*other, "b"), bytes("die ab"));
  const auto never = remembered_tpm([]() -> std::unique_ptr<engine::GuestLink> { throw base::UserError("no room"); });
  EXPECT_EQ(ask(*never, "never"), std::nullopt);
  EXPECT_EQ(never->ended().why, "cannot be started: no room");
}

// The real one: the answers of a process that was asked, of memory alone, and of both.
TEST(TpmMemory, SaysWhatLibtpmsSays) {
  const auto story = [](engine::GuestLink& link, unsigned pcr) {
    std::uint64_t now = 0;
    vtpm::Tpm chip([&](base::View frame) { return link.send(frame) ? link.receive() : std::nullopt; }, [&] { return now += 1'000'000; }, vtpm::Seed{7});
    std::vector<base::Bytes> heard{chip.power_on().bytes};
    const auto say = [&](base::Bytes command) { heard.push_back(chip.command(command).value_or(base::Bytes{})); };
    say(tpm::startup());
    say({0x80, 1, 0, 0, 0, 12, 0, 0, 1, 0x7b, 0, 32});                                                   // TPM2_GetRandom
    say(tpm::pcr_read({pcr}));
    say(tpm::pcr_extend(pcr, tpm::Digest{1}));
    say(tpm::pcr_read({pcr}));
    say({0x80, 1, 0, 0, 0, 12, 0, 0, 1, 0x7b, 0, 32});
    heard.push_back(chip.state(vtpm::State::kPermanent).bytes);
    heard.push_back(chip.state(vtpm::State::kVolatile).bytes);
    return heard;
  };
  const auto live = [&](unsigned pcr) { return story(*start_tpm(""), pcr); };
  const auto remembered = [&](unsigned pcr) { return story(*remembered_tpm([] { return start_tpm(""); }), pcr); };
  const auto first = live(0), other = live(1);
  ASSERT_GT(first[2].size(), 32u);
  EXPECT_NE(first, other);
  EXPECT_EQ(remembered(0), first);
  EXPECT_EQ(remembered(0), first);  // from memory
  EXPECT_EQ(remembered(1), other);  // from both
}

}  // namespace
}  // namespace gateway
