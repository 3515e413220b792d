// The TPM in a process of its own: what it owes to its seed and its clock, and what becomes of one that is not there.
#include "scenarios/gateway/tpm_process.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "platform/base/user_error.h"
#include "platform/protocol/tpm/attest.h"
#include "platform/protocol/tpm/commands.h"
#include "tsm/vtpm/tpm.h"
#include "tsm/vtpm/vtpm_protocol.h"

namespace gateway {
namespace {

constexpr std::uint64_t kMillisecond = 1'000'000;

struct Running {
  explicit Running(std::uint8_t seed, std::uint64_t step = kMillisecond)
      : link(start_tpm("")),
        tpm(
            [this](base::View frame) {
              return link->send(frame) ? link->receive() : std::nullopt;
            },
            [this, step] { return now += step; }, vtpm::Seed{seed}) {
    EXPECT_EQ(tpm.power_on().result, vtpm::kOk);
    EXPECT_EQ(tpm::result_of(say(tpm::startup())), tpm::kSuccess);
  }
  base::Bytes say(const base::Bytes& command) {
    auto answer = tpm.command(command).value_or(base::Bytes{});
    heard.push_back(answer);
    return answer;
  }
  // Keys, random bytes and a quote.
  tpm::Quote story() {
    (void)say(tpm::create_primary(tpm::kEndorsement, tpm::endorsement_template()));
    const auto key = tpm::read_created(say(tpm::create_primary(tpm::kEndorsement, tpm::attestation_template())));
    (void)say({0x80, 1, 0, 0, 0, 12, 0, 0, 1, 0x7b, 0, 32});
    (void)say(tpm::pcr_extend(10, tpm::Digest{1}));
    const auto quoted = tpm::read_quoted(say(tpm::quote(key ? key->handle : 0, tpm::Digest{2}, {10})));
    if (!quoted) return {};
    return *wire::decode<tpm::Quote>(quoted->attest);
  }

  std::uint64_t now = 0;
  std::unique_ptr<engine::GuestLink> link;
  vtpm::Tpm tpm;
  std::vector<base::Bytes> heard;
};

TEST(TpmProcess, TheSameSeedAndTheSameClockGiveTheSameBytes) {
  Running first(1), second(1);
  (void)first.story(), (void)second.story();
  EXPECT_EQ(first.heard, second.heard);
  EXPECT_EQ(first.tpm.state(vtpm::State::kPermanent).bytes, second.tpm.state(vtpm::State::kPermanent).bytes);
  EXPECT_EQ(first.tpm.state(vtpm::State::kVolatile).bytes, second.tpm.state(vtpm::State::kVolatile).bytes);
}

TEST(TpmProcess, AnotherSeedGivesOtherKeysAndAnotherClockAnotherTime) {
  Running first(1), other(2), later(1, 1000 * kMillisecond);
  const auto one = first.story(), two = later.story();
  (void)other.story();
  for (std::size_t i = 1; i <= 3; ++i) EXPECT_NE(first.heard[i], other.heard[i]) << i;
  EXPECT_EQ(first.heard[1], later.heard[1]);  // keys have no clock
  EXPECT_GT(two.clock, one.clock + 1000);
  EXPECT_EQ(one.pcr_digest, two.pcr_digest);
}

TEST(TpmProcess, AQuoteSaysWhatWasExtended) {
  Running one(1);
  const auto quote = one.story();
  std::map<unsigned, tpm::Digest> pcrs{{10, tpm::extended({}, tpm::Digest{1})}};
  EXPECT_EQ(quote.pcr_digest, tpm::Sized::of(tpm::digest_of(pcrs, tpm::Selections::of({10}))));
  EXPECT_EQ(quote.extra, tpm::Sized::of(tpm::Digest{2}));
}

TEST(TpmProcess, StatePutBackIsTheStateThatWasTaken) {
  Running one(1);
  const auto permanent = one.tpm.state(vtpm::State::kPermanent).bytes, before = one.tpm.state(vtpm::State::kVolatile).bytes;
  (void)one.say(tpm::pcr_extend(10, tpm::Digest{1}));
  EXPECT_EQ(one.tpm.set_state(vtpm::State::kVolatile, before).result, VTPM_BAD_OPERATION);  // it runs
  (void)one.tpm.power_off();
  EXPECT_EQ(one.tpm.set_state(vtpm::State::kPermanent, permanent).result, vtpm::kOk);
  EXPECT_EQ(one.tpm.set_state(vtpm::State::kVolatile, before).result, vtpm::kOk);
  EXPECT_EQ(one.tpm.power_on().result, vtpm::kOk);
  const auto pcrs = tpm::read_pcrs(one.say(tpm::pcr_read({10})));
  ASSERT_TRUE(pcrs.has_value());
  EXPECT_EQ(pcrs->at(10), tpm::Digest{});
}

TEST(TpmProcess, WithoutPowerItDoesNothing) {
  Running one(1);
  (void)one.tpm.power_off();
  EXPECT_FALSE(one.tpm.command(tpm::pcr_read({10})));
  EXPECT_EQ(one.tpm.established().result, VTPM_BAD_OPERATION);
}

TEST(TpmProcess, AProgramThatIsNotThereIsNamed) {
  const std::string kept = std::getenv("GLACIS_VTPM") ? std::getenv("GLACIS_VTPM") : "";
  setenv("GLACIS_VTPM", "/nonexistent", 1);
  EXPECT_THROW((void)open_tpm(), base::UserError);
  if (kept.empty()) unsetenv("GLACIS_VTPM");
  else setenv("GLACIS_VTPM", kept.c_str(), 1);
}

}  // namespace
}  // namespace gateway
