#pragma once
// Judges promises from ground truth, which it is told by the parts that make it: what the guest wrote and read, what reached
// the adversary's eyes, for whom a guarded act was done. It never asks a defence, and knows no platform.
#include <array>
#include <bitset>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "platform/base/bytes.h"

namespace trust {

enum class Promise { kConfidentiality, kIntegrity, kFreshness, kAuthenticity, kIsolation, kAuthority, kOwn };
std::string_view name_of(Promise promise);

struct Breach {
  Promise promise;
  std::string what;        // one sentence of ground truth
  std::uint64_t time = 0;  // picoseconds
};

class Oracle {
 public:
  // Integrity and freshness of private memory. `vm` and `gpa` are the guest's own view; `time` is in picoseconds.
  void wrote(std::string_view vm, std::uint64_t gpa, base::View bytes);
  void read(std::string_view vm, std::uint64_t gpa, base::View bytes, std::uint64_t time);
  void forgot(std::string_view vm, std::uint64_t gpa, std::uint64_t count);  // the guest gave the range away
  // The same for the variables a program keeps in registers across an exit.
  void resumed(std::string_view vm, base::View before, base::View after, bool seen_before, std::uint64_t time);

  // Confidentiality. What the adversary saw at a place, in the order he saw it. A secret of 16 bytes or more is lost when he saw
  // it, or any aligned 16 bytes of it, in the clear; a shorter one when he saw all of it.
  void secret(std::string name, base::Bytes bytes);
  void seen(std::string_view place, std::uint64_t address, base::View bytes, std::uint64_t time);
  // What was sealed under a stream cipher's key and IV and handed to the adversary. Two plaintexts under one pair are lost: their
  // ciphertexts tell how they differ, and under GCM they give the key of the tag.
  void sealed(base::View key, base::View iv, base::View plaintext, std::uint64_t time);

  // Authenticity, authority, isolation, and a program's own promises.
  void breach(Promise promise, std::string what, std::uint64_t time);

  const std::vector<Breach>& breaches() const { return breaches_; }
  // The adversary's view for the distinguishing run: opaque 16-byte blocks replaced by the index of their first appearance at
  // their address, so that equal views mean equal patterns of repetition.
  const std::vector<std::uint64_t>& pattern() const { return pattern_; }
  std::uint64_t bytes_seen() const { return bytes_seen_; }
  // For whoever tells what he knows: of each secret how much he has seen in the clear, in the aligned parts that `seen` looks for.
  struct Known {
    std::size_t bytes = 0, of = 0;
    bool lost = false;
  };
  std::map<std::string, Known> known() const;
  std::vector<std::string> places() const;  // where he saw anything, in the order of their names

 private:
  struct Past {
    std::uint64_t gpa;
    base::Bytes bytes;
  };
  void report_once(Promise promise, std::string what, std::uint64_t time);

  // What is known of some neighbouring bytes of a guest's memory.
  static constexpr std::uint64_t kCells = 256;
  struct Cells {
    std::array<std::uint8_t, kCells> bytes{};
    std::bitset<kCells> known{};
  };

  std::map<std::string, std::map<std::uint64_t, Cells>, std::less<>> truth_;  // by address / kCells
  std::map<std::string, std::vector<Past>, std::less<>> history_;
  std::map<std::string, base::Bytes> secrets_;
  std::map<std::string, std::set<std::size_t>> lost_;  // secret -> where in it he saw parts, by offset
  std::map<std::pair<base::Bytes, base::Bytes>, base::Bytes> sealed_;  // (key, IV) -> plaintext
  // place -> address -> the 16 bytes seen there -> when first, in the order of that address
  std::map<std::string, std::map<std::uint64_t, std::map<base::Bytes, std::uint64_t>>, std::less<>> first_seen_;
  std::vector<std::uint64_t> pattern_;
  std::uint64_t bytes_seen_ = 0;
  std::vector<Breach> breaches_;
};

}  // namespace trust
