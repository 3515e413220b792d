#pragma once
// What firmware of a given TCB knows of a secret: enough for its own key and for those of every lower TCB, nothing
// about a higher one. One hash chain per component, walked down from version 255; the key mixes the links reached.
//
// convention: AMD publishes the property and that hash chains give it, not the function. SHA-256 and the labels are
// ours.
#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "platform/base/bytes.h"
#include "platform/crypto/ec_key.h"
#include "platform/protocol/sev/tcb.h"

namespace sev {

class TcbSecret {
 public:
  // From the full secret, which only the first, immutable stage of boot sees.
  static TcbSecret from_root(const base::Block<32>& root, std::string_view label, const Tcb& tcb);

  // Empty unless `tcb` is no higher in any component.
  std::optional<TcbSecret> lowered_to(const Tcb& tcb) const;

  const Tcb& tcb() const { return tcb_; }
  crypto::EcKey key() const;  // P-384

 private:
  TcbSecret() = default;
  Tcb tcb_;
  std::array<base::Block<32>, 5> links_{};
};

}  // namespace sev
