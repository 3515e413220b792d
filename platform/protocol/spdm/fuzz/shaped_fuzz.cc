// Messages whose parts nobody counts within them, under every shape that a connection may have agreed on. The first two bytes choose
// message and shape.
#include "platform/protocol/spdm/capabilities.h"
#include "platform/protocol/spdm/certificates.h"
#include "platform/protocol/spdm/challenge.h"
#include "platform/protocol/spdm/key_exchange.h"
#include "platform/protocol/spdm/measurements.h"
#include "platform/protocol/spdm/psk.h"
#include "platform/wire/fuzz.h"
#include "tests/fuzz/target.h"

namespace {

template <class M>
void with(base::View in, const spdm::Shape& shape) {
  M form{};
  form.shape = shape;
  wire::fuzz_one<M>(in.data(), in.size(), form);
}

void read(base::View in) {
  if (in.size() < 2) return;
  constexpr std::size_t kDigests[] = {32, 48, 64, 0}, kSignatures[] = {64, 96, 132, 0};
  const std::uint8_t bits = in[1];
  spdm::Shape shape;
  shape.digest = kDigests[bits & 3];
  shape.signature = kSignatures[bits >> 2 & 3];
  shape.measurement_summary = bits & 16, shape.signed_measurements = bits & 32;
  shape.handshake_in_the_clear = bits & 64, shape.multi_key = bits & 128;
  const base::View message = in.subspan(2);
  switch (in[0] % 8) {
    case 0: with<spdm::CertificateChain>(message, shape); break;
    case 1: with<spdm::ChallengeAuth>(message, shape); break;
    case 2: with<spdm::Digests>(message, shape); break;
    case 3: with<spdm::FinishResponse>(message, shape); break;
    case 4: with<spdm::KeyExchangeResponse>(message, shape); break;
    case 5: with<spdm::Measurements>(message, shape); break;
    case 6: wire::fuzz_one<spdm::Capabilities>(message.data(), message.size()); break;
    default:
      std::size_t size = 0;
      for (const auto& one : spdm::split_certificates(message)) size += one.size();
      base::check(size == 0 || size == message.size(), "a row of certificates is cut without rest");
  }
}

base::Bytes seed() {
  base::Bytes out{1, 16};
  spdm::ChallengeAuth message;
  message.shape.measurement_summary = true;
  base::append(out, wire::encode(wire::sized(message)));
  return out;
}

}  // namespace

FUZZ_TARGET(read, seed())
