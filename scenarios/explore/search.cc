#include "scenarios/explore/search.h"

#include <algorithm>
#include <map>

#include "platform/base/user_error.h"
#include "scenarios/explore/shrink.h"
#include "scenarios/report/parallel.h"

namespace explore {

namespace {

constexpr std::size_t kRound = 64;       // runs between two looks at what came of them
constexpr std::size_t kKeptMost = 400;   // attacks that are grown from
constexpr std::size_t kLearntMost = 60;   // moves that one attack prompts
constexpr std::size_t kFollowingMost = 4000, kFollowedMost = 3;
constexpr std::size_t kNearMost = 600, kNearAlike = 2;
constexpr std::uint64_t kLooksMost = 10'000;

// Lists in turn: the first of each, the second of each.
std::vector<std::uint32_t> in_turns(const std::vector<std::vector<std::uint32_t>>& lists) {
  std::vector<std::uint32_t> out;
  std::size_t longest = 0;
  for (const auto& list : lists) longest = std::max(longest, list.size());
  for (std::size_t round = 0; round < longest; ++round)
    for (const auto& list : lists)
      if (round < list.size()) out.push_back(list[round]);
  return out;
}

// The kinds of move in turn, and within a kind its groups in turn.
std::vector<std::uint32_t> order_of(const std::vector<Move>& moves, unsigned wave) {
  std::vector<std::string> names;
  std::map<std::string, std::vector<std::string>> groups_of;
  std::map<std::string, std::vector<std::uint32_t>> groups;
  for (std::uint32_t i = 0; i < moves.size(); ++i) {
    if (moves[i].wave != wave) continue;
    const auto& first = moves[i].steps.front();
    const auto kind = without_digits(place_of(moves[i])) + " " + first.verb.value;
    if (groups_of[kind].empty()) names.push_back(kind);
    auto& group = groups[kind + "\n" + moves[i].group];
    if (group.empty()) groups_of[kind].push_back(kind + "\n" + moves[i].group);
    group.push_back(i);
  }
  std::vector<std::vector<std::uint32_t>> kinds;
  for (const auto& name : names) {
    std::vector<std::vector<std::uint32_t>> lists;
    for (const auto& group : groups_of[name]) lists.push_back(std::move(groups[group]));
    kinds.push_back(in_turns(lists));
  }
  return in_turns(kinds);
}

}  // namespace

Search::Search(const Target& target, Options options)
    : target_(target), options_(std::move(options)), random_(options_.seed + options_.shard - 1, "explore") {
  tried_.reserve(kTriedMost);
  auto honest = play_honestly(target_, true);
  if (honest.kind != Tried::Kind::kPlayed) throw base::UserError(honest.why);
  if (honest.verdict.outcome == engine::Outcome::kBroken)
    throw base::UserError("the guests break a promise when nobody attacks: " + honest.verdict.sentence());
  survey_ = survey_of(target_, honest.verdict);
  coverage_.add(honest.verdict);
  moves_ = moves_of(target_, survey_, options_.allowed);
  alone_.assign(moves_.size(), false);
  held_.assign(moves_.size(), false);
  interesting_ = survey_.addresses;
  for (const auto& crossing : survey_.crossings)
    for (const auto& field : crossing.fields)
      for (const auto value : field.values)
        if (value > 0xFFFF && interesting_.size() < 512) interesting_.push_back(value);
  for (unsigned wave = 0; wave <= 2; ++wave) {
    auto all = order_of(moves_, wave);
    std::vector<std::uint32_t> own;  // of this shard
    for (std::size_t i = options_.shard - 1; i < all.size(); i += options_.shards) own.push_back(all[i]);
    singles_.push_back(std::move(own));
  }
  choose_watchers();
  progress_.moves = moves_.size();
  progress_.covered = coverage_.size();
  for (const auto& thread : target_.scenario.guest)
    if (thread.from != load::Thread::From::kBuiltIn) progress_.edges[thread.vm];
  note_edges();
}

void Search::note_edges() {
  for (const auto& [vm, edges] : coverage_.edges()) progress_.edges[vm] = edges;
}

// Each alone first: where a look is all that an attack needs, it is a move of its own, and would drown the others.
void Search::choose_watchers() {
  Attack all;
  const auto watch = [&](const std::string& at, const std::vector<std::string>& what, const std::string& moment) {
    const auto by = stands_at(options_.allowed, at);
    if (by.empty()) return;
    auto look = after(step_of(by, at, "read", what), moment);
    if (moment.empty()) look = always(std::move(look), kLooksMost);
    look.also = true;
    all.push_back(std::move(look));
  };
  for (const auto& boundary : survey_.boundaries)
    if (boundary.starts_with("net ") || boundary.ends_with(".exit") || boundary.ends_with(".ring")) watch(boundary, {}, "");
  for (const auto& vm : survey_.vms) {
    const auto last = std::find_if(survey_.moments.rbegin(), survey_.moments.rend(), [&](const auto& moment) { return moment.name.starts_with(vm + "."); });
    if (last == survey_.moments.rend()) continue;
    for (const auto& page : survey_.pages)
      if (page.starts_with(vm + ".")) watch(vm + ".memory", {page}, last->name);
    for (const auto& [name, part] : target_.machine.parts)
      if (name.starts_with("nvme")) watch(name + ".medium", {"all"}, last->name);
  }
  for (auto& look : all) {
    const auto tried = try_attack(target_, {look});
    const bool idle = tried.kind == Tried::Kind::kPlayed && !tried.broken();
    if (idle && (!options_.whole || !try_attack(*options_.whole, {look}).broken())) watchers_.push_back(std::move(look));
  }
}

void Search::note_lively(std::uint32_t move) {
  lively_.moves.push_back(move);
  for (const auto& subject : subjects_of(moves_[move])) {
    const auto [at, fresh] = subjects_.emplace(subject, related_.size());
    if (fresh) related_.emplace_back();
    related_[at->second].moves.push_back(move);
  }
}

// A few of each kind: what the hundredth field of one message shows is mostly what the first did.
void Search::follow(const Candidate& candidate) {
  if (following_.size() >= kFollowingMost || followed_[moves_[candidate.moves.back()].group]++ >= kFollowedMost) return;
  hold(candidate.moves);
  Candidate next = candidate;
  next.follows = true;
  if (!watchers_.empty()) {
    following_.push_back(next);
    auto& attack = following_.back().attack;
    attack.insert(attack.end(), watchers_.begin(), watchers_.end());
  }
  next.filmed = true;
  following_.push_back(std::move(next));
}

// A few of each kind of move; of longer attacks those of which more came than of what they were made from.
bool Search::came_near(const Candidate& candidate, const engine::Verdict& verdict, bool fresh) {
  if (options_.strategy != Strategy::kMixed || candidate.follows || verdict.missed.empty()) return false;
  if (progress_.near >= kNearMost || candidate.moves.size() >= kMovesMost) return false;
  if (candidate.moves.size() > 1 && !fresh) return false;
  std::string kind;
  for (const auto& id : verdict.missed) kind += id + "\n";
  for (const auto move : candidate.moves) kind += moves_[move].group + "\n";
  if (near_kinds_[kind]++ >= kNearAlike && !fresh) return false;
  Near near{.moves = candidate.moves};
  for (const auto move : candidate.moves)
    for (const auto& subject : subjects_of(moves_[move]))
      if (const auto known = subjects_.find(subject); known != subjects_.end()) near.related.push_back(known->second);
  near_[place_of(moves_[candidate.moves.back()])].push_back(std::move(near));
  ++progress_.near;
  return true;
}

// What crosses and comes now that did not when nobody attacked.
void Search::learn(const Candidate& candidate, const engine::Verdict& filmed) {
  if (!filmed.film || following_.size() >= kFollowingMost || learnt_ >= kLearntInAll) return;
  auto seen = survey_of(target_, filmed);
  std::erase_if(seen.crossings, [&](const Crossing& now) {
    return std::any_of(survey_.crossings.begin(), survey_.crossings.end(),
                       [&](const Crossing& known) { return known.boundary == now.boundary && known.object == now.object && known.reply == now.reply; });
  });
  auto fresh_moments = seen.moments;
  std::erase_if(fresh_moments, [&](const Moment& now) {
    return std::any_of(survey_.moments.begin(), survey_.moments.end(), [&](const Moment& known) { return known.name == now.name; });
  });
  if (seen.crossings.empty() && fresh_moments.empty()) return;
  survey_.crossings.insert(survey_.crossings.end(), seen.crossings.begin(), seen.crossings.end());
  survey_.moments.insert(survey_.moments.end(), fresh_moments.begin(), fresh_moments.end());
  std::vector<Move> prompted;
  const Drawing drawing{target_, seen, options_.allowed, prompted};
  message_moves(drawing);
  if (!fresh_moments.empty()) {
    seen.moments = fresh_moments;
    memory_moves(drawing);
    event_moves(drawing);
  }
  std::size_t most = kLearntMost;
  for (auto& move : prompted) {
    if (move.wave != 0 || most == 0) continue;
    --most;
    auto moves = candidate.moves;
    moves.push_back(add(std::move(move)));
    ++learnt_;
    if (moves.size() > kMovesMost) continue;
    auto next = made_of(std::move(moves), true);
    next.follows = true;
    if (next.attack.size() <= kStepsMax) following_.push_back(std::move(next));
  }
}

void Search::found(const Candidate& candidate, engine::Verdict verdict) {
  const auto raw = cause_of(candidate.attack, verdict);
  const auto known = [&](const Cause& cause) { return std::any_of(causes_.begin(), causes_.end(), [&](const auto& one) { return contains(cause, one); }); };
  if (known(raw)) {
    ++progress_.again;
    return;
  }
  const auto breaks_whole = [&](const Attack& attack) {
    if (!options_.whole) return false;
    ++progress_.runs;
    return try_attack(*options_.whole, attack).broken();
  };
  if (breaks_whole(candidate.attack)) {
    ++progress_.elsewhere;
    return;
  }
  auto shrunk = shrink(target_, candidate.attack, std::move(verdict), options_.allowed, options_.whole);
  progress_.runs += shrunk.runs;
  auto cause = cause_of(shrunk.attack, shrunk.verdict);
  if (known(cause)) {
    ++progress_.again;
    return;
  }
  causes_.push_back(cause);
  progress_.finds.push_back({std::move(shrunk.attack), std::move(shrunk.verdict), std::move(cause), progress_.runs - shrunk.runs, candidate.attack.size(), shrunk.runs});
}

void Search::hear(const Candidate& candidate, Tried& tried) {
  ++progress_.runs;
  const bool single = candidate.moves.size() == 1;
  if (single && !alone_[candidate.moves[0]]) ++progress_.moves_tried, alone_[candidate.moves[0]] = true;
  if (tried.kind == Tried::Kind::kCannot) {
    ++progress_.refused;
    return;
  }
  if (tried.kind == Tried::Kind::kBug) {
    if (progress_.bugs.empty() || progress_.bugs.back().second != tried.why) progress_.bugs.emplace_back(candidate.attack, tried.why);
    return;
  }
  if (candidate.filmed) return learn(candidate, tried.verdict);
  const auto fresh = coverage_.add(tried.verdict);
  progress_.covered = coverage_.size();
  note_edges();
  if (tried.broken()) return found(candidate, std::move(tried.verdict));
  if (tried.verdict.outcome == engine::Outcome::kInert) return;
  if (single) {
    if (fresh.all) note_lively(candidate.moves[0]);
    if (fresh.edges) turning_.moves.push_back(candidate.moves[0]);
  }
  const bool near = came_near(candidate, tried.verdict, fresh.all != 0);
  if (near || fresh.all != 0) hold(candidate.moves);
  const bool leads = options_.strategy == Strategy::kMixed || options_.strategy == Strategy::kGuided;
  if (leads && !candidate.follows && (near || fresh.all != 0 || below(8) == 0)) follow(candidate);
  if (fresh.all == 0) return;
  if (kept_.size() == kKeptMost) {
    const auto worst = std::min_element(kept_.begin(), kept_.end(), [](const auto& a, const auto& b) { return a.fresh * (b.chosen + 1) < b.fresh * (a.chosen + 1); });
    kept_.erase(worst);
  }
  kept_.push_back({candidate.moves, fresh.all, 0});
  progress_.kept = kept_.size();
}

const Progress& Search::explore(const std::function<bool()>& go_on, const std::function<void(const Progress&)>& heard) {
  while (go_on() && (options_.runs_max == 0 || progress_.runs < options_.runs_max) &&
         (options_.finds_max == 0 || progress_.finds.size() < options_.finds_max)) {
    std::vector<Candidate> round;
    const std::size_t most = options_.runs_max == 0 ? kRound : std::min(kRound, options_.runs_max - progress_.runs);
    while (round.size() < most) {
      auto candidate = next();
      if (!candidate) break;
      round.push_back(std::move(*candidate));
    }
    if (round.empty()) {
      progress_.exhausted = true;
      break;
    }
    std::vector<Tried> tried(round.size());
    report::for_each_job(round.size(), [&](std::size_t i) { tried[i] = try_attack(target_, round[i].attack, round[i].filmed); }, {}, options_.threads);
    for (std::size_t i = 0; i < round.size(); ++i) {
      if (options_.finds_max != 0 && progress_.finds.size() >= options_.finds_max) break;
      hear(round[i], tried[i]);
    }
    if (heard) heard(progress_);
  }
  return progress_;
}

}  // namespace explore
