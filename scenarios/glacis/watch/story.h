#pragma once
// One played run as it is stepped through: its film by position, with the verdict as the last position of all. All text it gives is `safe`.
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "scenarios/engine/verdict.h"
#include "scenarios/glacis/watch/text.h"
#include "scenarios/report/play.h"

namespace watch {

struct Fact {
  std::string group, name, key, value;
  bool changed = false;  // at this very event
};

class Story {
 public:
  // `verdict` has a film. `judgement` is what the run was held against, in lines; empty: nothing.
  Story(const report::Told& told, engine::Verdict verdict, std::vector<std::string> judgement);

  const std::string& title() const { return title_; }
  std::string about() const { return about_; }  // "severed-remap on snp, without rmp.access.gpa"
  const std::vector<std::string>& lifted() const { return lifted_; }
  std::string sentence() const { return safe(verdict_.sentence()); }
  const engine::Verdict& verdict() const { return verdict_; }
  const engine::Film& film() const { return *verdict_.film; }
  const std::vector<std::string>& judgement() const { return judgement_; }

  std::size_t size() const { return film().events.size() + 1; }  // positions
  bool is_end(std::size_t at) const { return at + 1 >= size(); }
  const engine::FilmEvent& event(std::size_t at) const { return film().events[at]; }
  std::uint64_t time(std::size_t at) const;
  std::string who(std::size_t at) const;   // who speaks; of a message its boundary
  std::string what(std::size_t at) const;  // what is said; of a message its object and what became of it
  // Of a message, between which of the seven kinds of lanes; of a line, where it stands, twice.
  std::pair<unsigned, unsigned> lanes(std::size_t at) const;
  bool is_lane_used(unsigned kind) const { return lanes_used_ >> kind & 1; }
  // The defence that speaks there, by id; empty: none.
  std::string defence(std::size_t at) const;
  // The promises whose breach came to light with this event.
  std::vector<std::string> breaches(std::size_t at) const;

  // Something happened there that the attack or a defence did, a promise broke, or it is the end.
  bool is_mark(std::size_t at) const;
  std::size_t next_mark(std::size_t at) const;      // itself where there is none
  std::size_t previous_mark(std::size_t at) const;
  // A packet on a link that arrived as it was sent: there are thousands, and most stories are told without.
  bool is_wire(std::size_t at) const;
  // From there the next position that is shown, `wires` or not; where there is none, that one.
  std::size_t next(std::size_t at, bool wires) const;
  std::size_t previous(std::size_t at, bool wires) const;
  // The next position that is shown, after the last again the first, where that stands in who or what, letters of either case alike.
  std::optional<std::size_t> find(std::string_view text, std::size_t after, bool wires) const;
  // The position of the same moment in another run.
  std::size_t at_time(std::uint64_t time) const;

  // What is true of the machine once that has happened, by group, name and key.
  std::vector<Fact> facts(std::size_t at) const;

 private:
  std::string text(std::uint32_t id) const { return safe(film().texts[id]); }

  engine::Verdict verdict_;
  std::string title_, about_;
  std::vector<std::string> lifted_, judgement_;
  unsigned lanes_used_ = 0;
  std::map<std::size_t, std::vector<std::string>> breaches_;  // by position
  // group, name, key -> events and values, ascending.
  std::map<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>, std::vector<std::pair<std::uint32_t, std::uint32_t>>> facts_;
};

}  // namespace watch
