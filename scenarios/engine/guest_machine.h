#pragma once
// The guest ABI of one VM, carried out on its vCPU: what the guest's own kernel would do between a program and the machine. Every
// call is a step, takes simulated time, and tells ground truth what happened.
#include <deque>
#include <string>

#include "guest/abi/glacis_guest.h"
#include "scenarios/engine/guest_kernel.h"
#include "scenarios/engine/guest_reports.h"
#include "scenarios/engine/outside_guest.h"
#include "scenarios/engine/world.h"

namespace engine {

class GuestMachine final {
 public:
  GuestMachine(World& world, VmState& vm);

  // Runs on the VM's fiber, from boot to the program's end.
  void run(sim::Fiber& fiber, const std::string& program, const std::vector<std::string>& args);
  // The same for a program outside. The link outlives the fiber. outside_guest.cc
  void run_outside(sim::Fiber& fiber, GuestLink& link, const std::vector<std::string>& args);

  // ---- for the kernel
  base::Bytes read(std::uint64_t gpa, std::size_t count);
  void write(std::uint64_t gpa, base::View bytes);
  // Across the boundary and back, whatever the host makes of it. `faulted`: the page whose absence the exit tells of.
  cpu::Exit exit_to_host(const cpu::Exit& exit, const std::string& object, std::optional<std::uint64_t> faulted = {});
  std::array<std::uint32_t, 4> cpuid(std::uint32_t leaf, std::uint32_t subleaf);
  base::Bytes random(std::size_t count);
  bool defend(const char* id, bool holds);
  void step(sim::Time span);
  [[noreturn]] void stop(const std::string& why);

  void wait(sim::Time span) { step(span); }
  // An event that the host would have delivered at the next entry. guest_interrupts.cc
  void hear_event(const trust::Message& message);
  // A word of the host's that firmware takes before the kernel runs, and keeps: programs get that copy. Empty where the host has none.
  base::Bytes take_for_kernel(const std::string& name);
  bool running() const { return fiber_ && fiber_->state() == sim::Fiber::State::kRunning; }
  GuestReports& reports() { return *reports_; }

 private:
  friend struct AbiCalls;
  friend struct DeviceCalls;
  friend struct HostCalls;
  friend class InterruptedMachine;

  void boot();
  void fail_program(const GuestLink::End& end);
  void note_call(base::View frame);
  // A program that was told what is not so acts on it by whatever it does next, unless its next word is that it must not go on.
  void goes_on();
  void declines() { misled_ = false; }
  void touch(std::uint64_t gpa, std::span<std::uint8_t> out, base::View in, bool write);
  void save_and_resume();
  // guest_interrupts.cc
  void take_events();
  void handle_event(const cpu::Event& event, bool in_service);
  void call_other_cpus();
  void let_step(std::size_t bytes);
  std::uint64_t alloc(const std::string& name, std::uint64_t bytes, bool shared);
  bool convert(std::uint64_t gpa, std::uint64_t bytes, bool shared);

  World& world_;
  VmState& vm_;
  sim::Fiber* fiber_ = nullptr;
  sim::Random rdrand_, interrupts_;
  std::unique_ptr<GuestKernel> kernel_;
  std::unique_ptr<GuestReports> reports_;
  std::set<std::uint64_t> private_;  // frames the guest means to be private
  bool misled_ = false;  // by a value of CPUID, since its last call
  std::uint8_t* live_ = nullptr;
  std::size_t live_bytes_ = 0;
  std::uint64_t secret_bytes_ = 0;  // that it has named, each with what naming it costs
  std::vector<base::Bytes> saved_before_;
  std::map<std::string, base::Bytes> inbox_;
  std::map<std::string, std::optional<base::Bytes>> taken_;  // by firmware, from the host
  struct Interrupt {
    std::uint32_t vector = 0;
    std::uint64_t info = 0;
  };
  std::deque<cpu::Event> arriving_;
  unsigned faulting_ = 0;  // faults whose handlers have not returned: one may meet another
  bool handling_ = false;  // no handler is interrupted
  bool entered_ = false;   // since its last exit nothing was delivered yet
  std::deque<Interrupt> delivered_;  // to the program, which has not taken them yet
};

}  // namespace engine
