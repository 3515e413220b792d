#pragma once
// The two scenarios of the design notes, for tests. The tests quote lines and columns of the first.

namespace load {

inline constexpr const char* kLockBitflip = R"(scenario: The host flips one bit of a sealed LOCK request
why: >
  The host carries DOE objects between the TSM and the device. It cannot read a sealed record, but it knows the public
  layout and can aim at the NO_FW_UPDATE flag. AES-GCM without its tag is malleable: the tag stops the flip.

sources:
  tdisp: { cite: "PCIe 6.1, 11.3" }
  records: { cite: "DSP0277 1.1" }
threat: [ device-message-tamper ]

machine: machines/one-accelerator.yaml
platforms: [ snp, tdx, cca, cove ]
guest: { vm0: assign-and-use gpu0 }

attack:
  - by: vmm
    at: doe rp0 -> gpu0                        # a boundary
    when: { object: secured-spdm, after: tsm0.lock, nth: 1 }
    do: { flip: tdisp.LOCK_INTERFACE_REQUEST.flags, bit: 0 }
expect:
  - platforms: [ snp, tdx, cca, cove ]
    outcome: detected
    by: spdm.record.tag                        # a list means any of them
    at: gpu0
    ends: { gpu0.if0: CONFIG_UNLOCKED, vm0: assignment-failed }
    never: [ gpu0.if0 is RUN, vmm sees vm0.secret ]
    profile: baseline

afterwards:
  ends: { gpu0.if0: RUN, vm0: assignment-done }
without:
  - { lift: [ spdm.record.tag ], outcome: detected, by: guest.report.no-fw-update, at: vm0 }
  - { lift: [ spdm.record.tag, guest.report.no-fw-update ], outcome: broken, promise: authenticity }
)";

inline constexpr const char* kSeveredRemap = R"(scenario: The host swaps two guest pages in the nested page tables
catalogue: mem-severed-remap
sources:
  severed: { cite: "Morbitzer et al., SEVered, EuroSec 2018", says: { sev: broken } }
  amd-t1: { cite: "AMD SEV-SNP white paper 2020, table 1", says: { sev: broken, sev-es: broken, snp: blocked } }
machine: machines/bare-vm.yaml
platforms: all
guest: { vm0: keep-two-pages }
assumes: [ address of vm0.page.secret, moment vm0.stored ]        # found by fault tracing in the paper
attack:
  - { by: vmm, at: vm0.mapping, when: { after: vm0.stored }, do: { swap: [ vm0.page.secret, vm0.page.decoy ] } }
expect:
  - { platforms: [ none, sev, sev-es ], outcome: broken, promise: integrity }
  - { platforms: [ snp ], outcome: blocked, by: rmp.gpa, at: cpu0 }
  - { platforms: [ tdx ], outcome: blocked, by: sept.owner, at: tsm0 }
  - { platforms: [ cca ], outcome: blocked, by: gpt.owner }
  - { platforms: [ pkvm ], outcome: blocked, by: stage2.owner }
  - { platforms: [ cove ], outcome: blocked, by: [ gpt.owner, stage2.owner ] }
without:
  - { platforms: [ snp ], lift: [ rmp.gpa ], outcome: broken, promise: integrity }
with:                                          # the same attack where a machine or guest setting differs
  - { platforms: [ snp ], set: { cpu0.ciphertext-hiding: enabled }, outcome: blocked, by: rmp.gpa, at: cpu0 }
)";

}  // namespace load
