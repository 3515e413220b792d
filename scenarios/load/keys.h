#pragma once
// The keys of scenario and machine files, once: the loaders refuse by these tables and the JSON Schema is made of them.
#include <span>
#include <string_view>

#include "scenarios/load/document.h"

namespace load {

enum class Shape {
  kText,     // one text
  kTexts,    // a text or a list of them
  kCount,    // a whole number
  kSize,     // a number with a unit of size
  kTime,     // a number with a unit of time
  kTrue,     // only `true`: leaving the key out says the other
  kTextMap,  // names to texts
  kGuest,
  kMachines,
  kSources,
  kWhen,
  kDo,
  kRepeat,
  kSteps,
  kVariants,
  kExpectRows,
  kWithoutRows,
  kWithRows,
  kAfterwards,
};

// Which set of the vocabulary the text, or each text of a list, comes from. kFree: any.
enum class Noun {
  kFree,
  kPlatform,
  kPosition,
  kBoundary,
  kObject,
  kCall,
  kMoment,
  kDefence,
  kLiftable,
  kPromise,
  kOutcome,
  kProfile,
  kPlace,
  kReset,
  kAssumption,
  kWeather,
  kThreat,
  kCatalogue,
};

struct Key {
  std::string_view name;
  Shape shape;
  std::string_view what;  // one line for an editor
  Noun noun = Noun::kFree;
  bool required = false;
};

inline constexpr Key kScenarioKeys[] = {
    {"format", Shape::kCount, "version of this form; 1"},
    {"scenario", Shape::kText, "one line: what the adversary does", Noun::kFree, true},
    {"catalogue", Shape::kText, "id of the row of the attack catalogue that this file plays", Noun::kCatalogue},
    {"why", Shape::kText, "what is at stake and how the attack works"},
    {"sources", Shape::kSources, "key: { cite: where, says: { platform: outcome }, quote: words }"},
    {"threat", Shape::kTexts, "ids of the threat model", Noun::kThreat},
    {"machine", Shape::kText, "the machine file"},
    {"machines", Shape::kMachines, "several machines by name, joined by one network"},
    {"platforms", Shape::kTexts, "the platforms to run on, or all", Noun::kPlatform},
    {"guest", Shape::kGuest, "vm: program and its arguments, or a map of threads, or one of your own (library, connect)", Noun::kFree, true},
    {"set", Shape::kTextMap, "part.setting: value, laid over the machine"},
    {"assumes", Shape::kTexts, "knowledge handed to the adversary", Noun::kAssumption},
    {"attack", Shape::kSteps, "what the adversary does, in order"},
    {"variants", Shape::kVariants, "named attacks, each a run"},
    {"expect", Shape::kExpectRows, "what must come of it on each platform"},
    {"afterwards", Shape::kAfterwards, "the honest retry once the attack has stopped"},
    {"without", Shape::kWithoutRows, "the same attack with defences lifted"},
    {"with", Shape::kWithRows, "the same attack where a setting differs"},
    {"n/a", Shape::kTextMap, "platform: why the attack does not exist there"},
    {"weather", Shape::kTexts, "honest disturbances; under each the outcome is the same", Noun::kWeather},
    {"seeds", Shape::kCount, "how many seeds to run"},
};

inline constexpr Key kSourceKeys[] = {
    {"cite", Shape::kText, "document, version, section", Noun::kFree, true},
    {"says", Shape::kTextMap, "platform: outcome"},
    {"quote", Shape::kText, "the words of the source where it differs from the catalogue"},
};

inline constexpr Key kStepKeys[] = {
    {"by", Shape::kText, "the position that acts", Noun::kPosition, true},
    {"at", Shape::kText, "the boundary it acts at", Noun::kBoundary},
    {"when", Shape::kWhen, "what the position must see first"},
    {"do", Shape::kDo, "one verb with its arguments", Noun::kFree, true},
    {"also", Shape::kTrue, "armed from the start, not after the step before"},
    {"repeat", Shape::kRepeat, "{ times: N } or { until: WHEN }"},
    {"for", Shape::kTexts, "only on these platforms", Noun::kPlatform},
};

inline constexpr Key kWhenKeys[] = {
    {"after", Shape::kText, "a moment", Noun::kMoment},
    {"object", Shape::kText, "the kind of thing at the boundary", Noun::kObject},
    {"call", Shape::kText, "a host call of its own", Noun::kCall},
    {"nth", Shape::kCount, "the how-manieth match since the step was armed"},
    {"time", Shape::kTime, "simulated time to wait"},
    {"size", Shape::kSize, "exactly so many bytes"},
    {"where", Shape::kTextMap, "clear header field: value"},
};

inline constexpr Key kRepeatKeys[] = {
    {"times", Shape::kCount, "at most so often"},
    {"until", Shape::kWhen, "ends when this is seen"},
};

inline constexpr Key kExpectKeys[] = {
    {"platforms", Shape::kTexts, "where the row holds; left out: everywhere", Noun::kPlatform},
    {"outcome", Shape::kText, "what comes of it", Noun::kOutcome, true},
    {"by", Shape::kTexts, "the defence that speaks; any of a list", Noun::kDefence},
    {"promise", Shape::kTexts, "the promise that breaks; any of a list", Noun::kPromise},
    {"at", Shape::kText, "where the defence stands", Noun::kPlace},
    {"profile", Shape::kText, "baseline unless said otherwise", Noun::kProfile},
    {"ends", Shape::kTextMap, "part: the state it is in at the end"},
    {"never", Shape::kTexts, "A is B, or A sees B: what must not happen at any time"},
};

inline constexpr Key kLiftKey = {"lift", Shape::kTexts, "the defences to lift", Noun::kLiftable, true};
inline constexpr Key kSetKey = {"set", Shape::kTextMap, "part.setting: value", Noun::kFree, true};

inline constexpr Key kAfterwardsKeys[] = {
    {"ends", Shape::kTextMap, "vm: the state it ends in when it is launched anew"},
    {"reset", Shape::kTexts, "parts to reset before the retry", Noun::kReset},
    {"why-none", Shape::kText, "why there can be no retry"},
};

// A guest program that is not built in; one of the first two.
inline constexpr Key kOutsideGuestKeys[] = {
    {"library", Shape::kText, "a shared library with the function glacis_main, from this file's folder"},
    {"connect", Shape::kText, "unix:PATH of a process that listens, from this file's folder"},
    {"arguments", Shape::kText, "what the program gets, one space between them"},
};

// Every other key of a machine file is the name of a part.
inline constexpr Key kMachineKeys[] = {
    {"format", Shape::kCount, "version of this form; 1"},
    {"machine", Shape::kText, "one line: what it is"},
    {"platform", Shape::kText, "the technology, where the machine fixes it", Noun::kPlatform},
    {"using", Shape::kTexts, "machine files to build on, relative to this one"},
    {"every", Shape::kTextMap, "kind: attributes laid over each part of the kind"},
};

// `map` has only keys of the tables, and all that are required. `what` is what the map is called in an error.
void check_keys(const Node& map, std::string_view what, std::span<const Key> keys, std::span<const Key> more = {});

}  // namespace load
