// Whatever arrives from the network, an owner who asks for quotes answers with a message of its own and releases nothing for it.
#include "guest/relying_party/measured_party.h"
#include "guest/relying_party/test_evidence.h"
#include "platform/base/check.h"
#include "platform/protocol/tpm/commands.h"
#include "platform/wire/wire.h"
#include "tests/fuzz/target.h"

namespace {

using namespace relying_party;

base::Bytes seed() {
  TpmEvidence message;
  message.endorsement = tpm::endorsement_template();
  message.attestation = tpm::attestation_template();
  message.evidence = wire::encode(Evidence{});
  message.evidence_size = static_cast<std::uint32_t>(message.evidence.size());
  show_entries(message, {ima::file_entry(ima::Bank::kSha256, {}, ima::kBootAggregate)});
  return wire::encode(message);
}

}  // namespace

FUZZ_TARGET(
    [](base::View in) {
      trust::Defences defences;
      MeasuredParty owner({}, asks_nothing(), base::bytes_of("the disk key"), test::random_from("owner"), defences);
      const auto answer = owner.receive(in, {});
      base::check(wire::decode<Challenge>(answer) || wire::decode<Refused>(answer), "an answer is a message");
      base::check(owner.releases().empty(), "nothing is released without a challenge");
    },
    seed())
