#pragma once
// A guest's connection to its owner's server: TLS 1.3 with the root that lies in the image, or, where nobody asks for TLS, in the clear.
#include <optional>

#include "guest/abi/guest.h"
#include "guest/relying_party/stream_messages.h"
#include "platform/crypto/tls.h"
#include "platform/trust/defence.h"

namespace net {

class OwnerStream {
 public:
  // `now` is what the guest believes of the time.
  OwnerStream(abi::Guest& guest, trust::Defences& defences, bool over_tls, crypto::Certificate root, crypto::CalendarTime now);
  OwnerStream(const OwnerStream&) = delete;
  OwnerStream& operator=(const OwnerStream&) = delete;

  // False: refused, or nobody answers.
  bool connect();
  std::optional<base::Bytes> ask(base::View question);

 private:
  std::optional<base::Bytes> carry(base::Bytes bytes);
  bool judge_server();

  abi::Guest& guest_;
  trust::Defences& defences_;
  bool over_tls_;
  crypto::Certificate root_;
  crypto::CalendarTime now_;
  relying_party::ConnectionName name_{};
  crypto::Library library_;
  std::optional<crypto::TlsEnd> end_;
};

void collect_stream_defences(std::vector<const trust::Defence*>& into);

}  // namespace net
