// Events of the host's in a guest: what crosses vm*.interrupts at each entry, what of it the technology lets through, and what the
// guest's kernel makes of it.
#include <algorithm>

#include "guest/kernel/interrupts.h"
#include "scenarios/engine/adversary.h"
#include "scenarios/engine/guest_machine.h"

namespace engine {

namespace {

constexpr sim::Time kHandlerTime = 2 * sim::kMicrosecond;
// Exits that the kernel makes for an exception are told apart by their codes.
constexpr const char* kExitObject = "EXIT";

}  // namespace

// The interrupted program's registers, as its kernel finds them: the first eight bytes of what it keeps live are in RAX.
class InterruptedMachine final : public kernel::Machine {
 public:
  explicit InterruptedMachine(GuestMachine& machine) : m_(machine) {}

  bool defend(const char* row, bool holds) override { return m_.defend(row, holds); }
  std::optional<std::uint64_t> rax() override {
    if (m_.live_bytes_ < 8) return std::nullopt;
    return base::load_le<std::uint64_t>(base::View(m_.live_, 8));
  }
  void set_rax(std::uint64_t value) override {
    if (m_.live_bytes_ >= 8) base::store_le<std::uint64_t>(std::span(m_.live_, 8), 0, value);
  }
  std::uint64_t exit(std::uint64_t code, std::uint64_t info1, std::uint64_t info2, std::uint64_t rax) override {
    return m_.exit_to_host({.code = code, .info1 = info1, .info2 = info2, .rax = rax}, kExitObject).rax;
  }
  std::uint64_t load(std::uint64_t address) override { return base::load_le<std::uint64_t>(m_.read(address, 8)); }
  void store(std::uint64_t address, std::uint64_t value) override {
    base::Bytes word(8);
    base::store_le(std::span<std::uint8_t>(word), 0, value);
    m_.write(address, word);
  }

 private:
  GuestMachine& m_;
};

void GuestMachine::hear_event(const trust::Message& message) {
  const auto event = wire::decode<cpu::Event>(message.bytes);
  if (event && event->valid != 0) arriving_.push_back(*event);
}

// As long as the host has something to deliver it does so, and the program gets no further. Handlers run to their end.
void GuestMachine::take_events() {
  if (handling_ || !fiber_) return;
  static const wire::Schema kSchema = wire::schema_of<cpu::Event>("cpu.EVENT");
  handling_ = true;
  entered_ = false;
  for (;;) {
    const auto asked = vm_.interrupts.cross({.object = "EVENT", .bytes = wire::encode(cpu::Event{}), .schema = &kSchema});
    if (asked) (void)vm_.interrupts.deliver(*asked);
    if (arriving_.empty()) break;
    const cpu::Event event = arriving_.front();
    arriving_.pop_front();
    if (auto through = world_.technology->deliver(vm_.vm, event)) handle_event(event, (*through).in_service);
    step(world_.weather.exit_time(kHandlerTime));
  }
  handling_ = false;
}

void GuestMachine::handle_event(const cpu::Event& event, bool in_service) {
  const kernel::Arrival arrival{.vector = event.vector,
                                .exception = event.type == cpu::EventType::kException,
                                .error_code = event.error_code,
                                .in_service = in_service,
                                .pending = event.pending,
                                .operand = event.operand,
                                .stores = event.stores != 0};
  InterruptedMachine interrupted(*this);
  const auto done = kernel::handle(arrival, kernel_->features(), interrupted);
  using Kind = kernel::Handled::Kind;
  if (event.vector != cpu::kTimerVector || done.kind != Kind::kDone) world_.record.say(vm_.name, done.what);
  if (done.kind == Kind::kSignal) delivered_.push_back({event.vector, event.error_code});
  if (done.kind == Kind::kPanic || done.kind == Kind::kEnds) stop(done.what);
}

// Every CPU of the guest drops its translation before a page leaves the guest's hands, and says so. The kernel waits for as long as that
// takes: whoever goes on without the answer has a CPU that still writes to the page.
void GuestMachine::call_other_cpus() {
  static const wire::Schema kSchema = wire::schema_of<cpu::Event>("cpu.EVENT");
  const cpu::Event call{.vector = cpu::kCallVector, .valid = 1};
  if (!vm_.interrupts.cross({.object = "IPI", .bytes = wire::encode(call), .schema = &kSchema})) stop("waits for ever for its other CPUs to answer");
}

// A timer of the host's that fires after each instruction.
void GuestMachine::let_step(std::size_t bytes) {
  if (!handling_ && world_.adversary->stepped(vm_, bytes)) save_and_resume();
}

}  // namespace engine
