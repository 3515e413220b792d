// The event kernel beside SystemC 2.3.4. PHOLD: each event at one process schedules one at a random other, after an
// exponential delay with a mean of 1 us. Ping-pong: two processes in turn.
//
// SystemC has one kernel per process and never forgets one, so each measurement runs in a child of its own, ours too.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <deque>
#include <memory>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

// Debian's library is built as C++17, and its headers insist on the same.
#define SC_CPLUSPLUS 201703L

#include <systemc>

#include "platform/sim/sim.h"
#include "tests/bench/row.h"

// The SystemC library asks for it; nobody calls it.
int sc_main(int, char*[]) { return 0; }

namespace bench {
namespace {

constexpr std::uint32_t kProcesses = 1000;
constexpr int kRepeats = 5;

// What both sides draw from, as cheap as can be: the kernels are measured, not this.
class Dice {
 public:
  Dice() {
    for (std::size_t i = 0; i < delays_.size(); ++i) {
      const double u = (static_cast<double>(i) + 0.5) / static_cast<double>(delays_.size());
      delays_[i] = 1 + static_cast<sim::Time>(-std::log(u) * 1e6);
    }
  }
  std::uint32_t process(std::uint32_t count) { return static_cast<std::uint32_t>((roll() >> 32) * count >> 32); }
  sim::Time delay() { return delays_[roll() >> 52]; }

 private:
  std::uint64_t roll() { return state_ = state_ * 6364136223846793005u + 1442695040888963407u; }
  std::uint64_t state_ = 1;
  std::array<sim::Time, 4096> delays_;
};

struct Load {
  std::uint32_t processes;
  std::uint32_t pending;
  std::uint64_t events;
};

// CPU time of this process: others share the machine.
double seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

// Ours ----------------------------------------------------------------------------------------------------------------

sim::Task<> phold_actor(std::deque<sim::Bell>& bells, Dice& dice, std::uint32_t me) {
  sim::Bell& mine = bells[me];
  const auto count = static_cast<std::uint32_t>(bells.size());
  for (;;) {
    co_await mine.heard();
    bells[dice.process(count)].ring(dice.delay());
  }
}

double our_phold(Load load) {
  Dice dice;
  sim::Sim world;
  std::deque<sim::Bell> bells;
  for (std::uint32_t i = 0; i < load.processes; ++i) bells.emplace_back(world);
  for (std::uint32_t i = 0; i < load.processes; ++i) world.spawn(phold_actor(bells, dice, i));
  for (std::uint32_t i = 0; i < load.pending; ++i) bells[dice.process(load.processes)].ring(dice.delay());
  world.run_until(2 * sim::kMicrosecond);
  const std::uint64_t before = world.events();
  const double start = seconds();
  // Each event leads to one event: the rate is pending per mean delay.
  const double span = 1e6 * static_cast<double>(load.events) / load.pending;
  world.run_until(world.now() + static_cast<sim::Time>(span));
  const double spent = seconds() - start;
  const double nanoseconds = 1e9 * spent / static_cast<double>(world.events() - before);
  world.clear();
  return nanoseconds;
}

sim::Task<> ping_actor(sim::Bell& mine, sim::Bell& other) {
  for (;;) {
    co_await mine.heard();
    other.ring(sim::kNanosecond);
  }
}

double our_ping_pong(Load load) {
  sim::Sim world;
  sim::Bell ping(world);
  sim::Bell pong(world);
  world.spawn(ping_actor(ping, pong));
  world.spawn(ping_actor(pong, ping));
  ping.ring(sim::kNanosecond);
  const double start = seconds();
  world.run_until(load.events * sim::kNanosecond);
  const double spent = seconds() - start;
  const double nanoseconds = 1e9 * spent / static_cast<double>(world.events());
  world.clear();
  return nanoseconds;
}

// SystemC -------------------------------------------------------------------------------------------------------------

struct PholdModule : sc_core::sc_module {
  SC_HAS_PROCESS(PholdModule);
  PholdModule(sc_core::sc_module_name name, std::vector<std::unique_ptr<PholdModule>>& all, Dice& dice,
              std::uint64_t& events)
      : sc_module(name), queue("queue"), all_(all), dice_(dice), events_(events) {
    SC_METHOD(react);
    sensitive << queue;
    dont_initialize();
  }
  void react() {
    ++events_;
    const auto count = static_cast<std::uint32_t>(all_.size());
    PholdModule& next = *all_[dice_.process(count)];
    next.queue.notify(sc_core::sc_time::from_value(dice_.delay()));
  }
  sc_core::sc_event_queue queue;

 private:
  std::vector<std::unique_ptr<PholdModule>>& all_;
  Dice& dice_;
  std::uint64_t& events_;
};

double systemc_phold(Load load) {
  Dice dice;
  std::uint64_t events = 0;
  std::vector<std::unique_ptr<PholdModule>> all;
  for (std::uint32_t i = 0; i < load.processes; ++i) {
    const std::string name = "p" + std::to_string(i);
    all.push_back(std::make_unique<PholdModule>(name.c_str(), all, dice, events));
  }
  for (std::uint32_t i = 0; i < load.pending; ++i) {
    all[dice.process(load.processes)]->queue.notify(sc_core::sc_time::from_value(dice.delay()));
  }
  sc_core::sc_start(sc_core::sc_time::from_value(2 * sim::kMicrosecond));
  const std::uint64_t before = events;
  const double start = seconds();
  const double span = 1e6 * static_cast<double>(load.events) / load.pending;
  sc_core::sc_start(sc_core::sc_time::from_value(static_cast<sim::Time>(span)));
  return 1e9 * (seconds() - start) / static_cast<double>(events - before);
}

struct PingModule : sc_core::sc_module {
  SC_HAS_PROCESS(PingModule);
  explicit PingModule(sc_core::sc_module_name name) : sc_module(name) {
    SC_METHOD(react);
    sensitive << called;
    dont_initialize();
  }
  void react() {
    ++events;
    other->called.notify(sc_core::sc_time::from_value(sim::kNanosecond));
  }
  sc_core::sc_event called;
  PingModule* other = nullptr;
  std::uint64_t events = 0;
};

double systemc_ping_pong(Load load) {
  PingModule ping("ping");
  PingModule pong("pong");
  ping.other = &pong;
  pong.other = &ping;
  ping.called.notify(sc_core::sc_time::from_value(sim::kNanosecond));
  const double start = seconds();
  sc_core::sc_start(sc_core::sc_time::from_value(load.events * sim::kNanosecond));
  return 1e9 * (seconds() - start) / static_cast<double>(ping.events + pong.events);
}

// Measuring -----------------------------------------------------------------------------------------------------------

double in_a_child(double (*measure)(Load), Load load) {
  int ends[2];
  if (pipe(ends) != 0) std::abort();
  const pid_t child = fork();
  if (child == 0) {
    double result = measure(load);
    _exit(write(ends[1], &result, sizeof(result)) == sizeof(result) ? 0 : 1);
  }
  close(ends[1]);
  double result = NAN;
  if (read(ends[0], &result, sizeof(result)) != sizeof(result)) result = NAN;
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  return result;
}

struct Pair {
  double ours;
  double systemc;
};

// Medians; the two take turns, so that a disturbance meets both.
Pair measure(double (*ours)(Load), Load our_load, double (*theirs)(Load), Load their_load) {
  std::vector<double> a;
  std::vector<double> b;
  for (int i = 0; i < kRepeats; ++i) {
    a.push_back(in_a_child(ours, our_load));
    b.push_back(in_a_child(theirs, their_load));
  }
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  return {a[kRepeats / 2], b[kRepeats / 2]};
}

Row row_of(std::string name, Pair pair, std::string target, double at_least) {
  const double ratio = pair.systemc / pair.ours;
  return {std::move(name), pair.ours, pair.systemc, ratio, "ns/event", std::move(target), ratio >= at_least};
}

}  // namespace

void kernel_rows(std::vector<Row>& rows) {
  double least = 0;
  double most = 0;
  for (std::uint32_t pending : {1000u, 10'000u, 100'000u, 1'000'000u}) {
    const Load ours{kProcesses, pending, std::max(4'000'000u, 3 * pending)};
    const Load theirs{kProcesses, pending, std::max(300'000u, pending)};
    const Pair pair = measure(our_phold, ours, systemc_phold, theirs);
    const bool promised = pending == 100'000;
    rows.push_back(row_of("phold, " + std::to_string(pending) + " pending, SystemC methods", pair,
                          promised ? ">= 10x" : ">= 1x", promised ? 10 : 1));
    if (promised) rows.back().why = "the event loop itself: profile Sim::run_until";
    if (pending == 1000) least = pair.ours;
    most = pair.ours;
  }
  rows.push_back({"phold, 1e6 pending against 1e3 pending", most, least, most / least, "ns/event", "< 3x dearer",
                  most / least < 3});
  const Load turns{2, 1, 3'000'000};
  const Pair turn = measure(our_ping_pong, turns, systemc_ping_pong, turns);
  rows.push_back(row_of("ping-pong, SystemC methods", turn, ">= 1x", 1));
}

}  // namespace bench
