// Whatever arrives from the network, the owner answers with a message of its own and releases nothing for it: nobody here has a
// nonce that was asked for.
#include "guest/relying_party/server.h"
#include "guest/relying_party/test_evidence.h"
#include "platform/base/check.h"
#include "platform/wire/wire.h"
#include "tests/fuzz/target.h"

namespace {

using namespace relying_party;

base::Bytes seed() {
  test::TestEvidence machine;
  Evidence message;
  message.report = machine.bytes();
  message.certificates = machine.table();
  message.report_size = static_cast<std::uint32_t>(message.report.size());
  message.certificates_size = static_cast<std::uint32_t>(message.certificates.size());
  return wire::encode(message);
}

}  // namespace

FUZZ_TARGET(
    [](base::View in) {
      static const test::TestEvidence machine;
      trust::Defences defences;
      RelyingParty owner(snp_appraiser(machine.policy, defences), base::bytes_of("the disk key"), test::random_from("owner"), defences);
      const auto answer = owner.receive(in, {0, machine.now});
      base::check(wire::decode<Challenge>(answer) || wire::decode<Refused>(answer), "an answer is a message");
      base::check(owner.releases().empty(), "nothing is released without a challenge");
      for (const auto& schema : schemas()) schema.fuzz(in.data(), in.size());
    },
    seed())
