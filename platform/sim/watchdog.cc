#include "platform/sim/watchdog.h"

#include "platform/sim/last_words.h"

namespace sim {
namespace {

// Silence is counted in looks, not read off a clock, so that time during which nobody ran does not count.
constexpr int kLooks = 20;

}  // namespace

Watchdog::Watchdog(const Pulse& pulse, std::chrono::milliseconds silence_max)
    : pulse_(pulse), silence_max_(silence_max), thread_([this] { watch(); }) {}

Watchdog::~Watchdog() {
  {
    std::lock_guard lock(mutex_);
    over_ = true;
  }
  ended_.notify_one();
  thread_.join();
}

void Watchdog::watch() {
  std::unique_lock lock(mutex_);
  std::uint64_t beats = 0;
  for (int still = 0; !ended_.wait_for(lock, silence_max_ / kLooks, [this] { return over_; });) {
    const char* guest = pulse_.running.load(std::memory_order_relaxed);
    const std::uint64_t now = pulse_.beats.load(std::memory_order_relaxed);
    still = guest && now == beats ? still + 1 : 0;
    beats = now;
    if (still < kLooks) continue;
    LastWords words;
    words << "glacis: guest " << guest << " called nothing for " << static_cast<std::size_t>(silence_max_.count() / 1000)
          << " s (limit fiber.silence_max)";
    words.speak();
  }
}

}  // namespace sim
