#include "platform/sim/watchdog.h"

#include <signal.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "platform/sim/last_words.h"

namespace sim {
namespace {

// Silence is counted in looks, not read off a clock, so that time during which nobody ran does not count.
constexpr int kLooks = 20;

}  // namespace

// Worlds are shorter than a thread takes to start. Where one follows another, the thread is not woken for them: it looks at whoever is
// there when it wakes, and sleeps for good only when it found nobody for a while.
class Watchdog::Thread {
 public:
  static Thread& only() {
    static auto* const kThread = new Thread;    // never destroyed: it may outlive `main`
    return *kThread;
  }
  void add(Watchdog& watchdog) {
    std::lock_guard lock(mutex_);
    watched_.push_back(&watchdog);
    if (watchdog.next_ < wakes_) came_.notify_one();
  }
  void remove(Watchdog& watchdog) {
    std::lock_guard lock(mutex_);
    std::erase(watched_, &watchdog);
  }

 private:
  // A signal is for threads that know what they hold.
  Thread() {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    std::thread([this] { run(); }).detach();
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }
  void run() {
    std::unique_lock lock(mutex_);
    for (bool was_alone = false;;) {
      const auto now = Clock::now();
      const bool alone = watched_.empty();
      wakes_ = alone && was_alone ? Clock::time_point::max() : now + kSilenceMax / kLooks;
      was_alone = alone;
      for (auto* one : watched_) {
        if (one->next_ <= now) one->look();
        wakes_ = std::min(wakes_, one->next_);
      }
      // Not wait_until(max()), whose sum with another clock's time overflows.
      if (wakes_ == Clock::time_point::max()) came_.wait(lock);
      else came_.wait_until(lock, wakes_);
    }
  }

  std::mutex mutex_;
  std::condition_variable came_;
  std::vector<Watchdog*> watched_;
  Clock::time_point wakes_ = Clock::time_point::max();
};

Watchdog::Watchdog(const Pulse& pulse, std::chrono::milliseconds silence_max)
    : pulse_(pulse), silence_max_(silence_max), next_(Clock::now() + silence_max / kLooks) {
  Thread::only().add(*this);
}

Watchdog::~Watchdog() { Thread::only().remove(*this); }

void Watchdog::look() {
  const char* guest = pulse_.running.load(std::memory_order_relaxed);
  const std::uint64_t now = pulse_.beats.load(std::memory_order_relaxed);
  still_ = guest && now == beats_ ? still_ + 1 : 0;
  beats_ = now;
  next_ = Clock::now() + silence_max_ / kLooks;
  if (still_ < kLooks) return;
  LastWords words;
  words << "glacis: guest " << guest << " called nothing for " << static_cast<std::size_t>(silence_max_.count() / 1000)
        << " s (limit fiber.silence_max)";
  words.speak();
}

}  // namespace sim
