#pragma once
// The guest ABI of one VM, carried out on its vCPU: what the guest's own kernel would do between a program and the machine. Every
// call is a step, takes simulated time, and tells ground truth what happened.
#include <string>

#include "guest/abi/glacis_guest.h"
#include "scenarios/engine/world.h"

namespace engine {

// Where a guest's kernel finds what it shares with firmware and host.
tsm_abi::SevLayout layout_of(const World& world, std::uint8_t vmpl);

class GuestMachine final : public tsm_abi::Platform {
 public:
  GuestMachine(World& world, VmState& vm);

  // Runs on the VM's fiber, from boot to the program's end.
  void run(sim::Fiber& fiber, const std::string& program, const std::vector<std::string>& args);

  // tsm_abi::Platform
  base::Bytes read_private(std::uint64_t gpa, std::size_t count) override;
  void write_private(std::uint64_t gpa, base::View bytes) override;
  base::Bytes read_shared(std::uint64_t gpa, std::size_t count) override { return read_private(gpa, count); }
  void write_shared(std::uint64_t gpa, base::View bytes) override { write_private(gpa, bytes); }
  tsm_abi::VmgexitReply vmgexit(const tsm_abi::Vmgexit& exit) override;
  std::uint32_t pvalidate(std::uint64_t gpa, bool validate) override;
  std::uint32_t rmpadjust(std::uint64_t gpa, std::uint8_t vmpl, std::uint8_t perms, bool vmsa) override;
  base::Bytes trusted_random(std::size_t count) override;
  void sealed(base::View key, base::View iv, base::View plaintext) override;

  void wait(sim::Time span) { step(span); }

 private:
  friend struct AbiCalls;
  friend struct DeviceCalls;

  void boot();
  void check_config();
  void step(sim::Time span);
  [[noreturn]] void stop(const std::string& why);
  void touch(std::uint64_t gpa, std::span<std::uint8_t> out, base::View in, bool write);
  cpu::Exit exit_to_host(const cpu::Exit& exit, const std::string& object);
  void save_and_resume();
  std::array<std::uint32_t, 4> cpuid(std::uint32_t leaf, std::uint32_t subleaf);
  std::uint64_t alloc(const std::string& name, std::uint64_t bytes, bool shared);
  bool convert(std::uint64_t gpa, std::uint64_t bytes, bool shared);
  bool defend(const char* id, bool holds);

  World& world_;
  VmState& vm_;
  sim::Fiber* fiber_ = nullptr;
  sim::Random rdrand_, interrupts_;
  tsm_abi::SevGuest sev_;
  bool protects_ = false;      // the technology encrypts or owns pages
  bool c_bit_works_ = true;    // the guest's private mappings really are private
  std::set<std::uint64_t> private_;  // frames the guest means to be private
  std::uint8_t* live_ = nullptr;
  std::size_t live_bytes_ = 0;
  std::vector<base::Bytes> saved_before_;
  std::map<std::string, base::Bytes> inbox_;
};

}  // namespace engine
