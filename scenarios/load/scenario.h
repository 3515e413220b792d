#pragma once
// One scenario file as plain values, every one with its place in the file. What each means: design notes on scenarios.
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/load/document.h"

namespace load {

template <class T>
struct At {
  T value{};
  Pos pos;
};
using Text = At<std::string>;
using Number = At<std::uint64_t>;

struct Source {
  std::string key;
  Text cite;
  std::map<std::string, Text> says;  // platform -> outcome
  std::optional<Text> quote;
  Pos pos;
};

struct MachineRef {
  std::string name;  // "" for the only machine; with several, parts are called name.part
  Text path;
};

struct Thread {
  // Built in, a shared library that is loaded into a process of its own, or a process that listens at a socket.
  enum class From { kBuiltIn, kLibrary, kConnect };
  std::string vm;
  std::string name;  // "" for the only thread
  Text program;      // a name; else a path, as it is to be opened
  std::vector<std::string> args;
  From from = From::kBuiltIn;
};

// All that is given must match. Numbers: `time` in picoseconds, `size` in bytes.
struct When {
  std::optional<Text> after;
  std::optional<Text> object;
  std::optional<Text> call;
  std::optional<Number> nth;
  std::optional<Number> time;
  std::optional<Number> size;
  std::map<std::string, Text> where;  // clear header field -> value
  Pos pos;
};

struct Arg {
  std::vector<Text> texts;
  std::optional<std::uint64_t> number;  // of a count, a size (bytes), a time (ps), a flag (0 or 1)
  Pos pos;
};

// At most `times`; with `until`, ends earlier when that is seen.
struct Repeat {
  std::uint64_t times = 0;
  std::optional<When> until;
  Pos pos;
};
inline constexpr std::uint64_t kRepeatMax = 1'000'000;

struct Step {
  Text by;
  std::optional<Text> at;
  std::optional<When> when;
  Text verb;
  std::map<std::string, Arg> args;  // the verb's own value stands under the verb's name
  bool also = false;                // armed from the start
  std::optional<Repeat> repeat;
  std::vector<Text> platforms;  // empty: all
  Pos pos;
};

struct Claim {
  std::string subject;
  std::string relation;  // "is" or "sees"
  std::string object;
  Pos pos;
};

// A row of expect, without or with. `lift` is filled in the second, `set` in the third.
struct Row {
  std::vector<Text> platforms;  // empty: all of the file
  std::vector<Text> lift;
  std::map<std::string, Text> set;
  Text outcome;
  std::vector<Text> by;       // any of them
  std::vector<Text> promise;  // any of them
  std::optional<Text> at;
  std::optional<Text> profile;  // absent: baseline
  std::map<std::string, Text> ends;
  std::vector<Claim> never;
  Pos pos;
};

// Either the honest retry, or why there is none.
struct Afterwards {
  std::map<std::string, Text> ends;
  std::vector<Text> reset;
  std::optional<Text> why_none;
  Pos pos;
};

struct Variant {
  std::string name;  // "" where the file has one attack
  std::vector<Step> steps;
};

inline constexpr std::uint64_t kSeedsMax = 10'000;

struct Scenario {
  std::string file;
  std::string id;  // the file's name without folder and ending
  std::uint64_t format = 1;
  Text title;
  std::optional<Text> why;
  std::optional<Text> catalogue;
  std::vector<Source> sources;
  std::vector<Text> threat;
  std::vector<MachineRef> machines;
  bool has_platforms = false;          // false: the machine fixes its own technology
  std::vector<std::string> platforms;  // `all` is written out
  std::vector<Thread> guest;
  std::vector<Text> assumes;
  std::vector<Variant> variants;
  std::vector<Row> expect;
  std::vector<Row> without;
  std::vector<Row> with;
  std::map<std::string, Text> n_a;  // platform -> reason
  std::optional<Afterwards> afterwards;
  std::vector<Text> weather;
  std::optional<Number> seeds;
  std::map<std::string, Text> set;  // part.setting -> value
};

}  // namespace load
