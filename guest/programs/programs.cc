#include "guest/programs/programs.h"

namespace programs {

const std::vector<Program>& all() {
  static const std::vector<Program> kAll = {
      {"ask-cpuid", "sizes a buffer by CPUID and turns on what CPUID offers", ask_cpuid},
      {"assign-and-use", "takes a device into its trust boundary, uses it with private memory, and gives it back", assign_and_use},
      {"authenticate", "judges a device by its certificates and measurements, once, twice, step by step, or before it uses it without TDISP", authenticate},
      {"check-device", "reads a device's certificates and challenges it, as a kernel does without TDISP; `rooted`: its chain "
                       "begins at the image's root", check_device},
      {"attest-and-fetch", "proves itself to the owner and keeps the secret it is given", attest_and_fetch},
      {"attest-and-retry", "proves itself to the owner, and again later if nobody answers", attest_and_retry},
      {"attest-twice", "proves itself to the owner today and again tomorrow", attest_twice},
      {"branch-on-secret", "computes bit by bit on a key, one of two values in one line, exiting after each", branch_on_secret},
      {"disk-trusted", "takes a disk into its trust boundary and keeps something on it by private DMA", disk_trusted},
      {"disk-untrusted", "keeps something on a disk through bounce buffers, public, or with `sealed` a secret under a key of its own",
       disk_untrusted},
      {"exponentiate", "raises to a secret power, one code page a step; `constant` takes every step for every bit", exponentiate},
      {"fetch-and-branch", "computes bit by bit on the owner's secret once it has it", fetch_and_branch},
      {"fetch-and-update", "keeps and changes a balance once it has the owner's secret", fetch_and_update},
      {"fetch-secret", "keeps the owner's secret, injected at launch or given on evidence, as the platform has it", fetch_secret},
      {"give-away-secret", "gives the secret that it gets to whoever listens: an image of the host's own", give_away_secret},
      {"idle", "does nothing", idle},
      {"keep-and-update", "keeps a balance, changes it, and reads it back", keep_and_update},
      {"keep-registers", "holds a key and a verdict in registers across exits, then acts on the verdict", keep_registers},
      {"keep-two-pages", "keeps a secret page and serves a public one", keep_two_pages},
      {"net-trusted", "takes a network card into its trust boundary and works it by private rings", net_trusted},
      {"net-untrusted", "sends a public frame through bounce buffers and compares its echo", net_untrusted},
      {"overrun", "recurses until its stack is used up, to show what ends it", overrun},
      {"read-request", "copies a request whose length lies in shared memory", read_request},
      {"reuse-shared", "takes a shared page back from the host and keeps a secret in it", reuse_shared},
      {"scavenge", "shows to whoever listens what lies in pages that it never wrote: an image of the host's own", scavenge},
      {"spin", "yields for ever, or with an argument waits, asks for random bytes or allocates for ever, to show what ends it", spin},
      {"spin-silent", "computes for ever and calls nothing, to show what ends it", spin_silent},
      {"run-workload", "takes a workload from the host, measures it at run time, and serves with the owner's secret; `again`: takes it "
                       "a second time, as an update", run_workload},
      {"seal-and-identify", "derives a key for its disk, and a public name for itself that it registers", seal_and_identify},
      {"use-service", "proves itself to the owner, gets a token, and uses a service with it; with a new token if it is refused", use_service},
      {"use-untrusted", "uses a device outside of its trust boundary, through bounce buffers", use_untrusted},
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
      {"guest.disk.tag", "Linux dm-integrity with authenticated encryption", "What is read from a disk outside is what was last written there."},
      {"guest.kernel.hashes", "OVMF BlobVerifierLibSevHashes", "What the host loads as kernel has the hash that was measured."},
      {"guest.config.host-data", "SNP ABI 1.58, ATTESTATION_REPORT.HOST_DATA; TDX module 1.5 ABI, MRCONFIGID",
       "The configuration is the one that the host named to the owner."},
      {"guest.tdi.lock-flags", "SEV-TIO 0.91, TDI_INFO; PCIe 6.1, 11.3.6", "The interface is locked on the terms that the guest wants."},
      {"guest.tdi.fresh", "SEV-TIO 0.91, TDI_INFO", "Firmware measured the device since it was bound to the guest."},
      {"guest.device.error", "PCIe 6.0, 2.3.2", "A read that nobody completes, which gives all ones, is not taken for data."},
      {"guest.workload.pinned", "Linux tsm-mr; TCG PC Client PFP 1.06, 2.3", "What is loaded again is what was measured."},
      {"guest.report.generation", "Linux ABI configfs-tsm-report, generation",
       "A report is used only if nobody else wrote its attributes since it was asked for."},
      {"guest.report.own-item", "Linux ABI configfs-tsm-report, $name", "An item takes the writes of the program that made it alone."},
      {"guest.report.orchestrator", "Linux ABI configfs-tsm-report; RFC 9334, 3",
       "One program of the guest asks for reports, for all others; they have no way to the files."},
      {"guest.accept.tracking", "Intel TDX guest hardening, lazy accept", "A page accepted once is never accepted again."},
  };
  return kDefences;
}

}  // namespace programs
