#pragma once
// What the module lets the host do to the order of events in a TD: which vectors it posts, and how closely it can follow the TD's steps.
#include <array>
#include <string_view>

#include "platform/cpu/event.h"
#include "platform/trust/defence.h"

namespace tdx {

// The host has a posted-interrupt descriptor for each vCPU: one bit for each vector, and no way to say what kind of event it means. An
// NMI is asked for by a field of its own (TDVPS.PEND_NMI).
inline constexpr std::uint8_t kFirstPostedVector = 31;
struct PostCase {
  const cpu::Event& event;
};
inline constexpr trust::Rule<PostCase> kPostRules[] = {
    {{"tdx.posted.vector", "TDX 1.5 base, interrupt handling; Intel TDX guest hardening, interrupts",
      "The host raises interrupts in a TD and no exception: of the vectors below 31 it posts none."},
     [](const PostCase& c) { return c.event.type == cpu::EventType::kNmi || c.event.vector >= kFirstPostedVector; }},
};

// By which the module tells that a TD is being single-stepped. What the earlier modules measured, the host could make come out longer by
// slowing the processor down.
enum class StepFilter { kByTime, kByInstructions };
inline constexpr std::uint32_t kStepBytesMax = 30;
inline constexpr std::uint64_t kStepTicksMax = 4096;
inline constexpr std::uint32_t kUnseenStepsMax = 32;
constexpr bool suspicious(const cpu::Progress& progress, StepFilter filter) {
  return progress.bytes <= kStepBytesMax && (filter == StepFilter::kByInstructions || progress.tsc_ticks <= kStepTicksMax);
}
inline constexpr trust::Defence kStepFilterRow{"tdx.stepping.filter", "TDX module source, single-step and zero-step attack mitigation",
                                               "A TD that was stopped after next to no progress makes some steps unseen before the host runs.",
                                               trust::Act::kWithhold};

}  // namespace tdx
