#include "platform/sim/fiber_stack.h"

#include <csignal>
#include <memory>
#include <mutex>
#include <new>
#include <sys/mman.h>
#include <unistd.h>

#include "platform/base/check.h"
#include "platform/sim/fiber.h"
#include "platform/sim/last_words.h"

#if defined(__SANITIZE_ADDRESS__)
#define GLACIS_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define GLACIS_ASAN 1
#endif
#endif
#if defined(__SANITIZE_THREAD__)
#define GLACIS_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define GLACIS_TSAN 1
#endif
#endif
#ifdef GLACIS_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#include <sanitizer/lsan_interface.h>
#endif
#ifdef GLACIS_TSAN
#include <sanitizer/tsan_interface.h>
#endif

namespace sim {
namespace {

// What runs on this thread, for the signal handler, which has no other way to learn it.
constinit thread_local const FiberStack* running_stack = nullptr;

constexpr std::size_t kSignalStackBytes = 64 * 1024;

std::size_t whole_pages(std::size_t bytes) {
  const std::size_t page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  return (bytes + page - 1) / page * page;
}

}  // namespace

namespace {

struct Mapping {
  void* base;
  std::size_t bytes;  // with the guard
};

// Mappings of stacks that have ended, for the next fibers of this thread: worlds come and go by the thousand, and taking pages from a
// process stops all of its threads for a moment. None under the address sanitizer, which is to see a frame that outlives its stack.
class SpareMappings {
 public:
  ~SpareMappings() {
    for (std::size_t i = 0; i < count_; ++i) munmap(spare_[i].base, spare_[i].bytes);
    count_ = 0, open_ = false;  // a stack that ends later is given back
  }
  void* take(std::size_t bytes) {
    for (std::size_t i = 0; i < count_; ++i)
      if (spare_[i].bytes == bytes) {
        void* const base = spare_[i].base;
        spare_[i] = spare_[--count_];
        return base;
      }
    return nullptr;
  }
  void give(Mapping mapping) {
#ifndef GLACIS_ASAN
    if (open_ && count_ < kMax) {
      spare_[count_++] = mapping;
      return;
    }
#endif
    munmap(mapping.base, mapping.bytes);
  }

 private:
  static constexpr std::size_t kMax = 8;
  Mapping spare_[kMax] = {};
  std::size_t count_ = 0;
  bool open_ = true;
};
thread_local SpareMappings spare_mappings;

}  // namespace

FiberStack::FiberStack(std::size_t bytes, const char* name) : bytes_(whole_pages(bytes)), name_(name) {
  const std::size_t guard = whole_pages(kStackGuardBytes);
  void* memory = spare_mappings.take(guard + bytes_);
  const bool is_new = memory == nullptr;
  if (is_new) memory = mmap(nullptr, guard + bytes_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  base_ = static_cast<char*>(memory);
  low_ = base_ + guard;
  if (is_new && mprotect(low_, bytes_, PROT_READ | PROT_WRITE) != 0) {
    munmap(base_, guard + bytes_);
    throw std::bad_alloc();
  }
#ifdef GLACIS_ASAN
  __lsan_register_root_region(low_, bytes_);
#endif
#ifdef GLACIS_TSAN
  tsan_fiber_ = __tsan_create_fiber(0);
#endif
}

FiberStack::~FiberStack() {
#ifdef GLACIS_TSAN
  __tsan_destroy_fiber(tsan_fiber_);
#endif
#ifdef GLACIS_ASAN
  __asan_unpoison_memory_region(low_, bytes_);
  __lsan_unregister_root_region(low_, bytes_);
#endif
  spare_mappings.give({base_, static_cast<std::size_t>(low_ - base_) + bytes_});
}

bool FiberStack::guards(const void* address) const {
  const char* at = static_cast<const char*>(address);
  return at >= base_ && at < low_;
}

void FiberStack::leave_scheduler() {
  outer_ = running_stack;
  running_stack = this;
#ifdef GLACIS_ASAN
  __sanitizer_start_switch_fiber(&fake_scheduler_, low_, bytes_);
#endif
#ifdef GLACIS_TSAN
  tsan_scheduler_ = __tsan_get_current_fiber();
  __tsan_switch_to_fiber(tsan_fiber_, 0);
#endif
}

void FiberStack::arrived_on_fiber() {
#ifdef GLACIS_ASAN
  __sanitizer_finish_switch_fiber(fake_fiber_, &scheduler_low_, &scheduler_bytes_);
#endif
}

void FiberStack::leave_fiber([[maybe_unused]] bool for_good) {
#ifdef GLACIS_ASAN
  __sanitizer_start_switch_fiber(for_good ? nullptr : &fake_fiber_, scheduler_low_, scheduler_bytes_);
#endif
#ifdef GLACIS_TSAN
  __tsan_switch_to_fiber(tsan_scheduler_, 0);
#endif
}

void FiberStack::arrived_on_scheduler() {
#ifdef GLACIS_ASAN
  __sanitizer_finish_switch_fiber(fake_scheduler_, nullptr, nullptr);
#endif
  running_stack = outer_;
}

namespace {

struct sigaction former_action;    // set once, before the handler can run

// Runs on the signal stack; calls async-signal-safe functions only.
void on_fault(int signal, siginfo_t* info, void*) {
  const FiberStack* stack = running_stack;
  if (stack && stack->guards(info->si_addr)) {
    LastWords words;
    words << "glacis: guest " << stack->name() << " overran its stack of " << stack->bytes() / 1024 << " KiB (limit fiber.stack_bytes)";
    words.speak();
  }
  // The faulting instruction is tried again and meets whoever was there before us.
  sigaction(signal, &former_action, nullptr);
}

class SignalStack {
 public:
  SignalStack() {
    stack_t present{};
    sigaltstack(nullptr, &present);
    if (!(present.ss_flags & SS_DISABLE)) return;    // a sanitizer's, which it takes down itself
    memory_ = std::make_unique<char[]>(kSignalStackBytes);
    stack_t mine{};
    mine.ss_sp = memory_.get();
    mine.ss_size = kSignalStackBytes;
    base::check(sigaltstack(&mine, nullptr) == 0, "a thread can have a signal stack");
  }
  ~SignalStack() {
    if (!memory_) return;
    stack_t none{};
    none.ss_flags = SS_DISABLE;
    sigaltstack(&none, nullptr);
  }

 private:
  std::unique_ptr<char[]> memory_;
};

}  // namespace

void install_stack_guard_handler() {
  thread_local SignalStack signal_stack;
  static_cast<void>(signal_stack);
  static std::once_flag once;
  std::call_once(once, [] {
    struct sigaction action {};
    action.sa_sigaction = on_fault;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    base::check(sigaction(SIGSEGV, &action, &former_action) == 0, "a process can handle SIGSEGV");
  });
}

}  // namespace sim
