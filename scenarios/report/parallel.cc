#include "scenarios/report/parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace report {

void for_each_job(std::size_t count, const std::function<void(std::size_t)>& job,
                  const std::function<void(std::size_t finished)>& done, std::size_t threads_max) {
  std::vector<std::exception_ptr> errors(count);
  std::atomic<std::size_t> next = 0;
  std::size_t finished = 0;
  std::mutex mutex;
  auto work = [&] {
    for (std::size_t i; (i = next++) < count;) {
      try {
        job(i);
      } catch (...) {
        errors[i] = std::current_exception();
      }
      std::lock_guard lock(mutex);
      ++finished;
      if (done) done(finished);
    }
  };
  {
    std::vector<std::jthread> threads;
    std::size_t cores = threads_max ? threads_max : std::max(1u, std::thread::hardware_concurrency());
    for (std::size_t i = 1; i < std::min(cores, count); ++i) threads.emplace_back(work);
    work();
  }
  for (const auto& error : errors)
    if (error) std::rethrow_exception(error);
}

}  // namespace report
