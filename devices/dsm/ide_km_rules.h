#pragma once
// What the IDE_KM responder refuses: by silence, or with a status in KP_ACK.
#include "devices/dsm/ide_km_responder.h"

namespace dsm {

struct SpeakerCase {
  SessionId session;
  SessionId owner;  // of the stream concerned, or of any stream of the port for a query; kNoSession: nobody
};
// Refused by silence.
inline constexpr trust::Rule<SpeakerCase> kSpeakerRules[] = {
    {{"ide-km.request.session", "PCIe 6.1, 6.33.3", "Keys are spoken of only inside a secure session."},
     [](const SpeakerCase& c) { return c.session != kNoSession; }},
    {{"ide-km.owner.session", "PCIe 6.1, 6.33.3",
      "A stream's keys obey only the session that brought the first of them."},
     [](const SpeakerCase& c) { return c.owner == kNoSession || c.owner == c.session; }},
};

struct KeyProgCase {
  std::size_t size;
  unsigned port_index;
  unsigned own_index;  // of the one port that the device has
  bool stream_known;  // a register block has this stream id
  unsigned sub_stream;
  std::uint64_t ifv;
};
struct KeyProgRule {
  trust::Defence defence;
  bool (*holds)(const KeyProgCase&);
  ide_km::Status status;
};
inline constexpr KeyProgRule kKeyProgRules[] = {
    {{"ide-km.key-prog.length", "PCIe 6.1, 6.33.3", "KEY_PROG has one length.", trust::Act::kRefuse,
      trust::Kind::kConformance},
     [](const KeyProgCase& c) { return c.size == ide_km::kKeyProgSize; },
     ide_km::Status::kIncorrectLength},
    {{"ide-km.key-prog.port", "PCIe 6.1, 6.33.3", "Keys are for a port that is there.", trust::Act::kRefuse,
      trust::Kind::kConformance},
     [](const KeyProgCase& c) { return c.port_index == c.own_index; },
     ide_km::Status::kUnsupportedPortIndex},
    {{"ide-km.key-prog.stream", "PCIe 6.1, 6.33.3", "Keys are for a stream that a register block names.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const KeyProgCase& c) { return c.stream_known; },
     ide_km::Status::kUnsupportedValue},
    {{"ide-km.key-prog.sub-stream", "PCIe 6.1, 6.33.3", "Keys are for one of three sub-streams.", trust::Act::kRefuse,
      trust::Kind::kConformance},
     [](const KeyProgCase& c) { return c.sub_stream < ide::kSubStreams; },
     ide_km::Status::kUnsupportedValue},
    {{"ide-km.key-prog.ifv", "PCIe 6.1, 6.33.3", "The counter of a key starts at one.", trust::Act::kRefuse,
      trust::Kind::kConformance},
     [](const KeyProgCase& c) { return c.ifv == ide::kFirstCounter; },
     ide_km::Status::kUnsupportedValue},
};
// The engine's own word, after all others. convention: the status for a key set in use.
inline constexpr trust::Defence kKeyInUse{"ide-km.key-prog.in-use", "PCIe 6.1, 6.33.3",
                                          "A key in use is not replaced.", trust::Act::kRefuse,
                                          trust::Kind::kConformance};
inline constexpr ide_km::Status kKeyInUseStatus = ide_km::Status::kUnspecifiedFailure;

// Not a check but an act: what is lifted is not done.
inline constexpr trust::Defence kKeysErased{"ide-km.owner.end", "PCIe 6.1, 6.33.3",
                                            "The keys of a session that has ended are erased.",
                                            trust::Act::kWithhold};

}  // namespace dsm
