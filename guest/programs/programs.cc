#include "guest/programs/programs.h"

namespace programs {

const std::vector<Program>& all() {
  static const std::vector<Program> kAll = {
      {"ask-cpuid", "sizes a buffer by CPUID and turns on what CPUID offers", ask_cpuid},
      {"attest-and-fetch", "proves itself to the owner and keeps the secret it is given", attest_and_fetch},
      {"attest-twice", "proves itself to the owner today and again tomorrow", attest_twice},
      {"branch-on-secret", "computes bit by bit on a key, one of two values in one line, exiting after each", branch_on_secret},
      {"exponentiate", "raises to a secret power, one code page a step; `constant` takes every step for every bit", exponentiate},
      {"fetch-launch-secret", "keeps the secret that the owner had injected at launch", fetch_launch_secret},
      {"idle", "does nothing", idle},
      {"keep-and-update", "keeps a balance, changes it, and reads it back", keep_and_update},
      {"keep-registers", "holds a key and a verdict in registers across exits, then acts on the verdict", keep_registers},
      {"keep-two-pages", "keeps a secret page and serves a public one", keep_two_pages},
      {"read-request", "copies a request whose length lies in shared memory", read_request},
  };
  return kAll;
}

const Program* find_program(const std::string& name) {
  for (const auto& program : all())
    if (name == program.name) return &program;
  return nullptr;
}

const std::vector<GuestDefence>& guest_defences() {
  static const std::vector<GuestDefence> kDefences = {
      {"guest.cbit.check", "Linux arch/x86/kernel/sev_verify_cbit.S", "The C-bit that the host named really encrypts."},
      {"guest.snapshot", "Linux threat model, malformed runtime input", "A length in shared memory is read once, then used."},
      {"guest.kernel.hashes", "OVMF BlobVerifierLibSevHashes", "What the host loads as kernel has the hash that was measured."},
      {"guest.accept.tracking", "Intel TDX guest hardening, lazy accept", "A page accepted once is never accepted again."},
  };
  return kDefences;
}

}  // namespace programs
