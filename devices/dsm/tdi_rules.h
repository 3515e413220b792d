#pragma once
// The states of an interface, and what it allows on the bus in each.
#include "devices/dsm/tdi.h"

namespace dsm {

// PCIe 6.1, 11.2.1. A pair that is not here is refused when somebody asked for it, and without effect when it happened.
struct Transition {
  tdisp::State from;
  Event event;
  tdisp::State to;
};
inline constexpr Transition kTransitions[] = {
    {tdisp::State::kConfigUnlocked, Event::kLock, tdisp::State::kConfigLocked},
    {tdisp::State::kConfigLocked, Event::kStart, tdisp::State::kRun},

    {tdisp::State::kConfigUnlocked, Event::kStop, tdisp::State::kConfigUnlocked},
    {tdisp::State::kConfigLocked, Event::kStop, tdisp::State::kConfigUnlocked},
    {tdisp::State::kRun, Event::kStop, tdisp::State::kConfigUnlocked},
    {tdisp::State::kError, Event::kStop, tdisp::State::kConfigUnlocked},

    {tdisp::State::kConfigLocked, Event::kConfigChanged, tdisp::State::kError},
    {tdisp::State::kConfigLocked, Event::kStreamInsecure, tdisp::State::kError},
    {tdisp::State::kConfigLocked, Event::kSessionEnded, tdisp::State::kError},
    {tdisp::State::kConfigLocked, Event::kDataError, tdisp::State::kError},
    {tdisp::State::kConfigLocked, Event::kFirmwareChanged, tdisp::State::kError},
    {tdisp::State::kConfigLocked, Event::kFunctionReset, tdisp::State::kError},
    {tdisp::State::kConfigLocked, Event::kContextLost, tdisp::State::kError},
    {tdisp::State::kConfigLocked, Event::kLinkLost, tdisp::State::kError},

    {tdisp::State::kRun, Event::kConfigChanged, tdisp::State::kError},
    {tdisp::State::kRun, Event::kStreamInsecure, tdisp::State::kError},
    {tdisp::State::kRun, Event::kSessionEnded, tdisp::State::kError},
    {tdisp::State::kRun, Event::kDataError, tdisp::State::kError},
    {tdisp::State::kRun, Event::kFirmwareChanged, tdisp::State::kError},
    {tdisp::State::kRun, Event::kFunctionReset, tdisp::State::kError},
    {tdisp::State::kRun, Event::kContextLost, tdisp::State::kError},
    {tdisp::State::kRun, Event::kLinkLost, tdisp::State::kError},

    // convention: sources disagree on whether a conventional reset leads here or to ERROR.
    {tdisp::State::kConfigUnlocked, Event::kConventionalReset, tdisp::State::kConfigUnlocked},
    {tdisp::State::kConfigLocked, Event::kConventionalReset, tdisp::State::kConfigUnlocked},
    {tdisp::State::kRun, Event::kConventionalReset, tdisp::State::kConfigUnlocked},
    {tdisp::State::kError, Event::kConventionalReset, tdisp::State::kConfigUnlocked},
};
constexpr std::optional<tdisp::State> next_state(tdisp::State from, Event event) {
  for (const auto& row : kTransitions)
    if (row.from == from && row.event == event) return row.to;
  return std::nullopt;
}

// What happens to a locked interface puts it into ERROR; a device that overlooks it is the reason for each row.
struct TriggerCase {
  Event event;
};
inline constexpr trust::Rule<TriggerCase> kTriggerRules[] = {
    {{"tdisp.config.tracked", "PCIe 6.1, 11.2.6", "A locked interface whose configuration changes is in ERROR.",
      trust::Act::kDetect},
     [](const TriggerCase& c) { return c.event != Event::kConfigChanged; }},
    {{"tdisp.stream.insecure", "PCIe 6.1, 11.2.1", "A locked interface whose stream becomes insecure is in ERROR.",
      trust::Act::kDetect},
     [](const TriggerCase& c) { return c.event != Event::kStreamInsecure; }},
    {{"tdisp.session.end", "PCIe 6.1, 11.2.1", "A locked interface whose session ends is in ERROR.",
      trust::Act::kDetect},
     [](const TriggerCase& c) { return c.event != Event::kSessionEnded; }},
    {{"tdisp.reset.function", "PCIe 6.1, 11.2.1", "A locked interface that is reset is in ERROR.", trust::Act::kDetect},
     [](const TriggerCase& c) { return c.event != Event::kFunctionReset; }},
    {{"tdisp.fw.changed", "PCIe 6.1, 11.2.6", "A locked interface whose firmware changes is in ERROR.",
      trust::Act::kDetect},
     [](const TriggerCase& c) { return c.event != Event::kFirmwareChanged; }},
    {{"tdisp.error.other", "PCIe 6.1, 11.2.1", "A locked interface that loses its link, context or data is in ERROR.",
      trust::Act::kDetect, trust::Kind::kConformance},
     [](const TriggerCase& c) {
       return c.event != Event::kDataError && c.event != Event::kContextLost && c.event != Event::kLinkLost;
     }},
};

// Not a check but an act: what is lifted is not done.
inline constexpr trust::Defence kScrubbed{"tdisp.unlock.scrub", "PCIe 6.1, 11.2.1",
                                          "An interface that is unlocked again holds nothing of its confidential VM.",
                                          trust::Act::kWithhold};

struct MmioCase {
  tdisp::State state;
  bool tee;           // any byte of it lies in memory of a TEE, as the lock has it
  bool trusted;       // the T bit
  bool bound_stream;  // it came over the default stream, or one bound to the interface
};
// PCIe 6.1, 11.2. convention: before the lock no memory is a TEE's, but a T bit is refused.
inline constexpr trust::Rule<MmioCase> kMmioRules[] = {
    {{"tdisp.mmio.state", "PCIe 6.1, 11.2", "Memory of a TEE is reached only while the interface runs."},
     [](const MmioCase& c) {
       return c.state == tdisp::State::kRun ||
              (c.state == tdisp::State::kConfigUnlocked ? !c.trusted : !c.tee);
     }},
    {{"tdisp.mmio.tbit", "PCIe 6.1, 11.2", "Memory of a TEE is reached only by requests with a T bit."},
     [](const MmioCase& c) { return c.state != tdisp::State::kRun || !c.tee || c.trusted; }},
    {{"tdisp.mmio.stream", "PCIe 6.1, 11.2", "Memory of a TEE is reached only over a stream of the interface.",
      trust::Act::kRefuse, trust::Kind::kConformance},
     [](const MmioCase& c) { return c.state != tdisp::State::kRun || !c.tee || !c.trusted || c.bound_stream; }},
};

struct DmaCase {
  tdisp::State state;
  bool bound_stream;  // the engine would send it over the default stream, or one bound to the interface
};
inline constexpr trust::Rule<DmaCase> kDmaRules[] = {
    {{"tdisp.dma.state", "PCIe 6.1, 11.2", "A locked interface that does not run reaches no memory."},
     [](const DmaCase& c) { return c.state == tdisp::State::kConfigUnlocked || c.state == tdisp::State::kRun; }},
    {{"tdisp.dma.stream", "PCIe 6.1, 11.2", "What an interface sends for a TEE leaves over a stream of the interface."},
     [](const DmaCase& c) { return c.state != tdisp::State::kRun || c.bound_stream; }},
};

}  // namespace dsm
