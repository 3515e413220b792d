#pragma once
// What a guest's kernel makes of events that interrupt it, as Linux does: a 32-bit system call, a signal for the program, an exit that an
// exception of SEV-ES asks for, an interrupt of the timer. It cannot tell from the event itself whether processor or host raised it;
// where a kernel has learned to ask, that is a row here.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "platform/base/bytes.h"
#include "platform/trust/defence.h"

namespace kernel {

enum class Architecture { kX86, kArm, kRiscv };

// What the kernel was built for and runs on.
struct Features {
  Architecture architecture = Architecture::kX86;
  bool vc = false;        // takes #VC: registers and exits go through a GHCB
  bool doorbell = false;  // takes #HV: what is pending stands in a page that it shares with the host
};

// An event as it arrives in the kernel.
struct Arrival {
  std::uint8_t vector = 0;
  bool exception = false;
  std::uint32_t error_code = 0;
  bool in_service = false;          // an interrupt controller that is not the host's shows the vector
  std::uint8_t pending = 0;         // #HV: what the doorbell page says
  // Of the interrupted instruction: which exit it causes of its own (0: none), and which memory it moves eight bytes from or to.
  std::uint64_t causes_exit = 0;
  std::uint64_t operand = 0;
  bool stores = false;
};

// What the handlers need of the machine, on behalf of what they interrupted.
class Machine {
 public:
  virtual ~Machine() = default;
  // Whether the kernel goes on: `holds`, or that row is lifted.
  virtual bool defend(const char* row, bool holds) = 0;
  // RAX of the interrupted program; nothing where it has nothing there.
  virtual std::optional<std::uint64_t> rax() = 0;
  virtual void set_rax(std::uint64_t value) = 0;
  // A VMGEXIT with this code, and RAX on the way back.
  virtual std::uint64_t exit(std::uint64_t code, std::uint64_t info1, std::uint64_t info2, std::uint64_t rax) = 0;
  virtual std::uint64_t load(std::uint64_t address) = 0;
  virtual void store(std::uint64_t address, std::uint64_t value) = 0;
};

struct Handled {
  enum class Kind { kDone, kIgnored, kSignal, kEnds, kPanic };
  Kind kind = Kind::kDone;
  int signal = 0;    // kSignal, as Linux numbers them
  std::string what;  // one line for the play
};

Handled handle(const Arrival& arrival, const Features& features, Machine& machine);

// Which signal Linux on x86 sends to a program that this exception interrupts; nothing: it handles or survives it itself.
std::optional<int> signal_of(std::uint8_t vector);

inline constexpr int kSigIll = 4, kSigTrap = 5, kSigBus = 7, kSigFpe = 8, kSigSegv = 11;
inline constexpr std::uint8_t kInt80 = 0x80, kVectorHv = 28, kVectorVc = 29;
// Exit codes in the error code of #VC, and those by which the guest asks for MMIO (GHCB 2.0, 4.1).
inline constexpr std::uint64_t kExitVmmcall = 0x81, kExitNpf = 0x400, kMmioRead = 0x8000'0001, kMmioWrite = 0x8000'0002;

std::vector<const trust::Defence*> rows();

}  // namespace kernel
