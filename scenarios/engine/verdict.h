#pragma once
// What became of one run, as mechanism and ground truth alone decide it.
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/base/bytes.h"
#include "platform/trust/defence.h"
#include "platform/trust/oracle.h"
#include "platform/wire/schema.h"
#include "scenarios/engine/capture.h"
#include "scenarios/engine/film.h"

namespace engine {

// The first that applies.
enum class Outcome { kBroken, kInert, kBlocked, kDetected, kStopped, kHeld };
std::string_view name_of(Outcome outcome);

// A defence that spoke after the attack had begun.
struct Spoken {
  std::string defence;
  trust::Act act;
  std::string at;
  std::uint64_t time = 0;  // picoseconds
};

// One line of the play.
struct Line {
  std::uint64_t time = 0;  // picoseconds
  std::string actor;
  std::string text;
  std::string clause;      // of the defence that spoke, else empty
};

// What became of the honest retry in the same world, once the attack had stopped.
struct Retry {
  std::map<std::string, std::string> ends;     // vm -> the state it says it ended in
  std::map<std::string, std::string> stopped;  // vm -> why it could not go on
  std::vector<trust::Breach> breaches;         // that came after the attack
  std::string limit;                           // as in Verdict
  base::Bytes trace;                           // the whole run, attack and retry
};

// Evidence as whoever signs it saw it, alterations included.
struct SignedMessage {
  wire::Schema schema;
  base::Bytes bytes;
};

// A call of a guest program outside, as far as two runs are compared.
struct GuestCall {
  std::uint32_t call = 0;  // glacis_protocol.h
  std::uint64_t hash = 0;  // of all that it said
  friend bool operator==(const GuestCall&, const GuestCall&) = default;
};

struct Verdict {
  Outcome outcome = Outcome::kHeld;
  std::vector<trust::Breach> breaches;
  std::vector<Spoken> spoken;
  std::vector<std::string> missed;            // lifted defences that would have spoken
  std::map<std::string, std::string> ends;    // part or vm -> the state it says it ended in
  std::vector<std::string> conventions;       // what the verdict leaned on that is simplified or a model's own convention
  std::vector<std::string> assumed;           // knowledge the file handed to the adversary
  std::string limit;                          // the named limit that ended the run, else empty
  std::uint64_t time = 0;                     // simulated, picoseconds
  std::uint64_t events = 0;
  base::Bytes trace;                          // the whole run as bytes: equal runs have equal traces; play.h makes lines of it
  Captures captures;                          // where the run asked for them: of the attack, without the retry
  std::shared_ptr<const Film> film;           // where the run asked for one: of the attack, without the retry
  std::map<std::string, base::Bytes> artifacts;  // file name -> what crossed a boundary
  std::vector<SignedMessage> signed_messages;  // where the run asked for captures: the last of each kind of evidence
  std::vector<std::uint64_t> pattern;         // the adversary's view, for the distinguishing run
  bool distinguishable = false;               // views differed though only the secret did
  std::map<std::string, std::vector<GuestCall>> guest_calls;  // vm -> what a program outside asked
  std::optional<Retry> retry;                 // where the run asked for it

  // "broken: confidentiality, integrity", "blocked by rmp.access.gpa at cpu0".
  std::string sentence() const;
};

}  // namespace engine
