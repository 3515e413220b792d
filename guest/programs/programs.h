#pragma once
// The guest programs that come with Glacis: ordinary blocking code over the guest ABI. Each wants something an owner of a VM
// would want, and keeps its secrets and buffers in emulated memory, where the adversary is.
#include <optional>
#include <string>
#include <vector>

#include "guest/abi/guest.h"
#include "platform/crypto/ec_key.h"
#include "platform/trust/defence.h"

namespace programs {

struct Program {
  const char* name;
  const char* about;                                                        // one line
  void (*run)(abi::Guest& guest, const std::vector<std::string>& args);
};

const std::vector<Program>& all();
const Program* find_program(const std::string& name);

// Defences that programs and the guest's own kernel ask: they stand in the guest.
struct GuestDefence {
  const char* id;
  const char* clause;
  const char* promise;
  trust::Act act = trust::Act::kDetect;
};
const std::vector<GuestDefence>& guest_defences();

// Rows of the libraries that a guest judges devices with.
std::vector<const trust::Defence*> device_rows();
// Of those that make an untrusted disk, network and host's data safe.
std::vector<const trust::Defence*> store_rows();

// memory_programs.cc
void keep_two_pages(abi::Guest& guest, const std::vector<std::string>& args);
void keep_and_update(abi::Guest& guest, const std::vector<std::string>& args);
void branch_on(abi::Guest& guest, base::View key);  // the first 32 bits, one of two values in one line
void branch_on_secret(abi::Guest& guest, const std::vector<std::string>& args);
void exponentiate(abi::Guest& guest, const std::vector<std::string>& args);
void keep_registers(abi::Guest& guest, const std::vector<std::string>& args);
void read_request(abi::Guest& guest, const std::vector<std::string>& args);
void reuse_shared(abi::Guest& guest, const std::vector<std::string>& args);
void scavenge(abi::Guest& guest, const std::vector<std::string>& args);
void ask_cpuid(abi::Guest& guest, const std::vector<std::string>& args);
void idle(abi::Guest& guest, const std::vector<std::string>& args);
// attest_program.cc
// The owner's secret, and the session in which it came. Nothing: the guest has said how it ends.
struct Proved {
  base::Bytes secret;
  crypto::EcKey key;  // of the channel, which the evidence is bound to
  base::Block<32> nonce{};
};
std::optional<Proved> prove(abi::Guest& guest);
void attest_and_fetch(abi::Guest& guest, const std::vector<std::string>& args);
void attest_and_retry(abi::Guest& guest, const std::vector<std::string>& args);
void attest_twice(abi::Guest& guest, const std::vector<std::string>& args);
void fetch_secret(abi::Guest& guest, const std::vector<std::string>& args);
void fetch_and_branch(abi::Guest& guest, const std::vector<std::string>& args);
void fetch_and_update(abi::Guest& guest, const std::vector<std::string>& args);
void give_away_secret(abi::Guest& guest, const std::vector<std::string>& args);
// ledger_program.cc
void keep_ledger(abi::Guest& guest, const std::vector<std::string>& args);
// host_program.cc
void boot_and_serve(abi::Guest& guest, const std::vector<std::string>& args);
void keep_lease(abi::Guest& guest, const std::vector<std::string>& args);
void watch_processor(abi::Guest& guest, const std::vector<std::string>& args);
// token_program.cc
void use_service(abi::Guest& guest, const std::vector<std::string>& args);
// workload_program.cc
void run_workload(abi::Guest& guest, const std::vector<std::string>& args);
// limit_programs.cc
void spin(abi::Guest& guest, const std::vector<std::string>& args);
void spin_silent(abi::Guest& guest, const std::vector<std::string>& args);
void overrun(abi::Guest& guest, const std::vector<std::string>& args);
// key_program.cc
void seal_and_identify(abi::Guest& guest, const std::vector<std::string>& args);
// interrupt_programs.cc
void check_password(abi::Guest& guest, const std::vector<std::string>& args);
void apply_limit(abi::Guest& guest, const std::vector<std::string>& args);
void hold_token(abi::Guest& guest, const std::vector<std::string>& args);
void run_routine(abi::Guest& guest, const std::vector<std::string>& args);
void ladder(abi::Guest& guest, const std::vector<std::string>& args);
void enter_kernel(abi::Guest& guest, const std::vector<std::string>& args);
void read_parameters(abi::Guest& guest, const std::vector<std::string>& args);
void retire_page(abi::Guest& guest, const std::vector<std::string>& args);
// cma_program.cc
void authenticate(abi::Guest& guest, const std::vector<std::string>& args);
// device_program.cc
void assign_and_use(abi::Guest& guest, const std::vector<std::string>& args);
void check_device(abi::Guest& guest, const std::vector<std::string>& args);
void use_untrusted(abi::Guest& guest, const std::vector<std::string>& args);
// measured_program.cc
void run_measured(abi::Guest& guest, const std::vector<std::string>& args);
// disk_programs.cc
void disk_trusted(abi::Guest& guest, const std::vector<std::string>& args);
void disk_untrusted(abi::Guest& guest, const std::vector<std::string>& args);
// store_program.cc
void keep_on_disk(abi::Guest& guest, const std::vector<std::string>& args);
// owner_program.cc
void serve_logins(abi::Guest& guest, const std::vector<std::string>& args);
void tell_owner(abi::Guest& guest, const std::vector<std::string>& args);
// entropy_program.cc
void make_key(abi::Guest& guest, const std::vector<std::string>& args);
// net_program.cc
void net_trusted(abi::Guest& guest, const std::vector<std::string>& args);
void net_untrusted(abi::Guest& guest, const std::vector<std::string>& args);
// virtio_*.cc
void virtio_blk(abi::Guest& guest, const std::vector<std::string>& args);
void virtio_console(abi::Guest& guest, const std::vector<std::string>& args);
void virtio_net(abi::Guest& guest, const std::vector<std::string>& args);
void virtio_rng_key(abi::Guest& guest, const std::vector<std::string>& args);
void virtio_slots(abi::Guest& guest, const std::vector<std::string>& args);
void virtio_vsock(abi::Guest& guest, const std::vector<std::string>& args);

}  // namespace programs
