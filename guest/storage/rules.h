#pragma once
// What a guest refuses of a disk that somebody else keeps.
#include "platform/trust/defence.h"

namespace storage {

inline constexpr std::string_view kPlace = "guest";

// A header as it was found.
struct HeaderCase {
  bool well_formed = false;  // one of this version, and the disk is as large as it says
  bool authentic = false;
  bool as_wanted = false;
  bool key_opens = false;
};

inline constexpr trust::Rule<HeaderCase> kHeaderRules[] = {
    {{"guest.disk.header-format", "LUKS2 On-Disk Format 1.1.1, 2.1", "A header is exactly one of the version that the guest writes.",
      trust::Act::kDetect, trust::Kind::kConformance},
     [](const HeaderCase& c) { return c.well_formed; }},
    {{"guest.disk.header", "LUKS2 On-Disk Format 1.1.1, 2.3; RFC 2104", "A disk's header is one that was written under its owner's key.",
      trust::Act::kDetect},
     [](const HeaderCase& c) { return c.authentic; }},
    {{"guest.disk.cipher", "cryptsetup, cipher_null; Linux dm-crypt, parameters",
      "A disk is sealed by what the guest's image asks for, whatever its header says.", trust::Act::kDetect},
     [](const HeaderCase& c) { return c.as_wanted; }},
    {{"guest.disk.key-slot", "LUKS2 On-Disk Format 1.1.1, 4", "The disk's key opens under its owner's.", trust::Act::kDetect,
      trust::Kind::kConformance},
     [](const HeaderCase& c) { return c.key_opens; }},
};

// A sector of data as it was found.
struct SectorCase {
  bool tag_fits = true;  // under the disk's key, for this sector of this disk
  bool newest = true;    // under the root that was committed last
};

inline constexpr trust::Rule<SectorCase> kSectorRules[] = {
    {{"guest.disk.integrity", "Linux dm-integrity with dm-crypt; SP 800-38D, 7.2",
      "A sector that is read was written by a holder of the disk's key, at this place.", trust::Act::kDetect},
     [](const SectorCase& c) { return c.tag_fits; }},
    {{"guest.disk.monotonic", "Intel TDX guest hardening, storage (no rollback protection by dm-crypt and dm-integrity)",
      "A sector that is read is the one written last, by a root that the owner or the guest's own memory keeps.", trust::Act::kDetect},
     [](const SectorCase& c) { return c.newest; }},
};

}  // namespace storage
