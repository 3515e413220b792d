#pragma once
// What a guest in a realm can do to its machine: touch memory of either half and make SMC calls, which leave for the host where the
// RMM says so. Every call is a step at which the host may act.
#include <cstdint>

#include "platform/base/bytes.h"
#include "platform/protocol/cca/rsi.h"

namespace tsm_abi {

class CcaPlatform {
 public:
  virtual ~CcaPlatform() = default;

  // Addresses without the top bit; which half is meant, the call says. What cannot be read does not return: the vCPU takes an abort.
  virtual base::Bytes read_private(std::uint64_t gpa, std::size_t count) = 0;
  virtual void write_private(std::uint64_t gpa, base::View bytes) = 0;
  virtual base::Bytes read_shared(std::uint64_t gpa, std::size_t count) = 0;
  virtual void write_shared(std::uint64_t gpa, base::View bytes) = 0;

  // Leaves for the host and comes back as often as the call needs.
  virtual ccaproto::Registers rsi(const ccaproto::Registers& in) = 0;
  // RNDR: not the host's to choose.
  virtual base::Bytes trusted_random(std::size_t count) = 0;
};

}  // namespace tsm_abi
