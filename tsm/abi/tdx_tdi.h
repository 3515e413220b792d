#pragma once
// A TD's part in TDX Connect: what it asks for about an interface (platform/protocol/tio/managed.h) in hypercalls to the host and calls to
// the module. What it looks at and what it takes are tied by the binding's number, which the module tells.
#include <cstdint>
#include <map>
#include <optional>

#include "platform/protocol/tio/managed.h"
#include "tsm/abi/tdx_guest.h"

namespace tsm_abi {

class TdxTdi {
 public:
  explicit TdxTdi(TdxGuest& guest) : guest_(guest) {}
  // Nothing: refused, or an answer that is not one to what was asked.
  std::optional<base::Bytes> call(tio::ManagedCall call, base::View in, std::uint16_t function);

 private:
  struct Known {
    std::uint64_t session = 0;  // the binding that `info` was about
    base::Bytes report;         // from the host: where in it a range stands, and no more, is taken from it
  };
  bool bind(std::uint16_t function);
  std::optional<base::Bytes> info(std::uint16_t function);
  std::optional<base::Block<48>> digest(std::uint16_t function, tdxproto::TdiField first);
  bool validate(base::View in, std::uint16_t function);

  TdxGuest& guest_;
  std::map<std::uint16_t, Known> known_;
};

}  // namespace tsm_abi
