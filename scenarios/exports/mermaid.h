#pragma once
// `run --mermaid`: one run as a sequence diagram for Mermaid (GitHub, GitLab and many editors draw it). Lanes are participants in a box
// for each kind; what the adversary altered or lost ends in a cross. A long run is shortened around what the adversary did, and a
// note says how much is left out.
#include <string>

#include "scenarios/report/play.h"

namespace exports {

inline constexpr std::size_t kMermaidEventsMax = 120;  // what one still reads; Mermaid itself draws 50000 characters

std::string mermaid_of(const report::Told& told, const engine::Verdict& verdict);

// Text that means nothing to Mermaid: whatever is neither letter, digit nor harmless is an entity, "#59;" for ";".
std::string mermaid_text(std::string_view text);

}  // namespace exports
