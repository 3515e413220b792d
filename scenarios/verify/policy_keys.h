#pragma once
// The keys of a policy file, once: the reader refuses by these tables and the JSON Schema is made of them.
#include <span>
#include <string_view>

namespace verify {

enum class Shape {
  kText,
  kTexts,
  kWord,      // one of `words`
  kWords,     // of those
  kCount,     // a whole number, also 0x...
  kHex,       // bytes in hexadecimal; `size` of them, or any number where it is 0
  kHexes,     // one, or a list
  kFile,      // found from the policy's folder
  kFiles,
  kProducts,  // product: file
  kTcb,       // component: version
  kRegisters, // number: values that are accepted
  kFirmware,  // a list of { measurement, signer }
  kComponents,// type: { svn, measurements, signers }
  kLayers,    // a list of layers
  kLayer,
  kSection,
};

struct Key {
  std::string_view name;
  Shape shape;
  std::string_view what;       // one line for an editor
  bool required = false;
  unsigned size = 0;           // bytes of a kHex or kHexes
  std::string_view words = {}; // of a kWord, a space between them; the first one is what holds where nothing is said
};

inline constexpr std::string_view kRefusedOrAllowed = "refused allowed", kRequiredOrIgnored = "required ignored", kIgnoredOrRequired = "ignored required";

inline constexpr Key kTopKeys[] = {
    {"format", Shape::kCount, "version of this form; 1"},
    {"policy", Shape::kText, "one line: whose it is"},
    {"at", Shape::kText, "the time to judge by: 2026-01-15T00:00:00Z", true},
    {"report-data", Shape::kHex, "what the evidence has to be bound to: up to 64 bytes, then zeroes", true},
    {"snp", Shape::kSection, "for an SEV-SNP report"},
    {"tdx", Shape::kSection, "for a TD quote"},
    {"cca", Shape::kSection, "for a CCA token"},
    {"pkvm", Shape::kSection, "for evidence of a protected VM with its DICE chain"},
    {"cove", Shape::kSection, "for CoVE evidence"},
};

inline constexpr Key kSnpKeys[] = {
    {"roots", Shape::kProducts, "milan, genoa or turin: the vendor's ARK (PEM or DER)", true},
    {"minimum-tcb", Shape::kTcb, "bootloader, tee, snp, microcode, fmc: the lowest version of each"},
    {"measurements", Shape::kHexes, "launch measurements that are accepted", true, 48},
    {"debug", Shape::kWord, "guests that the host may debug", false, 0, kRefusedOrAllowed},
    {"migration-agent", Shape::kWord, "guests that a migration agent may export", false, 0, kRefusedOrAllowed},
    {"vmpl", Shape::kCount, "privilege level that the report is of; 0"},
    {"chips", Shape::kHexes, "CHIP_ID of the chips that are accepted; left out: any", false, 64},
    {"host-data", Shape::kHex, "HOST_DATA; left out: any", false, 32},
    {"id-keys", Shape::kHexes, "digests of the keys that signed the ID block; left out: any", false, 48},
    {"author-keys", Shape::kHexes, "digests of the author keys; left out: any", false, 48},
    {"provider", Shape::kText, "CSP_ID of the provider whose VLEK is accepted; left out: no VLEK is"},
    {"alias-check", Shape::kWord, "that firmware looked for aliases of memory", false, 0, kRequiredOrIgnored},
    {"ciphertext-hiding", Shape::kWord, "that memory's ciphertext is hidden", false, 0, kIgnoredOrRequired},
    {"committed-tcb", Shape::kWord, "that firmware below the floor can no longer be brought back", false, 0, kRequiredOrIgnored},
    {"launch-tcb", Shape::kWord, "that the guest was launched by firmware at the floor", false, 0, kIgnoredOrRequired},
    {"revocation", Shape::kWord, "a revocation list of the root, current", false, 0, kRequiredOrIgnored},
    {"revocation-list", Shape::kFile, "the owner's own copy (DER)"},
};

inline constexpr Key kTdxKeys[] = {
    {"root", Shape::kFile, "the vendor's root certificate (PEM or DER)", true},
    {"mrtd", Shape::kHexes, "MRTD of the TDs that are accepted", true, 48},
    {"mrseam", Shape::kHexes, "MRSEAM of the modules that are accepted; left out: any", false, 48},
    {"status", Shape::kWords, "TCB statuses that are accepted; UpToDate", false, 0,
     "UpToDate SWHardeningNeeded ConfigurationNeeded ConfigurationAndSWHardeningNeeded OutOfDate OutOfDateConfigurationNeeded"},
    {"minimum-evaluation", Shape::kCount, "tcbEvaluationDataNumber, at least; 0"},
    {"debug", Shape::kWord, "TDs that the host may debug", false, 0, kRefusedOrAllowed},
    {"migration", Shape::kWord, "TDs that can be migrated", false, 0, kRefusedOrAllowed},
    {"sept-ve-disable", Shape::kWord, "that a page that is gone raises no #VE", false, 0, kRequiredOrIgnored},
    {"revocation", Shape::kWord, "revocation lists, current", false, 0, kRequiredOrIgnored},
    {"xfam-required", Shape::kCount, "features that are on; 0x3"},
    {"xfam-allowed", Shape::kCount, "features that may be on; 0x6dbe7"},
    {"mrconfigid", Shape::kHex, "left out: any", false, 48},
    {"mrowner", Shape::kHex, "left out: any", false, 48},
    {"mrownerconfig", Shape::kHex, "left out: any", false, 48},
    {"service-td", Shape::kHex, "SERVTD_HASH; zeroes: none", false, 48},
    {"rtmr", Shape::kRegisters, "0 to 3: values that are accepted; left out: any", false, 48},
    {"platforms", Shape::kHexes, "PPID of the platforms that are accepted; left out: any", false, 16},
};

inline constexpr Key kCcaKeys[] = {
    {"vendor-key", Shape::kFile, "the silicon vendor's key (PEM, P-384)", true},
    {"firmware", Shape::kFirmware, "components that are accepted: { measurement, signer }", true},
    {"implementations", Shape::kHexes, "implementation ids; left out: any", false, 32},
    {"instances", Shape::kHexes, "instance ids; left out: any", false, 33},
    {"withdrawn", Shape::kHexes, "instance ids that the vendor vouches for no longer", false, 33},
    {"config", Shape::kHex, "the platform's configuration; left out: any"},
    {"debug", Shape::kWord, "platforms in another life cycle than secured", false, 0, kRefusedOrAllowed},
    {"hash-algorithms", Shape::kWords, "of measurements; both", false, 0, "sha-256 sha-512"},
    {"rim", Shape::kHexes, "initial measurements that are accepted", true},
    {"personalization", Shape::kHex, "left out: any", false, 64},
    {"rem", Shape::kRegisters, "0 to 3: values that are accepted; left out: any"},
};

inline constexpr Key kFirmwareKeys[] = {
    {"measurement", Shape::kHex, "of the component", true},
    {"signer", Shape::kHex, "digest of the key that signed it", true},
};

inline constexpr Key kPkvmKeys[] = {
    {"roots", Shape::kFiles, "root keys of devices that their vendor endorses (PEM, P-384)", true},
    {"layers", Shape::kLayers, "from the first firmware to the VM's kernel, all of them", true},
    {"configuration", Shape::kLayer, "what the VM measured of what the host chose for it; left out: nothing"},
    {"debug", Shape::kWord, "layers in another mode than normal", false, 0, kRefusedOrAllowed},
    {"devices", Shape::kFiles, "root keys of the owner's own devices; left out: any"},
};

inline constexpr Key kLayerKeys[] = {
    {"component", Shape::kText, "the name that it gives itself", true},
    {"code", Shape::kHexes, "hashes of code that are accepted; left out: any", false, 64},
    {"authority", Shape::kHexes, "hashes of authorities that are accepted; left out: any", false, 64},
    {"version", Shape::kCount, "security version, at least; 0"},
};

inline constexpr Key kCoveKeys[] = {
    {"root", Shape::kFile, "the vendor's root certificate (PEM or DER)", true},
    {"revocation-list", Shape::kFile, "of that root (DER); it has to be current"},
    {"platforms", Shape::kTexts, "UDS_ID of the platforms that are accepted; left out: any"},
    {"manufacturer", Shape::kHex, "left out: any", false, 64},
    {"states", Shape::kWords, "of the platform; secured", false, 0, "secured not-configured debug recovery"},
    {"components", Shape::kComponents, "by type: { svn, measurements, signers }; one that is listed has to be there"},
    {"initial", Shape::kRegisters, "initial measurements by register; those of the TVM's own have to be listed", true, 48},
    {"runtime", Shape::kRegisters, "run-time measurements by register; left out: any", false, 48},
    {"identity", Shape::kHex, "of the TVM; left out: any", false, 64},
};

inline constexpr Key kComponentKeys[] = {
    {"svn", Shape::kCount, "at least; 0"},
    {"measurements", Shape::kHexes, "left out: any"},
    {"signers", Shape::kHexes, "left out: any"},
};

}  // namespace verify
