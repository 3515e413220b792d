#include "platform/sim/channel.h"

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace sim {
namespace {

using Log = std::vector<std::string>;

Task<> read_all(Channel<int>& from, Sim& sim, Log& log, std::string name = "") {
  for (;;) {
    const int item = co_await from.receive();
    log.push_back(name + std::to_string(item) + "@" + std::to_string(sim.now()));
  }
}
Task<> send_each(Channel<int>& to, Sim& sim, Time period, int count) {
  for (int i = 0; i < count; ++i) {
    to.send(i);
    co_await sim.sleep(period);
  }
}
Task<> read_until(Channel<int>& from, Sim& sim, Time deadline, Log& log) {
  const std::optional<int> item = co_await from.receive_until(deadline);
  log.push_back((item ? std::to_string(*item) : "none") + "@" + std::to_string(sim.now()));
}

TEST(Channel, DeliversInOrderAfterItsDelay) {
  Sim sim;
  Log log;
  Channel<int> channel(sim, 100);
  sim.spawn(read_all(channel, sim, log));
  sim.spawn(send_each(channel, sim, 10, 3));
  sim.run();
  EXPECT_EQ(log, (Log{"0@100", "1@110", "2@120"}));
}

TEST(Channel, KeepsOrderWhileItsRingGrowsAndWraps) {
  Sim sim;
  Channel<std::unique_ptr<int>> channel(sim, 0);
  int sent = 0;
  int received = 0;
  for (int round = 0; round < 50; ++round) {
    for (int i = 0; i < round; ++i) channel.send(std::make_unique<int>(sent++));
    for (int i = 0; i < round - 1; ++i) ASSERT_EQ(**channel.poll(), received++);
  }
  while (auto item = channel.poll()) EXPECT_EQ(**item, received++);
  EXPECT_EQ(received, sent);
}

TEST(Channel, LosesCountsAndReportsWhatItCannotHold) {
  Sim sim;
  Channel<int> channel(sim, 0, 2, "doe0");
  EXPECT_TRUE(channel.send(1));
  EXPECT_TRUE(channel.send(2));
  EXPECT_FALSE(channel.send(3));
  EXPECT_FALSE(channel.send(4));
  EXPECT_EQ(channel.lost(), 2u);
  ASSERT_EQ(sim.limits_hit().size(), 1u);
  EXPECT_EQ(sim.limits_hit()[0].limit, "channel.capacity");
  EXPECT_EQ(sim.limits_hit()[0].who, "doe0");
  EXPECT_EQ(channel.poll(), 1);
  EXPECT_EQ(channel.poll(), 2);
  EXPECT_EQ(channel.poll(), std::nullopt);
}

struct DeadlineCase {
  Time sent;
  Time deadline;
  std::string seen;
};

TEST(Channel, ReceiveUntilGivesWhatLandsByTheDeadline) {
  const DeadlineCase cases[] = {
      {5, 100, "0@15"}, {5, 15, "0@15"}, {5, 14, "none@14"}, {50, 20, "none@20"}, {0, 9, "none@9"}, {0, 10, "0@10"},
  };
  for (const DeadlineCase& c : cases) {
    Sim sim;
    Log log;
    Channel<int> channel(sim, 10);
    sim.run_until(0);
    sim.spawn(read_until(channel, sim, c.deadline, log));
    sim.run_until(c.sent);
    channel.send(0);
    sim.run();
    EXPECT_EQ(log, (Log{c.seen})) << c.sent << " " << c.deadline;
  }
}

TEST(Channel, AnExpiredDeadlineLeavesTheMessageForTheNextReader) {
  Sim sim;
  Log log;
  Channel<int> channel(sim, 10);
  sim.spawn(read_until(channel, sim, 5, log));
  sim.run_until(7);
  channel.send(8);
  sim.spawn(read_all(channel, sim, log));
  sim.run();
  EXPECT_EQ(log, (Log{"none@5", "8@17"}));
}

// The victim is killed before anything is sent, while the message flies, or when it has landed in the same instant.
TEST(Channel, AKilledReaderTakesNothingWithIt) {
  for (bool timed : {false, true}) {
    for (Time when : {Time{3}, Time{8}, Time{15}}) {
      Sim sim;
      Log log;
      Log ghost;
      Channel<int> channel(sim, 10);
      const ActorId victim = timed ? sim.spawn(read_until(channel, sim, 1000, ghost))
                                   : sim.spawn(read_all(channel, sim, ghost));
      sim.run_until(3);
      if (when == 3) sim.kill(victim);
      sim.run_until(5);
      channel.send(1);
      sim.run_until(8);
      if (when == 8) sim.kill(victim);
      sim.run_until(14);
      if (when == 15) sim.kill(victim);
      sim.spawn(read_all(channel, sim, log));
      sim.run_until(100);
      channel.send(2);
      sim.run();
      EXPECT_EQ(log, (Log{"1@15", "2@110"})) << timed << when;
      EXPECT_TRUE(ghost.empty());
    }
  }
}

TEST(Channel, RefusesASecondReader) {
  Sim sim;
  Log log;
  Channel<int> channel(sim);
  sim.spawn(read_all(channel, sim, log));
  sim.spawn(read_all(channel, sim, log), "second");
  EXPECT_THROW(sim.run(), base::Bug);
  EXPECT_EQ(sim.culprit(), "second");
}

TEST(Channel, MayGoBeforeItsReadersDo) {
  Sim sim;
  Log log;
  {
    Channel<int> plain(sim);
    Channel<int> timed(sim);
    sim.spawn(read_all(plain, sim, log));
    sim.spawn(read_until(timed, sim, kSecond, log));
    sim.run_until(1);
  }
  sim.clear();
  EXPECT_EQ(sim.run(), Stop::kIdle);
  EXPECT_TRUE(log.empty());
}

}  // namespace
}  // namespace sim
