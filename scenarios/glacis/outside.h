#pragma once
// Responders outside that machine files name: `responder: ADDRESS:PORT` or `responder: replay FILE` on an accelerator,
// and `root: FILE` for its root certificate (DER). Files are found from the file that names them.
#include <memory>
#include <optional>
#include <string>

#include "scenarios/engine/engine.h"
#include "scenarios/gateway/outside.h"

namespace glacis {

// Where a part of the machine has a responder outside, and where that is one at an address.
bool speaks_outside(const load::Machine& machine);
bool speaks_live(const load::Machine& machine);

// For the runs of one file on one platform, one after the other.
class Door {
 public:
  // `replay` is a recording that answers in the place of whoever the machine names; empty for none.
  explicit Door(std::string replay) : replay_(std::move(replay)) {}
  Door(const Door&) = delete;
  Door& operator=(const Door&) = delete;

  // Lends the run what its machine names. Throws base::UserError for a name or a file that is wrong.
  void lend(engine::Run& run);
  // What was said so far, as a recording. Nothing when nobody was asked.
  std::optional<std::string> recording() const;

 private:
  void open(const load::Part& part);

  std::string replay_;
  std::shared_ptr<const engine::Outside> outside_;
  std::unique_ptr<gateway::LiveResponder> live_;
  std::unique_ptr<gateway::RecordedResponder> recorded_;
};

}  // namespace glacis
