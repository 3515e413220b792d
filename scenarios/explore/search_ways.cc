// What is tried next.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "scenarios/explore/scenario_text.h"
#include "scenarios/explore/search.h"

namespace explore {

namespace {

constexpr std::size_t kFewMoves = 3;
constexpr std::uint64_t kDelayMost = 100'000'000'000'000;  // picoseconds

std::uint64_t hash_of(const Attack& attack) {
  std::uint64_t hash = 0xCBF2'9CE4'8422'2325;
  for (const auto& step : attack)
    for (const char c : step_text(step)) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100'0000'01B3;
  return hash;
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

std::size_t Search::below(std::size_t count) { return static_cast<std::size_t>(random_.next() % std::max<std::size_t>(1, count)); }

bool Search::fresh(const Attack& attack) {
  if (tried_.size() >= kTriedMost) tried_.clear();
  return tried_.insert(hash_of(attack)).second;
}

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

std::uint32_t Search::any_move() {
  // Of those that did something two in three; of the others the likelier ones.
  if (!lively_.moves.empty() && below(3) != 0) return lively_.moves[below(lively_.moves.size())];
  const auto& wave = singles_[std::array<std::size_t, 4>{0, 0, 1, 2}[below(4)]];
  return wave.empty() ? static_cast<std::uint32_t>(below(moves_.size())) : wave[below(wave.size())];
}

// A move like this one with another number in it: one that a field has somewhere, a power of two, a neighbour.
std::uint32_t Search::varied(std::uint32_t which) {
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
  if (bred_.size() < kBredMost) return bred_.emplace_back(add(std::move(move)));
  for (std::size_t looked = 0; looked < bred_.size(); ++looked) {
    const auto place = bred_[bred_turn_++ % bred_.size()];
    if (held_[place]) continue;
    moves_[place] = std::move(move);
    return place;
  }
  return which;
}

std::uint32_t Search::add(Move move) {
  moves_.push_back(std::move(move));
  alone_.push_back(true);
  held_.push_back(false);
  return static_cast<std::uint32_t>(moves_.size() - 1);
}

void Search::hold(const std::vector<std::uint32_t>& moves) {
  for (const auto move : moves) held_[move] = true;
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
  if (turn_ % (wave_ == 0 ? 4 : 2) == 0)
    if (auto candidate = next_near()) return candidate;
  if (turn_ % 4 == 1)
    if (auto candidate = next_pair_of(turning_)) return candidate;
  if (wave_ == 0) return one_of({&Search::next_single, &Search::next_following, &Search::next_pair, &Search::grown});
  switch (turn_ % 5) {
    case 0: return one_of({&Search::next_pair, &Search::next_single, &Search::grown});
    case 1: return one_of({&Search::grown, &Search::next_single, &Search::next_pair});
    case 2: return one_of({&Search::next_single, &Search::next_pair, &Search::grown});
    default: return one_of({&Search::next_related, &Search::next_single, &Search::next_pair, &Search::grown});
  }
}

}  // namespace explore
