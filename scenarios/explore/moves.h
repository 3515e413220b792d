#pragma once
// The moves that an adversary has against a target: steps as a file would say them, one or a few that only make sense together
// (keep and put back, hold and release). Drawn from the positions' rights, the verbs, and what a survey saw; a move that turns out to
// be nonsense is refused by the engine when it is tried, as it would be in a file.
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/explore/survey.h"

namespace explore {

struct Move {
  std::string group;     // of one kind: boundary without digits, verb, what for; search goes round the groups
  Attack steps;
  std::uint64_t at = 0;  // the event of the honest film at which the first of them can act
  unsigned wave = 0;     // the likelier first: 0, 1, 2
};

// The boundary at which its first step acts.
std::string place_of(const Move& move);
// What it has to do with: pages and VMs that it names, the boundaries where it acts, and the parts that these are at.
std::set<std::string> subjects_of(const Move& move);

// Who of `allowed` stands at a boundary; the one who needs least for it. Empty: nobody.
std::string stands_at(const std::vector<std::string>& allowed, std::string_view boundary);
// All positions there are, those first that need least.
const std::vector<std::string>& all_positions();

// "vm0.page.secret" -> "vm#.page.secret".
std::string without_digits(std::string_view name);

// Another place of a region than the one that is meant: the same in each room, so that two lies agree. Bytes.
inline constexpr std::uint64_t kElsewhere = 0x1000;

// ---- making steps
load::Step step_of(const std::string& by, const std::string& at, const std::string& verb, const std::vector<std::string>& what = {});
load::Step with(load::Step step, const std::string& arg, const std::string& text);
load::Step with(load::Step step, const std::string& arg, std::uint64_t number);
load::Step after(load::Step step, const std::string& moment);  // empty: at once
load::Step on(load::Step step, const std::string& object, std::uint64_t nth);  // nth 0: the next
load::Step always(load::Step step, std::uint64_t times);

// What the moves of one room are made from, and go into.
struct Drawing {
  const Target& target;
  const Survey& survey;
  const std::vector<std::string>& allowed;
  std::vector<Move>& moves;

  std::string who(std::string_view boundary) const { return stands_at(allowed, boundary); }
  void add(std::string group, std::uint64_t at, unsigned wave, Attack steps) const;
};

void memory_moves(const Drawing& drawing);    // memory, nested tables, caches, the IOMMU's table
void message_moves(const Drawing& drawing);   // whatever crosses
void event_moves(const Drawing& drawing);     // interrupts, exceptions, stepping
void platform_moves(const Drawing& drawing);  // what is built in, images, host calls, TPMs, evidence of one's own
void device_moves(const Drawing& drawing);    // registers, slots, packets of one's own, disks

// All of them, in an order that depends on nothing but the target. `allowed` empty: every position.
std::vector<Move> moves_of(const Target& target, const Survey& survey, const std::vector<std::string>& allowed);

}  // namespace explore
