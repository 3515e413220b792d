#pragma once
// Where a vCPU's registers lie while it does not run. Below SEV-ES they are the hypervisor's to read and write; from
// SEV-ES on they are a page encrypted under the guest's key, guarded by a checksum of the processor's (SEV-ES) or by
// ownership (SNP).
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "platform/base/bytes.h"
#include "platform/memory/encrypted_memory.h"
#include "platform/trust/defence.h"
#include "tsm/sev/level.h"
#include "tsm/sev/rmp.h"

namespace sev {

class SaveAreas {
 public:
  // `rmp` is there at Level::kSnp.
  SaveAreas(Level level, memory::EncryptedMemory& memory, Rmp* rmp, trust::Defences& defences, std::string at = "cpu0");
  SaveAreas(const SaveAreas&) = delete;
  SaveAreas& operator=(const SaveAreas&) = delete;

  // The key under which the area of that guest is kept: none where registers are in the clear.
  memory::KeyId key(std::uint32_t asid) const;

  // VMRUN: the 4 KiB that the processor loads. Noise, not a refusal, is what a forged page gives where nothing checks
  // it.
  trust::Result<base::Bytes> load(std::uint32_t asid, std::uint64_t spa);
  // VMEXIT. `page` is 4 KiB.
  void save(std::uint32_t asid, std::uint64_t spa, base::View page);
  // LAUNCH_UPDATE_VMSA, and a guest that makes an area for its next vCPU: takes the page as it lies for the truth.
  void adopt(std::uint32_t asid, std::uint64_t spa);

 private:
  base::Bytes read(std::uint32_t asid, std::uint64_t spa);

  Level level_;
  memory::EncryptedMemory& memory_;
  Rmp* rmp_;
  trust::Defences& defences_;
  std::string at_;
  std::map<std::uint64_t, base::Block<32>> checksums_;  // by address of the area
};

}  // namespace sev
