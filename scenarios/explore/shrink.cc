#include "scenarios/explore/shrink.h"

#include <algorithm>
#include <functional>

#include "scenarios/engine/rights.h"
#include "scenarios/explore/moves.h"

namespace explore {

namespace {

class Shrinking {
 public:
  Shrinking(const Target& target, const Target* whole, Shrunk begin, std::size_t runs_max)
      : target_(target), whole_(whole), now_(std::move(begin)), broke_(words(now_.verdict)), runs_max_(runs_max) {}

  // Takes the change where the attack still breaks the same promise.
  bool take(Attack smaller) {
    if (smaller.empty() || now_.runs >= runs_max_) return false;
    ++now_.runs;
    auto tried = try_attack(target_, smaller);
    if (!tried.broken() || words(tried.verdict) != broke_) return false;
    if (whole_ && (++now_.runs, try_attack(*whole_, smaller).broken())) return false;
    now_.attack = std::move(smaller), now_.verdict = std::move(tried.verdict);
    return true;
  }
  bool change(std::size_t step, const std::function<bool(load::Step&)>& how) {
    Attack smaller = now_.attack;
    return how(smaller[step]) && take(std::move(smaller));
  }

  const Attack& attack() const { return now_.attack; }
  Shrunk finish() { return std::move(now_); }

 private:
  static std::string words(const engine::Verdict& verdict) {
    if (verdict.breaches.empty()) return {};
    return std::string(trust::name_of(verdict.breaches.front().promise)) + without_digits(verdict.breaches.front().what);
  }

  const Target& target_;
  const Target* whole_;
  Shrunk now_;
  std::string broke_;
  std::size_t runs_max_;
};

// Whether a file could not leave the argument out.
bool required(const std::string& verb, const std::string& arg) {
  for (const auto& known : engine::vocabulary().verbs)
    if (known.name == verb)
      for (const auto& slot : known.args)
        if (slot.name == arg) return slot.required;
  return false;
}

bool drop_steps(Shrinking& s) {
  bool any = false;
  for (std::size_t half = s.attack().size() / 2; half > 1; half /= 2)  // many at once while there are many
    for (std::size_t i = 0; i + half <= s.attack().size();) {
      Attack smaller = s.attack();
      smaller.erase(smaller.begin() + static_cast<std::ptrdiff_t>(i), smaller.begin() + static_cast<std::ptrdiff_t>(i + half));
      if (s.take(std::move(smaller))) any = true;
      else i += half;
    }
  for (std::size_t i = s.attack().size(); i-- > 0;) {
    Attack smaller = s.attack();
    smaller.erase(smaller.begin() + static_cast<std::ptrdiff_t>(i));
    any = s.take(std::move(smaller)) || any;
  }
  return any;
}

void drop_words(Shrinking& s, std::size_t i) {
  s.change(i, [](load::Step& step) { return std::exchange(step.also, false); });
  s.change(i, [](load::Step& step) {
    const bool had = step.repeat.has_value();
    step.repeat.reset();
    return had;
  });
  const auto drop_when = [&](auto member) {
    s.change(i, [&](load::Step& step) {
      if (!step.when || !((*step.when).*member)) return false;
      ((*step.when).*member).reset();
      const auto& w = *step.when;
      if (!w.after && !w.object && !w.nth) step.when.reset();
      return true;
    });
  };
  drop_when(&load::When::nth);
  drop_when(&load::When::after);
  std::vector<std::string> names;
  for (const auto& [name, arg] : s.attack()[i].args)
    if (name != s.attack()[i].verb.value && !required(s.attack()[i].verb.value, name)) names.push_back(name);
  for (const auto& name : names) s.change(i, [&](load::Step& step) { return step.args.erase(name) != 0; });
}

void shrink_numbers(Shrinking& s, std::size_t i) {
  std::vector<std::string> names;
  for (const auto& [name, arg] : s.attack()[i].args)
    if (arg.number) names.push_back(name);
  for (const auto& name : names)
    for (const std::uint64_t small : {0ull, 1ull})
      if (s.change(i, [&](load::Step& step) {
            auto& number = step.args[name].number;
            if (*number <= small) return false;
            number = small;
            return true;
          }))
        break;
  for (const std::uint64_t times : {1ull, 2ull, 8ull, 48ull})
    if (s.change(i, [&](load::Step& step) { return step.repeat && step.repeat->times > times && ((step.repeat->times = times), true); })) break;
}

void weaken_position(Shrinking& s, std::size_t i, const std::vector<std::string>& allowed) {
  const auto& step = s.attack()[i];
  const auto weakest = stands_at(allowed, engine::boundary_of(step));
  if (!weakest.empty() && weakest != step.by.value) s.change(i, [&](load::Step& other) { return other.by.value = weakest, true; });
}

}  // namespace

Shrunk shrink(const Target& target, Attack attack, engine::Verdict verdict, const std::vector<std::string>& allowed, const Target* whole, std::size_t runs_max) {
  Shrinking s(target, whole, {std::move(attack), std::move(verdict), 0}, runs_max);
  while (drop_steps(s)) {}
  for (std::size_t i = 0; i < s.attack().size(); ++i) {
    drop_words(s, i);
    shrink_numbers(s, i);
    weaken_position(s, i, allowed);
  }
  drop_steps(s);
  return s.finish();
}

}  // namespace explore
