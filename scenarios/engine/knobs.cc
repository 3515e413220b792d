#include "scenarios/engine/knobs.h"

#include <iterator>

namespace engine {

const std::vector<Knob>& knobs() {
  static const std::vector<Knob> kKnobs = {
      {"guest.accept_tracking", "vm*.accept-tracking", "guest.accept.tracking", false, true},
      {"guest.cbit_check", "vm*.cbit-check", "guest.cbit.check", false, true},
      {"guest.device_filter", "vm*.device-filter", "guest.device-filter.allow-list", false, true},
      {"guest.no_console", "vm*.no-console", "guest.console.no-login", false, true},
      {"guest.pci_hardened", "vm*.pci-hardened", "guest.pci.bar-place", false, true},
      {"guest.pci_hardened", "vm*.pci-hardened", "guest.pci.capability-range", false, true},
      {"guest.pci_hardened", "vm*.pci-hardened", "guest.pci.identity-once", false, true},
      {"guest.pci_hardened", "vm*.pci-hardened", "guest.virtio.config-once", false, true},
      {"guest.rdrand_seed", "vm*.own-entropy", "guest.entropy.no-credit", false, true},
      {"virtio.check_len", "vm*.virtio-check-length", "guest.virtio.used-length", false, true},
      {"virtio.private_desc", "vm*.virtio-private-descriptors", "guest.virtio.private-descriptors", false, true},
      {"virtio.private_desc", "vm*.virtio-private-descriptors", "guest.virtio.used-id", false, true},
      {"guest.ignore_error", "vm*.error-check", "guest.device.error", true, true},
      {"", "vm*.cpuid-size", "guest.cpuid.size", false, true},
      {"guest.no_gen_check", "vm*.generation-check", "guest.report.generation", true, true},
      {"", "vm*.workload-pinning", "guest.workload.pinned", false, true},
      {"", "vm*.own-item", "guest.report.own-item", false, true},
      {"", "vm*.report-orchestrator", "guest.report.orchestrator", false, true},
      {"guest.snapshot", "vm*.snapshot", "guest.snapshot", false, true},
      {"guest.int80_check", "vm*.int80-check", "guest.int80-check", false, true},
      {"guest.no_ia32", "vm*.no-ia32", "guest.no-ia32", false, true},
      {"guest.no_sept_ve_check", "vm*.sept-ve-check", "tdx.boot.no-sept-ve", true, true},
      {"guest.vc_check", "vm*.vc-check", "guest.vc-check", false, true},
      {"snp.restricted_inj", "vm*.restricted-injection", "snp.injection.restricted", false, true},
      {"", "vm*.alternate-injection", "snp.injection.alternate", false, true},
      {"snp.alias_check", "cpu*.alias-check", "", false, true},
      {"snp.ciphertext_hiding", "cpu*.ciphertext-hiding", "", false, true},
      {"snp.cpuid_page", "cpu*.cpuid-page", "", false, true},
      {"snp.fw_rmpocalypse", "cpu*.rmp-init-fix", "psp.init.table", false, true},
      {"snp.ucode_cachewarp", "cpu*.invd-fix", "cpu.invd.write-back", false, true},
      {"sev.kernel_hashes", "vm*.kernel-hashes", "", false, true},
      {"", "vm*.id-block", "", false, true},
      {"", "vm*.firmware-floor", "", false, true},
      {"", "owner*.require-alias-check", "", false, true},
      {"", "owner*.require-ciphertext-hiding", "", false, true},
      {"verifier.chip_allowlist", "owner*.chip-allow-list", "rp.chip.allow-list", false, true},
      {"", "owner*.revocation-list", "", false, true},
      {"cma.validity", "owner*.cma-validity", "cma.chain.validity", false, true},
      {"cma.vendor_keyring", "owner*.vendor-keyring", "cma.keyring.vendor", false, true},
      {"cma.pin_root", "owner*.pin-root", "cma.device.root", false, true},
      {"cma.pin_root", "owner*.pin-root", "cma.slot.pinned", false, true},
      {"verifier.no_svn", "owner*.device-floor", "cma.firmware.floor", true, true},
      {"verifier.no_svn", "owner*.device-floor", "cma.firmware.version", true, true},
      {"meas.unsigned", "owner*.signed-measurements", "cma.measurements.signature", true, true},
      {"meas.unsigned", "owner*.signed-measurements", "cma.measurements.summary", true, true},
      {"svsm.vtpm", "owner*.ek-bound", "owner.tpm.ek-bound", false, true},
      {"paravisor.vtpm", "owner*.ek-bound", "owner.tpm.ek-bound", false, true},
      {"guest.aml_sandbox", "vm*.aml-sandbox", "guest.acpi.sandbox", false, true},
      {"guest.hardened", "vm*.hardened", "guest.hypercall.range", false, true},
      {"guest.hardened", "vm*.hardened", "guest.boot.parameters", false, true},
      {"guest.hardened", "vm*.hardened", "guest.msr.allow-list", false, true},
      {"fw.orom", "vm*.refuse-roms", "guest.boot.option-rom", true, true},
      {"snp.secure_tsc", "cpu*.secure-tsc", "", false, true},
      {"cca.fdt_measured", "vm*.measured-tables", "", false, true},
      {"ide.escort", "rp*.ide-escort", "", false, true},
      {"ide.ctr_fix", "rp*.ide-quarantine", "", false, true},
      {"ide.dpr_fix", "rp*.ide-flush", "", false, true},
      {"disk.luks", "vm*.disk-encryption", "guest.disk.encryption", false, true},
      {"disk.integrity", "vm*.disk-integrity", "guest.disk.integrity", false, true},
      {"net.tls", "vm*.tls", "guest.net.tls", false, true},
      {"guest.cfg_from_kbs", "vm*.config-from-owner", "guest.config.from-owner", false, true},
      {"guest.auth_time", "vm*.authenticated-time", "guest.auth-time", false, true},
      {"disk.monotonic", "vm*.disk-monotonic", "guest.disk.monotonic", false, true},
  };
  return kKnobs;
}

std::vector<Turned> catalogue_knobs() {
  std::vector<Turned> out;
  for (const auto& knob : knobs())
    if (!knob.catalogue.empty() && (out.empty() || out.back().catalogue != knob.catalogue))
      out.push_back({knob.catalogue, knob.setting, knob.baseline_on ? "disabled" : "enabled"});
  static constexpr Turned kOthers[] = {
      {"cca.no_alias_check", "cpu*.alias-check", "disabled"},
      {"cove.alias_check", "cpu*.alias-check", "enabled"},
      {"cove.fdt_measured", "vm*.measured-tables", "enabled"},
      {"cove.mem_integrity", "cpu*.memory-integrity", "mac"},
      {"cove.no_memenc", "mem*.cipher", "none"},
      {"cove.removable_region", "cpu*.removable-regions", "any"},
      {"pkvm.iommu", "cpu*.dma-isolation", "stage-2"},
      {"pkvm.no_cpu_state_iso", "cpu*.vcpu-state", "host"},
      {"tdx.stepping_bug", "cpu*.step-filter", "by-time"},
      {"tdx.li_mode", "cpu*.integrity", "logical"},
  };
  out.insert(out.end(), std::begin(kOthers), std::end(kOthers));
  return out;
}

}  // namespace engine
