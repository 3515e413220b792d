// Moves on what reaches a guest out of turn: interrupts, exceptions, and a timer that stops it after each step.
#include "scenarios/explore/moves.h"

namespace explore {

namespace {

constexpr std::uint64_t kStorm = 1000, kSteps = 100'000;

struct Raised {
  std::uint64_t vector;
  const char* as;
  unsigned wave;
};
// Exceptions that a processor raises, the vectors that Linux takes for its own calls, one of a device.
constexpr Raised kRaised[] = {{0, "exception", 0},  {29, "exception", 0}, {28, "exception", 0}, {20, "exception", 1}, {14, "exception", 1}, {13, "exception", 1},
                              {6, "exception", 1},  {3, "exception", 2},  {8, "exception", 2},  {0x80, "interrupt", 0}, {0xEC, "interrupt", 0},
                              {29, "interrupt", 0}, {14, "interrupt", 1}, {6, "interrupt", 1},  {0, "interrupt", 1},  {2, "nmi", 1}};
// EXITCODEs by which a #VC says what it is about (GHCB specification): a write of DR7, CPUID, MSR, NPF, VMMCALL.
constexpr std::uint64_t kErrors[] = {0x81, 0x72, 0x7C, 0x400, 0x37};

void at_moment(const Drawing& d, const std::string& by, const std::string& vm, const std::string& moment, std::uint64_t event) {
  const std::string at = vm + ".interrupts";
  for (const auto& [vector, as, wave] : kRaised) {
    auto raise = step_of(by, at, "interrupt");
    raise.args["interrupt"].number = vector;
    if (std::string_view(as) != "interrupt") raise = with(std::move(raise), "as", as);
    const auto add = [&](load::Step step, unsigned more) { d.add("vm#.interrupts " + std::string(as), event, std::min(2u, wave + more), {after(std::move(step), moment)}); };
    add(raise, 0);
    if (vector == 28) add(with(raise, "pending", 0x80), 0);
    if (vector != 29 || std::string_view(as) != "exception") continue;
    for (const auto error : kErrors) {
      const auto told = with(raise, "error", error);
      add(told, 0);
      for (const auto& page : d.survey.pages)
        if (page.starts_with(vm + "."))
          for (const char* access : {"read", "write"}) {
            const auto aimed = with(with(told, "page", page), "access", access);
            add(aimed, error == 0x400 ? 0 : 2);
            add(always(aimed, 48), error == 0x400 ? 1 : 2);
          }
    }
  }
  for (const std::uint64_t vector : {0xECull, 0x80ull}) {
    auto storm = step_of(by, at, "interrupt");
    storm.args["interrupt"].number = vector;
    d.add("vm#.interrupts storm", event, 1, {after(always(std::move(storm), kStorm), moment)});
  }
  for (const char* core : {"fast", "slow"}) {
    auto timer = with(step_of(by, at, "step"), "core", core);
    timer.args["step"].number = kSteps;
    d.add("vm#.interrupts step", event, 0, {after(std::move(timer), moment)});
  }
}

}  // namespace

void event_moves(const Drawing& drawing) {
  for (const auto& vm : drawing.survey.vms) {
    const std::string by = drawing.who(vm + ".interrupts");
    if (by.empty()) continue;
    for (const auto& moment : drawing.survey.moments)
      if (moment.name.starts_with(vm + ".")) at_moment(drawing, by, vm, moment.name, moment.event);
    at_moment(drawing, by, vm, "", 0);
  }
}

}  // namespace explore
