#include "scenarios/explore/search.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include <fmt/format.h>

#include "platform/base/user_error.h"
#include "scenarios/explore/scenario_text.h"
#include "scenarios/explore/shrink.h"
#include "scenarios/report/parallel.h"

namespace explore {

namespace {

constexpr std::size_t kRound = 64;       // runs between two looks at what came of them
constexpr std::size_t kKeptMost = 400;   // attacks that are grown from
constexpr std::size_t kMovesMost = 6;    // of a grown attack; each has one to three steps
constexpr std::size_t kFewMoves = 3;
constexpr std::size_t kLearntMost = 60;   // moves that one attack prompts
constexpr std::size_t kFollowingMost = 4000, kFollowedMost = 3;
constexpr std::size_t kNearMost = 600, kNearAlike = 2;
constexpr const char* kCalls = "tsm0.call";  // where steps without a boundary act
constexpr std::uint64_t kLooksMost = 10'000;
constexpr std::size_t kBredMost = 400'000;
constexpr std::uint64_t kDelayMost = 100'000'000'000'000;  // picoseconds

std::uint64_t hash_of(const Attack& attack) {
  std::uint64_t hash = 0xCBF2'9CE4'8422'2325;
  for (const auto& step : attack)
    for (const char c : step_text(step)) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100'0000'01B3;
  return hash;
}

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

std::string place_of(const Move& move) {
  const auto& first = move.steps.front();
  return first.at ? first.at->value : kCalls;
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

// What a move has to do with: pages and VMs that it names, the boundaries where it acts, and the parts that these are at.
std::set<std::string> subjects_of(const Move& move) {
  std::set<std::string> out;
  for (const auto& step : move.steps) {
    const std::string at = step.at ? step.at->value : kCalls;
    out.insert(at);
    const auto part = at.substr(at.rfind(' ') + 1);
    if (const auto dot = part.find('.'); dot != part.npos && !at.starts_with("net ")) out.insert(part.substr(0, dot));
    for (const auto& [name, arg] : step.args)
      for (const auto& text : arg.texts)
        if (text.value.find(".page.") != text.value.npos || name == "vm") out.insert(text.value);
  }
  return out;
}

// Names under which moves keep things, made different.
void rename(Attack& steps, std::size_t number) {
  if (number == 0) return;
  const auto suffix = fmt::format("-{}", number + 1);
  std::vector<std::string> kept;
  for (const auto& step : steps) {
    if (const auto as = step.args.find("as"); as != step.args.end() && (step.verb.value == "record" || step.verb.value == "hold")) kept.push_back(as->second.texts.at(0).value);
    if (step.verb.value == "save") kept.push_back(step.args.at("save").texts.at(0).value);
  }
  for (auto& step : steps)
    for (auto& [name, arg] : step.args)
      for (auto& text : arg.texts)
        if ((name == "as" || name == "from" || name == step.verb.value) && std::find(kept.begin(), kept.end(), text.value) != kept.end()) text.value += suffix;
}

}  // namespace

Search::Search(const Target& target, Options options)
    : target_(target), options_(std::move(options)), random_(options_.seed + options_.shard - 1, "explore") {
  auto honest = play_honestly(target_, true);
  if (honest.kind != Tried::Kind::kPlayed) throw base::UserError(honest.why);
  if (honest.verdict.outcome == engine::Outcome::kBroken)
    throw base::UserError("the guests break a promise when nobody attacks: " + honest.verdict.sentence());
  survey_ = survey_of(target_, honest.verdict);
  coverage_.add(honest.verdict);
  moves_ = moves_of(target_, survey_, options_.allowed);
  alone_.assign(moves_.size(), false);
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

std::size_t Search::below(std::size_t count) { return static_cast<std::size_t>(random_.next() % std::max<std::size_t>(1, count)); }

bool Search::fresh(const Attack& attack) { return tried_.insert(hash_of(attack)).second; }

Search::Candidate Search::made_of(std::vector<std::uint32_t> moves, bool at_once) {
  std::stable_sort(moves.begin(), moves.end(), [&](auto a, auto b) { return moves_[a].at < moves_[b].at; });
  Candidate out{std::move(moves), {}};
  for (std::size_t i = 0; i < out.moves.size(); ++i) {
    Attack steps = moves_[out.moves[i]].steps;
    rename(steps, i);
    for (auto& step : steps) {
      if (at_once && i > 0) step.also = true;  // whenever it can, and not after what stands before it
      out.attack.push_back(std::move(step));
    }
  }
  return out;
}

std::optional<Search::Candidate> Search::next_single() {
  for (; wave_ < singles_.size(); ++wave_, single_ = 0)
    while (single_ < singles_[wave_].size()) {
      auto candidate = made_of({singles_[wave_][single_++]}, false);
      if (fresh(candidate.attack)) return candidate;
    }
  return std::nullopt;
}

// Of moves that did something, each with each, in the one order in which they would act: that of the honest run. Which of two
// that act at the same event and at different boundaries comes first does not matter, so only one order is tried; at one boundary
// both are.
std::optional<Search::Candidate> Search::next_pair_of(Paired& paired) {
  const auto& among = paired.moves;
  while (paired.next / 2 < among.size() * among.size()) {
    const std::size_t pair = paired.next / 2;
    const bool at_once = paired.next++ % 2 != 0;
    // Along the edge of a growing square, so that what is learnt later is paired with all that was known.
    std::size_t edge = 0;
    while ((edge + 1) * (edge + 1) <= pair) ++edge;
    const std::size_t rest = pair - edge * edge;
    const auto first = among[rest <= edge ? edge : rest - edge - 1], second = among[rest <= edge ? rest : edge];
    const auto &a = moves_[first], &b = moves_[second];
    const bool either_way = a.at == b.at && place_of(a) != place_of(b);
    if (first == second || a.at > b.at || (either_way && first > second)) continue;
    if (a.steps.size() + b.steps.size() > kStepsMax) continue;
    auto candidate = made_of({first, second}, at_once);
    if (fresh(candidate.attack)) return candidate;
  }
  return std::nullopt;
}

std::optional<Search::Candidate> Search::next_pair() {
  auto candidate = next_pair_of(turning_);
  return candidate ? std::move(candidate) : next_pair_of(lively_);
}

// One pair of each subject in turn.
std::optional<Search::Candidate> Search::next_related() {
  for (std::size_t tries = 0; tries < related_.size(); ++tries)
    if (auto candidate = next_pair_of(related_[related_turn_++ % related_.size()])) return candidate;
  return std::nullopt;
}

void Search::note_lively(std::uint32_t move) {
  lively_.moves.push_back(move);
  for (const auto& subject : subjects_of(moves_[move])) {
    const auto [at, fresh] = subjects_.emplace(subject, related_.size());
    if (fresh) related_.emplace_back();
    related_[at->second].moves.push_back(move);
  }
}

std::uint32_t Search::any_move() {
  // Of those that did something two in three; of the others the likelier ones.
  if (!lively_.moves.empty() && below(3) != 0) return lively_.moves[below(lively_.moves.size())];
  const auto& wave = singles_[std::array<std::size_t, 4>{0, 0, 1, 2}[below(4)]];
  return wave.empty() ? static_cast<std::uint32_t>(below(moves_.size())) : wave[below(wave.size())];
}

// A move like this one with another number in it: one that a field has somewhere, a power of two, a neighbour.
std::uint32_t Search::varied(std::uint32_t which) {
  if (moves_.size() >= kBredMost) return which;
  Move move = moves_[which];
  auto& step = move.steps[below(move.steps.size())];
  std::vector<std::uint64_t*> numbers;
  for (auto& [name, arg] : step.args)
    if (arg.number) numbers.push_back(&*arg.number);
  if (step.when && step.when->nth) numbers.push_back(&step.when->nth->value);
  if (numbers.empty()) return which;
  auto& number = *numbers[below(numbers.size())];
  const auto known = interesting_.empty() ? 0 : interesting_[below(interesting_.size())];
  const std::uint64_t choices[] = {std::uint64_t{1} << below(12), known, number + 1 + below(8), number - std::min<std::uint64_t>(number, 1 + below(8)), below(1024), number ^ (std::uint64_t{1} << below(16))};
  number = choices[below(std::size(choices))];
  if (step.when && step.when->nth && step.when->nth->value == 0) step.when->nth->value = 1;
  if (step.verb.value == "interrupt") step.args["interrupt"].number = *step.args["interrupt"].number & 0xFF;
  for (auto& [name, arg] : step.args)
    if (name == "bytes" && arg.number) arg.number = std::clamp<std::uint64_t>(*arg.number, 1, 4096);
  if (step.verb.value == "delay") step.args["delay"].number = std::min<std::uint64_t>(*step.args["delay"].number, kDelayMost);
  if (step.verb.value == "step") step.args["step"].number = std::clamp<std::uint64_t>(*step.args["step"].number, 1, 1'000'000);
  moves_.push_back(std::move(move));
  alone_.push_back(true);
  return static_cast<std::uint32_t>(moves_.size() - 1);
}

std::optional<Search::Candidate> Search::grown() {
  for (int attempt = 0; attempt < 16 && !moves_.empty(); ++attempt) {
    std::vector<std::uint32_t> moves;
    if (!kept_.empty()) {
      // Of two the one that showed more for the times it was chosen.
      auto &one = kept_[below(kept_.size())], &other = kept_[below(kept_.size())];
      auto& parent = one.fresh * (other.chosen + 1) >= other.fresh * (one.chosen + 1) ? one : other;
      ++parent.chosen;
      moves = parent.moves;
    }
    switch (below(5)) {
      case 4:
        if (!moves.empty()) {
          auto& one = moves[below(moves.size())];
          one = varied(one);
          break;
        }
        [[fallthrough]];
      case 0:
        if (moves.size() > 1) {
          moves.erase(moves.begin() + static_cast<std::ptrdiff_t>(below(moves.size())));
          moves.push_back(any_move());
          break;
        }
        [[fallthrough]];
      case 1:
      case 2: moves.push_back(any_move()); break;
      default:
        if (!kept_.empty()) {
          const auto& other = kept_[below(kept_.size())].moves;
          moves.insert(moves.end(), other.begin(), other.end());
        } else {
          moves.push_back(any_move());
        }
    }
    while (moves.size() > kMovesMost) moves.erase(moves.begin() + static_cast<std::ptrdiff_t>(below(moves.size())));
    auto candidate = made_of(std::move(moves), below(2) == 0);
    if (candidate.attack.size() <= kStepsMax && fresh(candidate.attack)) return candidate;
  }
  return std::nullopt;
}

// Nothing but chance: so many moves, each as likely as any other.
std::optional<Search::Candidate> Search::drawn() {
  for (int attempt = 0; attempt < 64 && !moves_.empty(); ++attempt) {
    std::vector<std::uint32_t> moves;
    for (std::size_t count = 1 + below(kFewMoves); count-- > 0;) moves.push_back(static_cast<std::uint32_t>(below(moves_.size())));
    auto candidate = made_of(std::move(moves), below(2) == 0);
    if (fresh(candidate.attack)) return candidate;
  }
  return std::nullopt;
}

std::optional<Search::Candidate> Search::next_following() {
  while (!following_.empty()) {
    auto candidate = std::move(following_.front());
    following_.pop_front();
    if (candidate.filmed || fresh(candidate.attack)) return candidate;
  }
  return std::nullopt;
}

// What showed something new alone and was not yet tried beside it: first what has to do with the same pages, parts and boundaries.
// Each behind it and before it, which counts where both act at one moment.
std::optional<Search::Partner> Search::partner_of(Near& near) {
  const auto next = [](const std::vector<std::uint32_t>& these, std::size_t& at) -> std::optional<Partner> {
    if (at / 2 >= these.size()) return std::nullopt;
    const auto which = at++;
    return Partner{these[which / 2], which % 2 != 0};
  };
  for (; !near.related.empty(); near.related.pop_back(), near.of_related = 0)
    if (auto partner = next(related_[near.related.back()].moves, near.of_related)) return partner;
  return next(lively_.moves, near.lively);
}

// Beside one near miss of each place in turn: what showed something new when it was tried alone, as far as that is known by now, in
// turns with all the likelier moves and with other numbers in the attack's own.
std::optional<Search::Candidate> Search::next_near() {
  const auto& likelier = singles_.at(0);
  for (int tries = 0; tries < 32 && !near_.empty(); ++tries) {
    auto& here = std::next(near_.begin(), static_cast<std::ptrdiff_t>(near_turn_++ % near_.size()))->second;
    // The one that was tried least, and longer attacks much less often.
    const auto cost = [](const Near& one) { return one.turn * one.moves.size() * one.moves.size(); };
    auto& near = *std::min_element(here.begin(), here.end(), [&](const Near& a, const Near& b) { return cost(a) < cost(b); });
    auto moves = near.moves;
    const auto turn = near.turn++;
    if (turn % 4 == 3) {
      auto& one = moves[below(moves.size())];
      one = varied(one);
    } else if (const auto partner = partner_of(near)) {
      moves.insert(partner->before ? moves.begin() : moves.end(), partner->move);
    } else {
      moves.push_back(near.single < likelier.size() ? likelier[near.single++] : any_move());
    }
    auto candidate = made_of(std::move(moves), true);
    if (candidate.attack.size() <= kStepsMax && fresh(candidate.attack)) return candidate;
  }
  return std::nullopt;
}

// A few of each kind: what the hundredth field of one message shows is mostly what the first did.
void Search::follow(const Candidate& candidate) {
  if (following_.size() >= kFollowingMost || followed_[moves_[candidate.moves.back()].group]++ >= kFollowedMost) return;
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
  if (!filmed.film || following_.size() >= kFollowingMost || moves_.size() >= kBredMost) return;
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
    moves_.push_back(std::move(move));
    alone_.push_back(true);
    auto moves = candidate.moves;
    moves.push_back(static_cast<std::uint32_t>(moves_.size() - 1));
    if (moves.size() > kMovesMost) continue;
    auto next = made_of(std::move(moves), true);
    next.follows = true;
    if (next.attack.size() <= kStepsMax) following_.push_back(std::move(next));
  }
}

std::optional<Search::Candidate> Search::next() {
  const auto one_of = [&](std::initializer_list<std::optional<Candidate> (Search::*)()> ways) -> std::optional<Candidate> {
    for (const auto way : ways)
      if (auto candidate = (this->*way)()) return candidate;
    return std::nullopt;
  };
  switch (options_.strategy) {
    case Strategy::kRandom: return drawn();
    case Strategy::kGuided: return one_of({&Search::next_following, &Search::grown});
    case Strategy::kSystematic: return one_of({&Search::next_single, &Search::next_pair});
    case Strategy::kMixed: break;
  }
  if (turn_++ % 3 == 0)
    if (auto candidate = next_following()) return candidate;
  if (turn_ % 2 == 0)
    if (auto candidate = next_near()) return candidate;
  if (wave_ == 0) return one_of({&Search::next_single, &Search::next_following, &Search::next_pair, &Search::grown});
  switch (turn_ % 5) {
    case 0: return one_of({&Search::next_pair, &Search::next_single, &Search::grown});
    case 1: return one_of({&Search::grown, &Search::next_single, &Search::next_pair});
    case 2: return one_of({&Search::next_single, &Search::next_pair, &Search::grown});
    default: return one_of({&Search::next_related, &Search::next_single, &Search::next_pair, &Search::grown});
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
  auto shrunk = shrink(target_, candidate.attack, std::move(verdict), options_.allowed);
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
