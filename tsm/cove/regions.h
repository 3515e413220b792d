#pragma once
// What each range of a TVM's physical addresses is for. A range that the TVM gives up, or wants back, is removable until the host has
// taken away what lies there.
#include <cstdint>
#include <map>
#include <optional>

namespace cove {

enum class Region : std::uint8_t { kConfidential, kConfidentialRemovable, kShared, kSharedRemovable, kMmio, kInterface };

class Regions {
 public:
  struct Run {
    std::uint64_t end = 0;  // exclusive
    Region kind = Region::kConfidential;
    friend bool operator==(const Run&, const Run&) = default;
  };

  // Nothing: declared by nobody.
  std::optional<Region> at(std::uint64_t gpa) const;
  // Every byte of [gpa, gpa + count) is of that kind. `count` is not zero and the range does not wrap.
  bool all(std::uint64_t gpa, std::uint64_t count, Region kind) const;
  // No byte of it is declared.
  bool none(std::uint64_t gpa, std::uint64_t count) const;
  void set(std::uint64_t gpa, std::uint64_t count, Region kind);
  void erase(std::uint64_t gpa, std::uint64_t count);

  // By first address; neighbours of one kind are one run.
  const std::map<std::uint64_t, Run>& runs() const { return runs_; }

 private:
  void split(std::uint64_t at);

  std::map<std::uint64_t, Run> runs_;
};

}  // namespace cove
