#pragma once
// Two ways of doing one thing, measured in turns, so that whatever else the machine does meets both.
//
// Google Benchmark is not used: what counts here is a ratio of two measurements taken in turns in one process, which
// it does not offer; and loops that its DoNotOptimize was to keep alive were found empty, so that they measured
// nothing. Here each pass ends in a check of what it made.
#include <algorithm>
#include <ctime>
#include <functional>
#include <vector>

namespace bench {

// CPU time of this process: others share the machine.
inline double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

inline double seconds_of(const std::function<void()>& pass) {
  const double start = cpu_seconds();
  pass();
  return cpu_seconds() - start;
}

struct Turns {
  double ours, baseline;  // seconds of one pass, the medians
  double ratio;           // of ours to the baseline, the median of the rounds' own
};

// `prepare` comes before each pass of ours and is not counted.
inline Turns in_turns(int rounds, const std::function<void()>& ours, const std::function<void()>& baseline,
                      const std::function<void()>& prepare = [] {}) {
  std::vector<double> a, b, ratio;
  for (int round = 0; round < rounds; ++round) {
    prepare();
    a.push_back(seconds_of(ours));
    b.push_back(seconds_of(baseline));
    ratio.push_back(a.back() / b.back());
  }
  const auto median = [](std::vector<double>& all) {
    std::ranges::sort(all);
    return all[all.size() / 2];
  };
  return {median(a), median(b), median(ratio)};
}

}  // namespace bench
