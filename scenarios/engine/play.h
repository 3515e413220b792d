#pragma once
// The record of one run. It is kept as the trace's fixed-size records, is bytes for comparison and for files, and becomes lines
// for people only when somebody wants to read them.
#include <string>
#include <utility>
#include <vector>

#include "platform/sim/sim.h"
#include "platform/sim/trace.h"
#include "platform/trust/defence.h"
#include "scenarios/engine/filming.h"
#include "scenarios/engine/verdict.h"

namespace engine {

inline constexpr std::uint64_t kPlayRecordsMax = 100'000;  // "play.records_max"

class Play final : public trust::Defences::Listener {
 public:
  Play(sim::Sim& sim, std::vector<Spoken>& spoken, std::vector<std::string>& missed)
      : sim_(sim), spoken_(spoken), missed_(missed), trace_(kPlayRecordsMax) {}

  void say(std::string_view actor, std::string_view text) { speak(FilmEvent::Tone::kSaid, actor, text); }
  // The same of something that the adversary did.
  void act(std::string_view actor, std::string_view text) { speak(FilmEvent::Tone::kAct, actor, text); }
  // From now on `filming` hears what is said; null: nobody does.
  void film(Filming* filming) { filming_ = filming; }
  // Defences count from the adversary's first act on; before that nothing is wrong for them to speak about.
  void begin_attack() {
    attacking_ = true;
    if (filming_) filming_->begin_attack();
  }

  void spoke(const trust::Defence& defence, std::string_view at) override;
  void missed(const trust::Defence& defence, std::string_view at) override;

  bool complete() const { return trace_.lost() == 0; }
  base::Bytes bytes() const { return trace_.bytes(); }

 private:
  // `verb` is the trace's; the clause is the string that the record's `a` names.
  void speak(FilmEvent::Tone tone, std::string_view actor, std::string_view text);
  void add(std::string_view actor, std::string_view verb, std::string_view text, std::string_view clause);

  sim::Sim& sim_;
  std::vector<Spoken>& spoken_;
  std::vector<std::string>& missed_;
  sim::Trace trace_;
  bool attacking_ = false;
  Filming* filming_ = nullptr;
};

// The lines of a verdict's trace, or of a file that holds one, whose name an error carries. Throws base::UserError for bytes that
// are no trace.
std::vector<Line> lines_of(base::View trace, const std::string& name = "the trace");

}  // namespace engine
