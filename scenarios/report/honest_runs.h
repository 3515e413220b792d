#pragma once
// Honest runs that several files ask for: without an attack the same guests on the same machine play the same, whatever the file is
// about. Each is played once and shared between threads. Only runs with nothing lifted, no weather and no retry are.
#include <future>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "scenarios/report/stage.h"

namespace report {

class HonestRuns {
 public:
  explicit HonestRuns(const Stage& stage) : stage_(stage) {}
  // `stage`, with the runs it can share shared. Not longer than this object. `asked`, where given, receives what each of them is known by.
  Stage sharing(std::vector<std::string>* asked = nullptr);
  // How many runs were asked for and not played.
  std::size_t spared() const { return asked_ - verdicts_.size(); }

 private:
  engine::Verdict run(const engine::Run& run, std::vector<std::string>* asked);

  const Stage& stage_;
  std::mutex mutex_;
  std::size_t asked_ = 0;
  std::map<std::string, std::shared_future<engine::Verdict>> verdicts_;
};

}  // namespace report
