#pragma once
// What a guest under pKVM can do to its machine: touch memory, and ask by HVC. Every call is a step at which the host
// may act.
#include <cstdint>

#include "platform/base/bytes.h"
#include "platform/protocol/pkvm/registers.h"

namespace tsm_abi {

class PkvmPlatform {
 public:
  virtual ~PkvmPlatform() = default;

  // What cannot be read does not return: the vCPU faults.
  virtual base::Bytes read(std::uint64_t ipa, std::size_t count) = 0;
  virtual void write(std::uint64_t ipa, base::View bytes) = 0;
  // Exits to the host and comes back as often as the call needs.
  virtual pkvmproto::Registers hvc(const pkvmproto::Registers& in) = 0;
  // TRNG_RND64, which EL2 passes on to firmware: not the host's to choose.
  virtual base::Bytes trusted_random(std::size_t count) = 0;
};

}  // namespace tsm_abi
