#pragma once
// A defence is one named check: an address in the specification, a sentence that says what holds, and a switch. A refusal
// always says which defence spoke and where it stood.
#include <cstdint>
#include <map>
#include <optional>
#include <ranges>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace trust {

// What a defence does when it holds. Refuse and withhold make an attack `blocked`; detect makes it `detected`.
enum class Act { kRefuse, kWithhold, kDetect };
// A conformance row is asked for by the specification but needed by no attack yet: it cannot be lifted.
enum class Kind { kDefence, kConformance };

struct Defence {
  std::string_view id;       // "rmp.access.gpa": stable, dotted, quoted by scenarios and traces
  std::string_view clause;   // "AMD SEV-SNP firmware ABI 1.55, 8.17"
  std::string_view promise;  // one sentence, present tense
  Act act = Act::kRefuse;
  Kind kind = Kind::kDefence;
};

struct Refusal {
  const Defence* by = nullptr;
  friend bool operator==(const Refusal&, const Refusal&) = default;
};

// A value, or the refusal that stands in its place.
template <class T = std::monostate>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Refusal refusal) : state_(std::in_place_index<1>, refusal) {}
  explicit operator bool() const { return state_.index() == 0; }
  T& operator*() { return std::get<0>(state_); }
  const T& operator*() const { return std::get<0>(state_); }
  T* operator->() { return &std::get<0>(state_); }
  Refusal refusal() const { return std::get<1>(state_); }

 private:
  std::variant<T, Refusal> state_;
};
inline Result<> ok() { return Result<>(std::monostate{}); }

// One row of a command's table of refusals. Predicates are pure: they look, they do not touch, they do not wait.
template <class Case>
struct Rule {
  Defence defence;
  bool (*holds)(const Case&);
};

// Which defences are lifted in this world, and which spoke. `spoke` hears every refusal with the place it stood at, and
// every check that would have refused had it not been lifted.
class Defences {
 public:
  class Listener {
   public:
    virtual ~Listener() = default;
    virtual void spoke(const Defence& defence, std::string_view at) = 0;
    virtual void missed(const Defence& defence, std::string_view at) = 0;
  };

  void listen(Listener* listener) { listener_ = listener; }
  void lift(std::string_view id) { lifted_.emplace(id); }
  bool lifted(const Defence& d) const { return d.kind == Kind::kDefence && lifted_.find(d.id) != lifted_.end(); }

  // Refuses unless `holds`; a lifted defence lets it pass, and the trace still tells.
  std::optional<Refusal> refuse_unless(const Defence& d, bool holds, std::string_view at) {
    if (holds) return std::nullopt;
    if (lifted(d)) {
      if (listener_) listener_->missed(d, at);
      return std::nullopt;
    }
    if (listener_) listener_->spoke(d, at);
    return Refusal{&d};
  }

  // The first row of the table that is broken and not lifted, in table order; null: none. Rows may say more than a Rule does, such as the
  // status that a refusal has.
  template <class Rows, class Case>
  const std::ranges::range_value_t<Rows>* first_broken(const Rows& rows, const Case& c, std::string_view at) {
    for (const auto& row : rows)
      if (!row.holds(c) && refuse_unless(row.defence, false, at)) return &row;
    return nullptr;
  }
  template <class Case>
  std::optional<Refusal> first_refusal(std::span<const Rule<Case>> rules, const Case& c, std::string_view at) {
    const Rule<Case>* broken = first_broken(rules, c, at);
    return broken ? std::optional(Refusal{&broken->defence}) : std::nullopt;
  }

 private:
  std::set<std::string, std::less<>> lifted_;
  Listener* listener_ = nullptr;
};

// A room hands its rows to the engine, which alone knows every room.
template <class Case>
void collect(std::vector<const Defence*>& into, std::span<const Rule<Case>> rules) {
  for (const auto& rule : rules) into.push_back(&rule.defence);
}

}  // namespace trust
