#pragma once
// Makes a film: keeps each text, each message's bytes and each layout once, and facts only when they change.
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "platform/trust/boundary.h"
#include "scenarios/engine/film.h"

namespace engine {

class Filming {
 public:
  // Hears what is true now, one call of `fact` each.
  using Fact = std::function<void(std::string_view group, std::string_view name, std::string_view key, std::string_view value)>;
  using Look = std::function<void(const Fact& fact)>;

  // `look` is asked after each line, and after each message that can change a machine's state. It must touch nothing.
  explicit Filming(Look look) : look_(std::move(look)) {}
  Filming(const Filming&) = delete;
  Filming& operator=(const Filming&) = delete;

  void line(std::uint64_t time, FilmEvent::Tone tone, std::string_view actor, std::string_view text, std::string_view clause = {},
            std::string_view defence = {});
  // A message as it came to the boundary, and as it left it; null: it never did. What the adversary does to it comes between, so
  // the first says which event the second belongs to.
  using EventId = std::size_t;
  EventId sent(std::uint64_t time, const trust::Boundary& at, const trust::Message& message);
  void arrived(EventId event, const trust::Boundary& at, const trust::Message* message);
  // One that the adversary handed to a far side himself, or its answer to him.
  void handed(std::uint64_t time, const trust::Boundary& at, const trust::Message& message);
  void begin_attack() { attacking_ = true; }

  Film take() { return std::move(film_); }

 private:
  bool full();
  std::uint32_t text(std::string_view text);
  std::uint32_t blob(const base::Bytes& bytes);
  std::uint32_t shape(const trust::Message& message);
  EventId add(FilmEvent event);
  void look_around();

  Look look_;
  Film film_;
  bool attacking_ = false;
  std::size_t bytes_ = 0;
  static constexpr EventId kNone = ~EventId{0};  // there was no room for it
  // What is kept already, by hash; nothing goes through these in their order.
  using Kept = std::unordered_multimap<std::size_t, std::uint32_t>;
  Kept texts_, blobs_, shapes_;
  // What is true now, in the order in which it was told. A look tells much the same as the one before, and so finds itself here.
  std::vector<FilmFact> now_;
};

}  // namespace engine
