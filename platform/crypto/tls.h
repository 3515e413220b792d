#pragma once
// One end of a TLS 1.3 connection (RFC 8446) by OpenSSL, as bytes in and bytes out: no socket, no wall clock, no session that is taken
// up again. Its random bytes come from the `Library`, so the same calls give the same bytes.
//
// An end judges no certificate: it shows what the other end proved to hold the key of, and whoever owns the end decides.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "platform/crypto/certificate.h"
#include "platform/crypto/ec_key.h"
#include "platform/crypto/library.h"

namespace crypto {

class TlsEnd {
 public:
  static TlsEnd client(Library& library, std::string actor);
  // `chain` from the server's own certificate up; `key` on P-256 or P-384.
  static TlsEnd server(Library& library, std::string actor, const std::vector<Certificate>& chain, const EcKey& key);
  TlsEnd(TlsEnd&&) noexcept;
  ~TlsEnd();

  // What the peer sent, in order. False: the connection is dead, as it is from then on: something was altered, replayed or out of order.
  bool receive(base::View records);
  // What is to be sent, once. A client's first message is there from the start.
  base::Bytes to_send();
  bool established() const;
  // The chain that the peer showed, its own certificate first; empty before the end of the handshake, and when one cannot be read.
  std::vector<Certificate> peer() const;

  bool write(base::View text);  // once established
  base::Bytes read();           // what has arrived

 private:
  struct State;
  explicit TlsEnd(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace crypto
