#pragma once
// A guest worked by hand: whoever starts a run stands in the place of the guest's program, on its fiber, with the same calls.
#include <functional>
#include <utility>

#include "guest/abi/guest.h"
#include "scenarios/engine/outside_guest.h"

namespace engine {

class LiveGuest final : public GuestLink {
 public:
  explicit LiveGuest(std::function<void(abi::Guest&)> program) : program_(std::move(program)) {}
  void run(abi::Guest& guest) { program_(guest); }

  // It speaks no frames.
  bool send(base::View) override { return false; }
  std::optional<base::Bytes> receive() override { return std::nullopt; }
  End ended() const override { return {.why = "has nobody to work it", .limit = {}}; }

 private:
  std::function<void(abi::Guest&)> program_;
};

}  // namespace engine
