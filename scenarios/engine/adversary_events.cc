// The adversary's hand on interrupts: what he has delivered at the next entry, and a timer that stops the guest after each step.
#include "platform/base/user_error.h"
#include "scenarios/engine/adversary.h"

namespace engine {

namespace {

constexpr std::uint64_t kVectorsMax = 256, kStoredBytes = 8;
// How far one instruction gets, and how many ticks of the TSC that takes on a core at its full clock and on one that is slowed down.
constexpr cpu::Progress kOneStep{.bytes = 4, .tsc_ticks = 1500}, kOneSlowStep{.bytes = 4, .tsc_ticks = 9000};
constexpr std::uint8_t kManySteps = 0xFF;  // what he sees of steps that went by together
constexpr std::size_t kLineBytes = 64;

}  // namespace

// Repeated, it goes on through memory where it names a page.
bool Adversary::raise(Running& running, const trust::Boundary& at, trust::Message& message) {
  const auto& step = *running.step;
  if (message.object != "EVENT") return false;
  const std::uint64_t vector = number(step, step.verb.value, 0);
  if (vector >= kVectorsMax) cannot(step, "raises one of 256 vectors");
  cpu::Event event{.vector = static_cast<std::uint8_t>(vector), .valid = 1};
  const std::string& as = text(step, "as");
  event.type = as == "exception" ? cpu::EventType::kException : as == "nmi" ? cpu::EventType::kNmi : cpu::EventType::kInterrupt;
  event.has_error = has(step, "error") ? 1 : 0;
  event.error_code = static_cast<std::uint32_t>(number(step, "error", 0));
  event.pending = static_cast<std::uint8_t>(number(step, "pending", 0));
  event.stores = text(step, "access") == "write" ? 1 : 0;
  if (has(step, "page")) {
    VmState* vm = nullptr;
    event.operand = world_.resolve_page(text(step, "page"), &vm) + number(step, "offset", 0) + kStoredBytes * running.times;
  }
  message.bytes = wire::encode(event);
  did(running, "has vector " + std::to_string(vector) + " delivered at " + at.name());
  return true;
}

void Adversary::begin_stepping(Running& running) {
  const auto& step = *running.step;
  const std::string vm = step.at->value.substr(0, step.at->value.find('.'));
  stepping_[vm] = {.left = number(step, step.verb.value, 0), .slow = text(step, "core") == "slow"};
  did(running, "has a timer stop " + vm + " after each step");
}

bool Adversary::stepped(const VmState& vm, std::size_t bytes) {
  const auto found = stepping_.find(vm.name);
  if (found == stepping_.end()) return false;
  auto& timer = found->second;
  std::uint8_t latency = static_cast<std::uint8_t>(std::min<std::size_t>(bytes / kLineBytes, kManySteps - 1));
  if (timer.unseen == 0) {
    timer.unseen = world_.technology->unseen_steps(const_cast<cpu::Vm&>(vm.vm), timer.slow ? kOneSlowStep : kOneStep);
    if (timer.unseen != 0) return false;
  } else if (--timer.unseen != 0) {
    return false;
  } else {
    latency = kManySteps;
  }
  world_.oracle.seen(vm.interrupts.name(), 0, base::View(&latency, 1), world_.sim.now());
  if (--timer.left == 0) stepping_.erase(found);
  return true;
}

}  // namespace engine
