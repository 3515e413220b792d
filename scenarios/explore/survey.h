#pragma once
// What an adversary can learn of a target by watching it once, unattacked: which messages cross where and of what fields, which
// moments come, which pages there are. Read off the film of a run; no attack of the catalogue is looked at.
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "scenarios/explore/target.h"

namespace explore {

struct MessageField {
  std::string name;
  std::size_t size = 0;                 // bytes
  std::vector<std::uint64_t> values{};  // it had, of fields of at most 8 bytes; each once, the first few
  base::Bytes first{};                  // what it had first, of fields of at most 64 bytes
};

// One kind of message at one boundary, one way.
struct Crossing {
  std::string boundary, object;
  bool reply = false;
  std::vector<std::uint64_t> events{};  // of the film, in order: when each crossed
  std::vector<std::uint64_t> nths{};    // of each of these, as a step's `nth` counts: those of that name there so far, either way
  std::vector<std::uint32_t> kinds{};   // of each of these, by its fields and their sizes: equal ones are alike
  std::size_t size = 0;                 // bytes of the first
  std::vector<MessageField> fields{};   // of any of them
  bool opaque = true;                   // none of them has a public layout
};

struct Moment {
  std::string name;  // "vm0.stored"
  std::uint64_t event = 0;  // at which it first came
  std::uint64_t times = 1;  // it came
};

struct Survey {
  std::vector<Crossing> crossings;
  std::vector<Moment> moments;            // each once, in the order in which they first came
  std::vector<std::string> pages;         // "vm0.page.secret"
  std::vector<std::string> vms;
  std::vector<std::uint64_t> addresses;   // that packets went to
  std::set<std::string> boundaries;       // that anything crossed
  std::uint64_t end = 0;                  // one more than the last event
};

// From a run that was filmed.
Survey survey_of(const Target& target, const engine::Verdict& honest);

}  // namespace explore
