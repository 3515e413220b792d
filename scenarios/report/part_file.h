#pragma once
// A shard at work on its part: takes up what an earlier try left, keeps what is finished in a checkpoint beside it every few seconds, and
// writes the part when all is there. Files are written whole or not at all, so a shard that is killed loses some seconds at most.
#include <chrono>
#include <string>

#include "scenarios/report/part.h"

namespace report {

inline constexpr std::chrono::seconds kCheckpointEvery{5};

class PartFile {
 public:
  // Refuses a path where something lies that is no part, and one that cannot be written, before anything is played.
  PartFile(std::string path, Whole whole, Shard shard, std::chrono::milliseconds every = kCheckpointEvery);

  // What is there already: from an earlier try of the same shard of the same whole, or added since.
  const Items& items() const { return part_.items; }
  // What became of what lay there, to be told; empty where nothing did.
  const std::string& found() const { return found_; }
  std::string checkpoint() const { return path_ + ".checkpoint"; }

  // From one thread at a time.
  void add(std::uint64_t item, boost::json::value value);
  // The part, and no checkpoint any more; while items are lacking, the checkpoint alone.
  void save();

 private:
  bool take_up(const std::string& file);

  std::string path_;
  Part part_;
  std::string found_;
  std::chrono::milliseconds every_;
  std::chrono::steady_clock::time_point saved_;
};

NamedPart read_part(const std::string& file);

}  // namespace report
