#pragma once
// A guest's part in SEV-TIO: what it asks for about an interface (platform/protocol/tio/managed.h) in messages to the security processor
// and requests to the hypervisor. Messages name an interface by the id of its binding, which is kept here; ground for whether a
// message is answered is the security processor's (tsm/sev/tio.h).
#include <cstdint>
#include <map>
#include <optional>

#include "platform/protocol/tio/managed.h"
#include "tsm/abi/sev_guest.h"

namespace tsm_abi {

class SevTdi {
 public:
  explicit SevTdi(SevGuest& guest) : guest_(guest) {}
  // Nothing: refused, or an answer that is not one to what was asked.
  std::optional<base::Bytes> call(tio::ManagedCall call, base::View in, std::uint16_t function);

 private:
  template <class Reply, class Request>
  std::optional<Reply> tell(sevproto::MessageType type, const Request& request, std::uint16_t function);
  std::optional<base::Bytes> info(std::uint16_t function);
  bool validate(base::View in, std::uint16_t function);
  bool enable_dma(bool enable, std::uint16_t function);

  SevGuest& guest_;
  std::map<std::uint16_t, std::uint64_t> bound_;  // interface -> id of the binding
};

}  // namespace tsm_abi
