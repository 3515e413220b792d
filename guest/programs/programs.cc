#include "guest/programs/programs.h"

namespace programs {

const std::vector<Program>& all() {
  static const std::vector<Program> kAll = {
      {"ask-cpuid", "sizes a buffer by CPUID and turns on what CPUID offers", ask_cpuid},
      {"apply-limit", "compares a payment with a limit, which a signal's handler takes for unset", apply_limit},
      {"assign-and-use", "takes a device into its trust boundary, uses it with private memory, and gives it back", assign_and_use},
      {"authenticate", "judges a device by its certificates and measurements, once, twice, step by step, or before it uses it without TDISP", authenticate},
      {"check-device", "reads a device's certificates and challenges it, as a kernel does without TDISP; `rooted`: its chain "
                       "begins at the image's root", check_device},
      {"attest-and-fetch", "proves itself to the owner and keeps the secret it is given", attest_and_fetch},
      {"attest-and-retry", "proves itself to the owner, and again later if nobody answers", attest_and_retry},
      {"attest-twice", "proves itself to the owner today and again tomorrow", attest_twice},
      {"boot-and-serve", "starts on what its host hands it (tables, map, line, ramdisk, config, rom; all unless some are named), then keeps the owner's secret", boot_and_serve},
      {"branch-on-secret", "computes bit by bit on a key, one of two values in one line, exiting after each", branch_on_secret},
      {"disk-trusted", "takes a disk into its trust boundary and keeps something on it by private DMA", disk_trusted},
      {"disk-untrusted", "keeps something on a disk through bounce buffers, public, or with `sealed` a secret under a key of its own",
       disk_untrusted},
      {"check-password", "refuses a wrong password, and has the verdict in RAX or, with `memory`, in a page", check_password},
      {"enter-kernel", "crosses from user mode into its kernel, whose first page has to be there", enter_kernel},
      {"exponentiate", "raises to a secret power, one code page a step; `constant` takes every step for every bit", exponentiate},
      {"fetch-and-branch", "computes bit by bit on the owner's secret once it has it", fetch_and_branch},
      {"fetch-and-update", "keeps and changes a balance once it has the owner's secret", fetch_and_update},
      {"fetch-secret", "keeps the owner's secret, injected at launch or given on evidence, as the platform has it", fetch_secret},
      {"give-away-secret", "gives the secret that it gets to whoever listens: an image of the host's own", give_away_secret},
      {"hold-token", "has a session's token in RAX, then only in a page", hold_token},
      {"idle", "does nothing", idle},
      {"keep-and-update", "keeps a balance, changes it, and reads it back", keep_and_update},
      {"keep-on-disk", "formats a disk outside, seals what it keeps there under a key from its owner, and mounts it again; `swap`: pages "
                       "of its own, under a key of its own", keep_on_disk},
      {"keep-ledger", "keeps a sealed ledger in shared memory, changes one account and reads it back", keep_ledger},
      {"keep-lease", "serves for a while by a clock (tsc, kvmclock), which it compares with a second one where it is named", keep_lease},
      {"keep-registers", "holds a key and a verdict in registers across exits, then acts on the verdict", keep_registers},
      {"keep-two-pages", "keeps a secret page and serves a public one", keep_two_pages},
      {"ladder", "steps through a secret within one page, in an order that depends on it; `short` in a number that does, `constant` alike",
       ladder},
      {"make-key", "makes a host key from what entropy it has and shows its fingerprint", make_key},
      {"net-trusted", "takes a network card into its trust boundary and works it by private rings", net_trusted},
      {"net-untrusted", "sends a public frame through bounce buffers and compares its echo", net_untrusted},
      {"overrun", "recurses until its stack is used up, to show what ends it", overrun},
      {"read-parameters", "copies what the host hands it for its pool into a buffer of its own size", read_parameters},
      {"read-request", "copies a request whose length lies in shared memory", read_request},
      {"retire-page", "gives a page back to the host, which all of its CPUs have to forget first", retire_page},
      {"reuse-shared", "takes a shared page back from the host and keeps a secret in it", reuse_shared},
      {"run-routine", "runs what lies in a page of its own", run_routine},
      {"scavenge", "shows to whoever listens what lies in pages that it never wrote: an image of the host's own", scavenge},
      {"spin", "yields for ever, or with an argument waits, asks for random bytes or allocates for ever, to show what ends it", spin},
      {"spin-silent", "computes for ever and calls nothing, to show what ends it", spin_silent},
      {"run-measured", "measures what it runs into its TPM, and proves it to the owner; `again`: a day later with more; `racing`, `unmeasured`, "
                       "`shared`: a file that may change, one that nobody measures, one of another tenant", run_measured},
      {"run-workload", "takes a workload from the host, measures it at run time, and serves with the owner's secret; `again`: takes it "
                       "a second time, as an update", run_workload},
      {"seal-and-identify", "derives a key for its disk, and a public name for itself that it registers", seal_and_identify},
      {"serve-logins", "lets in whoever its configuration names, from the host or from its owner, and again after a renewal", serve_logins},
      {"tell-owner", "tells its owner a figure, changes it, and asks for it, over TLS", tell_owner},
      {"use-service", "proves itself to the owner, gets a token, and uses a service with it; with a new token if it is refused", use_service},
      {"virtio-blk", "keeps public blocks on an emulated disk, and serves one, beside secrets of its own", virtio_blk},
      {"virtio-console", "prints to an emulated console; a login is offered there by no careful guest", virtio_console},
      {"virtio-net", "opens frames of an emulated card in place, and answers questions", virtio_net},
      {"virtio-rng-key", "makes a key, with an emulated source of entropy at hand", virtio_rng_key},
      {"virtio-slots", "gives drivers to the emulated devices in its slots, now and once more later", virtio_slots},
      {"virtio-vsock", "carries out an order that comes by an emulated socket", virtio_vsock},
      {"watch-processor", "works with a register of the processor's that the host answers for", watch_processor},
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
      {"guest.snapshot", "Linux threat model, malformed runtime input", "A length in shared memory is read once, then used.",
       trust::Act::kRefuse},
      {"guest.hypercall.range", "Linux threat model, malformed runtime input; Intel TDX guest hardening, out-of-range results",
       "What the host answers is used only as far as the guest has room for it.", trust::Act::kRefuse},
      {"guest.disk.tag", "Linux dm-integrity with authenticated encryption", "What is read from a disk outside is what was last written there."},
      {"guest.kernel.hashes", "OVMF BlobVerifierLibSevHashes", "What the host loads as kernel has the hash that was measured."},
      {"guest.config.host-data", "SNP ABI 1.58, ATTESTATION_REPORT.HOST_DATA; TDX module 1.5 ABI, MRCONFIGID",
       "The configuration is the one that the host named to the owner."},
      {"guest.tdi.lock-flags", "SEV-TIO 0.91, TDI_INFO; PCIe 6.1, 11.3.6", "The interface is locked on the terms that the guest wants."},
      {"guest.tdi.fresh", "SEV-TIO 0.91, TDI_INFO", "Firmware measured the device since it was bound to the guest."},
      {"guest.ima.withhold", "Linux IMA, measurement list", "Of another tenant's files an owner is shown the digests and nothing else.",
       trust::Act::kWithhold},
      {"guest.device.error", "PCIe 6.0, 2.3.2", "A read that nobody completes, which gives all ones, is not taken for data."},
      {"guest.disk.encryption", "Linux dm-crypt; LUKS2 On-Disk Format 1.1.1", "What is written to a disk outside is sealed before it leaves."},
      {"guest.config.from-owner", "Berrange, confidential VM configuration (2023); CoCo trustee, initdata",
       "The configuration comes from the owner after attestation, not from the host."},
      {"guest.net.tls", "RFC 8446; RFC 9334, 9", "What a guest and its owner tell each other goes over TLS."},
      {"guest.auth-time", "Linux threat model for confidential VMs, time; RFC 5280, 4.1.2.5", "Dates are held against time that the owner gives, not the host."},
      {"guest.entropy.host", "Linux random.trust_bootloader; CoCo RDRAND seeding (99485c4c)", "What entropy a host gives is mixed in and never counted."},
      {"guest.sealed.iv", "NIST SP 800-38D, 8.2", "No nonce seals two messages."},
      {"guest.sealed.tag", "NIST SP 800-38D, 7.2", "What is kept outside comes back as it was sealed, or not at all."},
      {"guest.sealed.version", "RFC 9334, 10; Linux dm-integrity documentation", "What is kept outside comes back in the version that was sealed last."},
      {"guest.cpuid.size", "Linux threat model for confidential VMs, CPUID; Intel SDM vol. 1, 13.2", "No area is made smaller than the image's own features need, whatever CPUID says."},
      {"guest.workload.pinned", "Linux tsm-mr; TCG PC Client PFP 1.06, 2.3", "What is loaded again is what was measured."},
      {"guest.report.generation", "Linux ABI configfs-tsm-report, generation",
       "A report is used only if nobody else wrote its attributes since it was asked for."},
      {"guest.report.own-item", "Linux ABI configfs-tsm-report, $name", "An item takes the writes of the program that made it alone.",
       trust::Act::kRefuse},
      {"guest.report.orchestrator", "Linux ABI configfs-tsm-report; RFC 9334, 3",
       "One program of the guest asks for reports, for all others; they have no way to the files.", trust::Act::kRefuse},
      {"guest.accept.tracking", "Intel TDX guest hardening, lazy accept", "A page accepted once is never accepted again."},
  };
  return kDefences;
}

}  // namespace programs
