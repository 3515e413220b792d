#include "guest/kernel/interrupts.h"

namespace kernel {

namespace {

using Kind = Handled::Kind;

constexpr trust::Defence kRows[] = {
    {"guest.int80-check", "Linux 6.7, do_int80_emulation (commits 55617fb991df, f4116bfc4462)",
     "A 32-bit system call is made by the program: no interrupt controller has its vector in service."},
    {"guest.no-ia32", "Linux 6.7, ia32_emulation (commit b82a8dbd3d2f)", "The kernel has no 32-bit system calls that an interrupt could make."},
    {"guest.vc-check", "Linux 6.9, vc_check_opcode_bytes (commit e3ef461af35a)",
     "What a #VC asks the host for is what the interrupted instruction needs."},
    {"guest.hv-filter", "GHCB 2.03, 5 (#HV doorbell page); Heckler, 7",
     "Of what the doorbell page says is pending only interrupts are handled that a device or the timer could have raised."},
};

// Exceptions that end in the program (arch/x86/kernel/traps.c). The others are the kernel's own to mend, or end it.
struct Trap {
  std::uint8_t vector;
  int signal;
};
constexpr Trap kTraps[] = {{0, kSigFpe}, {1, kSigTrap}, {3, kSigTrap}, {4, kSigSegv}, {5, kSigSegv}, {6, kSigIll},
                           {9, kSigFpe}, {10, kSigSegv}, {11, kSigBus}, {12, kSigBus}, {13, kSigSegv}, {17, kSigBus}, {21, kSigSegv}};
constexpr std::uint8_t kDeviceNotAvailable = 7, kDoubleFault = 8, kMachineCheck = 18;
constexpr std::uint8_t kFirstInterrupt = 32;

// The 32-bit system calls that an interrupted program can be taken to have made: its RAX is the number. The rest is not there.
constexpr std::int64_t kEintr = 4, kEnosys = 38;
constexpr std::uint32_t kRestartSyscall = 0, kExit = 1;

Handled int80(const Arrival& arrival, Machine& machine) {
  // Without the calls the vector is one that nobody has: the interrupt is acknowledged and forgotten.
  if (!machine.defend("guest.no-ia32", false)) return {Kind::kIgnored, 0, "has no 32-bit system calls, and ignores the interrupt"};
  if (!machine.defend("guest.int80-check", !arrival.in_service)) return {Kind::kPanic, 0, "unexpected external interrupt 0x80"};
  const auto number = machine.rax();
  if (!number) return {Kind::kIgnored, 0, "makes a 32-bit system call for nobody"};
  if (static_cast<std::uint32_t>(*number) == kExit) return {Kind::kEnds, 0, "exits by a 32-bit system call"};
  const std::int64_t result = static_cast<std::uint32_t>(*number) == kRestartSyscall ? -kEintr : -kEnosys;
  machine.set_rax(static_cast<std::uint64_t>(result));
  return {Kind::kDone, 0, "makes the 32-bit system call " + std::to_string(static_cast<std::uint32_t>(*number)) + ", which leaves " + std::to_string(result) + " in RAX"};
}

Handled vc(const Arrival& arrival, Machine& machine) {
  if (!machine.defend("guest.vc-check", arrival.causes_exit == arrival.error_code))
    return {Kind::kIgnored, 0, "finds no instruction that would need this #VC"};
  switch (arrival.error_code) {
    case kExitVmmcall:
      machine.set_rax(machine.exit(kExitVmmcall, 0, 0, machine.rax().value_or(0)));
      return {Kind::kDone, 0, "hands RAX to the host for a hypercall"};
    case kExitNpf:
      if (arrival.stores) {
        machine.store(arrival.operand, machine.exit(kMmioRead, arrival.operand, 8, 0));
        return {Kind::kDone, 0, "stores what the host says a device holds"};
      }
      (void)machine.exit(kMmioWrite, arrival.operand, 8, machine.load(arrival.operand));
      return {Kind::kDone, 0, "hands memory to the host for a device"};
    default: return {Kind::kPanic, 0, "#VC with an exit code that it does not know"};
  }
}

Handled exception_on_x86(const Arrival& arrival) {
  if (const auto signal = signal_of(arrival.vector)) return {Kind::kSignal, *signal, "sends signal " + std::to_string(*signal)};
  const auto v = arrival.vector;
  if (v == kDeviceNotAvailable || v == kDoubleFault || v == kMachineCheck) return {Kind::kPanic, 0, "exception " + std::to_string(v)};
  return {Kind::kIgnored, 0, "finds no reason for exception " + std::to_string(v)};
}

}  // namespace

std::optional<int> signal_of(std::uint8_t vector) {
  for (const auto& trap : kTraps)
    if (trap.vector == vector) return trap.signal;
  return std::nullopt;
}

// On x86 the vector alone chooses the gate, whatever kind of event the host meant.
Handled handle(const Arrival& arrival, const Features& features, Machine& machine) {
  if (features.architecture != Architecture::kX86) {
    if (!arrival.exception) return {Kind::kDone, 0, "acknowledges an interrupt"};
    return {Kind::kSignal, features.architecture == Architecture::kArm ? kSigBus : kSigSegv, "sends a signal for an abort"};
  }
  if (arrival.vector == kVectorHv && features.doorbell) {
    const bool expected = arrival.pending >= kFirstInterrupt && arrival.pending != kInt80;
    if (!machine.defend("guest.hv-filter", expected)) return {Kind::kIgnored, 0, "ignores what no device could have raised"};
    Arrival announced = arrival;
    announced.vector = arrival.pending, announced.exception = false, announced.in_service = false;
    if (announced.vector == kVectorHv) return {Kind::kIgnored, 0, "ignores a doorbell in the doorbell"};
    return handle(announced, features, machine);
  }
  if (arrival.vector == kInt80) return int80(arrival, machine);
  if (arrival.vector == kVectorVc && features.vc) return vc(arrival, machine);
  if (arrival.vector < kFirstInterrupt) return exception_on_x86(arrival);
  return {Kind::kDone, 0, "acknowledges an interrupt"};
}

std::vector<const trust::Defence*> rows() {
  std::vector<const trust::Defence*> out;
  for (const auto& row : kRows) out.push_back(&row);
  return out;
}

}  // namespace kernel
