#pragma once
// Looks for attacks that break a promise: first the moves one by one, the likelier kinds first and each kind in its turn; then, in
// turns with the rest of them, pairs in the order in which they would act, and attacks grown from those that showed something new. What
// showed something new is played once more while the adversary looks wherever he may, and once to learn which messages and moments came
// of it that an honest run does not have: moves on those follow. An attack that came past a check which is lifted is a near miss:
// whatever did something alone is tried beside it, in turns with all else.
// Plain random search is there to be compared with. For a number of runs the result is a function of target, options and seed; the
// number of threads does not matter.
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <boost/unordered/unordered_flat_set.hpp>

#include "platform/sim/random.h"
#include "scenarios/explore/cause.h"
#include "scenarios/explore/coverage.h"
#include "scenarios/explore/moves.h"

namespace explore {

inline constexpr std::size_t kStepsMax = 12;
inline constexpr std::size_t kMovesMost = 6;  // of a grown attack; each has one to three steps
// A search of any length remembers so much and no more.
inline constexpr std::size_t kLearntInAll = 20'000;  // moves learnt from films
inline constexpr std::size_t kBredMost = 20'000;     // bred from others; one that led nowhere gives its place to the next
inline constexpr std::size_t kTriedMost = 500'000;   // attacks that are not tried again; then they may be

enum class Strategy { kMixed, kSystematic, kGuided, kRandom };

struct Options {
  std::vector<std::string> allowed;  // positions; empty: all
  Strategy strategy = Strategy::kMixed;
  std::uint64_t seed = 1;
  std::size_t runs_max = 0;          // 0: as long as `go_on` says
  std::size_t finds_max = 0;         // 0: any number
  std::size_t threads = 0;           // 0: all cores
  std::size_t shard = 1, shards = 1;
  const Target* whole = nullptr;     // where given: what breaks a promise there too is not counted. Outlives the search
};

struct Find {
  Attack attack;           // shrunk
  engine::Verdict verdict;
  Cause cause;
  std::size_t run = 0;     // by which it was first seen
  std::size_t steps_before = 0, runs_to_shrink = 0;
};

struct Progress {
  std::size_t runs = 0, refused = 0, covered = 0, moves = 0, moves_tried = 0, kept = 0, near = 0;
  std::size_t elsewhere = 0;  // attacks that break a promise of the whole target as well
  std::size_t again = 0;   // attacks that broke a promise for a cause that was known
  std::map<std::string, std::size_t> edges;  // VM whose program is not ours -> its own edges reached; 0: it tells none
  std::vector<Find> finds;
  std::vector<std::pair<Attack, std::string>> bugs;  // attacks by which the engine contradicted itself
  bool exhausted = false;  // there was nothing left to try
};

class Search {
 public:
  // Plays the target once, honestly. Throws base::UserError where that run does not hold: nothing could be told from attacks on it.
  Search(const Target& target, Options options);

  // Plays on until `go_on` says no, a limit is reached, or nothing is left. `heard`, where given, after each round of runs.
  const Progress& explore(const std::function<bool()>& go_on, const std::function<void(const Progress&)>& heard = {});

  const Survey& survey() const { return survey_; }
  const std::vector<Move>& moves() const { return moves_; }
  const Progress& progress() const { return progress_; }

 private:
  struct Candidate {
    std::vector<std::uint32_t> moves;  // in the order of their events
    Attack attack;
    bool follows = false;              // from one that showed something new
    bool filmed = false;               // to learn from
  };
  struct Kept {
    std::vector<std::uint32_t> moves;
    std::size_t fresh = 0, chosen = 0;
  };

  struct Paired {
    std::vector<std::uint32_t> moves;
    std::size_t next = 0;
  };
  // A near miss, and how far it was tried with others beside it.
  struct Near {
    std::vector<std::uint32_t> moves;
    std::vector<std::size_t> related{};  // to what it has to do with: which of `related_`
    std::size_t of_related = 0, lively = 0, single = 0, turn = 0;
  };

  std::optional<Candidate> next();
  std::optional<Candidate> next_following();
  std::optional<Candidate> next_single();
  std::optional<Candidate> next_pair();
  std::optional<Candidate> next_related();
  std::optional<Candidate> next_pair_of(Paired& paired);
  std::optional<Candidate> next_near();
  struct Partner {
    std::uint32_t move;
    bool before;
  };
  std::optional<Partner> partner_of(Near& near);
  std::optional<Candidate> grown();
  std::optional<Candidate> drawn();
  Candidate made_of(std::vector<std::uint32_t> moves, bool at_once);
  bool fresh(const Attack& attack);
  void note_edges();
  void note_lively(std::uint32_t move);
  void hear(const Candidate& candidate, Tried& tried);
  void choose_watchers();
  void follow(const Candidate& candidate);
  bool came_near(const Candidate& candidate, const engine::Verdict& verdict, bool fresh);
  void learn(const Candidate& candidate, const engine::Verdict& filmed);
  void found(const Candidate& candidate, engine::Verdict verdict);
  std::uint32_t any_move();
  std::uint32_t varied(std::uint32_t which);
  std::uint32_t add(Move move);
  void hold(const std::vector<std::uint32_t>& moves);
  std::size_t below(std::size_t count);

  const Target& target_;
  Options options_;
  Survey survey_;
  std::vector<Move> moves_;         // those drawn, then those bred from them
  std::vector<std::vector<std::uint32_t>> singles_;  // by wave, in the order in which they are tried
  std::size_t wave_ = 0, single_ = 0, turn_ = 0;
  std::vector<bool> alone_;         // by move: it was tried alone
  std::vector<bool> held_;          // by move: something grows from it
  std::vector<std::uint32_t> bred_;
  std::size_t bred_turn_ = 0, learnt_ = 0;
  Paired lively_;                  // those that showed something new
  std::vector<Paired> related_;    // of these, those that have to do with one page, one part or one boundary
  std::map<std::string, std::size_t> subjects_;  // which of them
  std::size_t related_turn_ = 0;
  Paired turning_;                 // of these, those that took a guest program where it had not been
  std::vector<Kept> kept_;
  std::map<std::string, std::vector<Near>> near_;  // by where they act last
  std::size_t near_turn_ = 0;
  std::map<std::string, std::size_t> near_kinds_;  // by what was missed and the kinds of move: how many were taken
  Attack watchers_;                // looks at what crosses and lies about, by which an unattacked guest loses nothing
  std::deque<Candidate> following_;
  std::map<std::string, std::size_t> followed_;  // by the group of the last move: how often
  std::vector<std::uint64_t> interesting_;  // numbers that were seen in messages
  std::vector<Cause> causes_;
  boost::unordered_flat_set<std::uint64_t> tried_;
  Coverage coverage_;
  sim::Random random_;
  Progress progress_;
};

}  // namespace explore
