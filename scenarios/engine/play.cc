#include "scenarios/engine/play.h"

#include <algorithm>

namespace engine {

void Play::spoke(const trust::Defence& defence, std::string_view at) {
  const char* did = defence.act == trust::Act::kDetect ? "noticed: " : defence.act == trust::Act::kWithhold ? "withheld: " : "refused: ";
  say(std::string(at), std::string(did) + std::string(defence.id), std::string(defence.clause));
  if (attacking_) spoken_.push_back({std::string(defence.id), defence.act, std::string(at), sim_.now()});
}

void Play::missed(const trust::Defence& defence, std::string_view at) {
  const std::string id(defence.id);
  if (std::find(missed_.begin(), missed_.end(), id) == missed_.end()) {
    missed_.push_back(id);
    say(std::string(at), "would have spoken, but is lifted: " + id, std::string(defence.clause));
  }
}

base::Bytes Play::bytes() const {
  base::Bytes out = base::bytes_of(base::view_of("glacis-trace 1\n"));
  for (const auto& line : lines_) {
    base::append_le<std::uint64_t>(out, line.time);
    for (const auto* text : {&line.actor, &line.text, &line.clause}) {
      base::append_le<std::uint32_t>(out, static_cast<std::uint32_t>(text->size()));
      base::append(out, base::view_of(*text));
    }
  }
  return out;
}

}  // namespace engine
