#pragma once
// Every noun that a scenario or machine file may use. The engine fills it from what it puts together; the loader
// refuses everything else.
#include <string>
#include <vector>

#include "scenarios/load/names.h"

namespace load {

enum class ValueKind {
  kWord,   // one of `values`
  kWords,  // one of them, or a list of them
  kCount,  // a whole number without unit
  kSize,   // a number with a unit of size, kept in bytes
  kTime,   // a number with a unit of time, kept in picoseconds
  kFlag,   // true or false
};

// One argument of a verb, one attribute of a part.
struct Slot {
  std::string name;
  ValueKind kind = ValueKind::kWord;
  Names values = Names::anything();  // of kWord and kWords
  bool required = false;
};

// `do: { flip: WHAT, bit: 0 }`: the verb's own value is `what`, named like the verb; the rest are `args`. A verb whose
// own value is not required may stand alone: `do: drop`.
struct Verb {
  std::string name;
  Slot what;
  std::vector<Slot> args;
};

struct SettingName {
  std::string name;  // "cpu*.ciphertext-hiding"
  ValueKind kind = ValueKind::kWord;
  Names values = Names::anything();
};

struct Vocabulary {
  std::vector<std::string> platforms;
  Names positions;   // who acts: "vmm", "link-tap"
  Names boundaries;  // where: "doe * -> *", "*.mapping"
  Names objects;     // what a position tells apart at a boundary: "secured-spdm"
  Names calls;       // host calls, by their specification's names
  Names fields;      // clear header fields that `when` may compare
  Names moments;     // "*.lock"
  std::vector<Verb> verbs;
  Names programs;  // of guests
  Names defences;
  Names liftable;  // those of them that an attack needs; the others cannot be lifted
  Names promises;
  Names outcomes;
  Names profiles{"baseline", "hardened"};
  Names places;       // where a refusal stands: "gpu*", "cpu*"
  Names resets;       // what can be reset before an honest retry
  Names states;       // what `ends` may say
  Names assumptions;  // "address of *", "moment *"
  Names weather;
  Names threats;
  Names catalogue;  // ids of the attack catalogue
  std::vector<SettingName> settings;
};

struct PartKind {
  std::string name;  // what `is` says
  std::vector<Slot> attributes;
  bool needs_at = false;
};

struct MachineVocabulary {
  std::vector<PartKind> kinds;
  std::vector<std::string> platforms;
};

}  // namespace load
