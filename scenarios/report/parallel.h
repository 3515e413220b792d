#pragma once
// Runs numbered jobs on all cores, or on so many threads as asked for. Results belong to the jobs' numbers, so their order never depends on the machine.
#include <cstddef>
#include <functional>

namespace report {

// Rethrows the error of the lowest job that failed, once all have ended. `done` is called once a job, from one thread
// at a time.
void for_each_job(std::size_t count, const std::function<void(std::size_t)>& job,
                  const std::function<void(std::size_t finished)>& done = {}, std::size_t threads_max = 0);

}  // namespace report
