// Whatever arrives at an owner at run time, he answers with a message of his own and changes nothing for who has no key; as a question
// that was sealed well, it is answered within limits.
#include "guest/relying_party/services.h"
#include "guest/relying_party/stream_messages.h"
#include "platform/base/check.h"
#include "platform/wire/wire.h"
#include "tests/fuzz/target.h"

namespace {

using namespace relying_party;

const base::Bytes kSecret(32, 7);

base::Bytes seed() {
  Question question{.call = ServiceCall::kCommit, .name = base::bytes_of("disk"), .body = wire::encode(StoreRoot{.generation = 1})};
  question.name_size = static_cast<std::uint32_t>(question.name.size());
  question.body_size = static_cast<std::uint32_t>(question.body.size());
  return wire::encode(question);
}

}  // namespace

FUZZ_TARGET(
    [](base::View in) {
      trust::Defences defences;
      const auto random = [](std::size_t size) { return base::Bytes(size, 9); };
      Services owner(kSecret, {{0, "text"}}, random, defences);
      base::check(type_of(owner.receive(in, {})) == MessageType::kRefused, "who has no key is refused");
      const auto answer = owner.receive(seal_service(service_key(kSecret), Way::kQuestion, base::Bytes(12), in), {});
      base::check(wire::decode<SealedService>(answer) || wire::decode<Refused>(answer), "an answer is a message");
      (void)stream_message_of(in);
    },
    seed())
