#pragma once
// What a TVM under CoVE can do to its machine: touch memory, and make an ECALL. Every call is a step at which the host may act.
#include <cstdint>

#include "platform/base/bytes.h"
#include "platform/protocol/cove/sbi.h"

namespace tsm_abi {

class CovePlatform {
 public:
  virtual ~CovePlatform() = default;

  // What cannot be read does not return: the vCPU faults.
  virtual base::Bytes read(std::uint64_t gpa, std::size_t count) = 0;
  virtual void write(std::uint64_t gpa, base::View bytes) = 0;
  // Exits to the host and comes back as often as the call needs.
  virtual coveproto::SbiRet ecall(const coveproto::Ecall& call) = 0;
  // Zkr: not the host's to choose.
  virtual base::Bytes trusted_random(std::size_t count) = 0;
};

}  // namespace tsm_abi
