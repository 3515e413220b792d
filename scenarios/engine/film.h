#pragma once
// A run as those see it who want to look at more than its play: every line and every message in their order, each message's bytes
// as it was sent and as it arrived, and what was true of the machine at that moment. Kept where the run asks for it, beside the
// world: nothing looks at it, and a run that is filmed has the trace of one that is not.
//
// Texts, bytes and layouts are kept once each and named by their index; index 0 is the empty text, no bytes, no layout.
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "platform/base/bytes.h"
#include "platform/wire/field.h"

namespace engine {

inline constexpr std::size_t kFilmEventsMax = 150'000;       // "film.events_max"
inline constexpr std::size_t kFilmBytesMax = 128 << 20;      // "film.bytes_max", of different messages together

// Who stands on a lane, from left to right.
enum class LaneKind { kGuest, kTsm, kVmm, kRootPort, kLink, kDevice, kRelyingParty };
std::string_view name_of(LaneKind kind);
// Of an actor of the play or a part of a machine: "vm0", "cpu0", "tsm0", "link rp0 - gpu0".
LaneKind lane_of(std::string_view actor);

// Between whom a boundary lies: a request goes from the first to the second, a reply back.
struct Ends {
  std::string from, to;
};
Ends ends_of(std::string_view boundary);

struct FilmEvent {
  enum class Kind : std::uint8_t { kLine, kMessage };
  // Of a line, who spoke how; kAct is the adversary's doing.
  enum class Tone : std::uint8_t { kSaid, kAct, kRefused, kNoticed, kWithheld, kMissed };
  // Of a message, what the adversary made of it on the way; kOutside: handed over by him, in nobody's crossing.
  enum class Fate : std::uint8_t { kArrived, kAltered, kLost, kOutside };

  std::uint64_t time = 0;  // picoseconds
  Kind kind = Kind::kLine;
  Tone tone = Tone::kSaid;
  Fate fate = Fate::kArrived;
  bool reply = false;
  bool attack = false;        // the adversary had begun
  std::uint32_t actor = 0;    // texts: who speaks; of a message the boundary's name
  std::uint32_t text = 0;     // texts: what; of a message its object
  std::uint32_t clause = 0;   // texts: of the defence that spoke
  std::uint32_t defence = 0;  // texts: its id
  std::uint32_t to = 0;       // texts: the boundary that the message was led to instead
  std::uint32_t sent = 0, arrived = 0;                // blobs; the second is 0 where the message was lost
  std::uint32_t sent_shape = 0, arrived_shape = 0;    // shapes
};

// Something that is true of the machine from an event on, until the next of the same name: of the group "memory" that page
// "vm0.page.secret" has as "owner" the value "vm0". An empty value ends it.
struct FilmFact {
  std::uint32_t event = 0;  // the first event at which it is true
  std::uint32_t group = 0, name = 0, key = 0, value = 0;  // texts
};

// How bytes are read: the fields of a public layout, as the encoder has them.
struct FilmShape {
  std::string schema;  // "snp.REPORT"
  wire::Fields fields;
};

struct Film {
  std::vector<std::string> texts{""};
  std::vector<base::Bytes> blobs{{}};
  std::vector<FilmShape> shapes{{}};
  std::vector<FilmEvent> events;
  std::vector<FilmFact> facts;  // in the order of their events
  bool cut = false;             // a limit was reached, and what came after is missing
};

}  // namespace engine
