// Any bytes are one data object or none, and a message in one stands alone but for its padding.
#include "platform/base/check.h"
#include "platform/protocol/doe/data_object.h"
#include "platform/protocol/doe/discovery.h"
#include "tests/fuzz/target.h"

namespace {

void read(base::View in) {
  const auto object = doe::decode_object(in);
  if (!object) {
    base::check(object.error().offset <= in.size(), "an error points into its input");
    return;
  }
  base::check(object->header.dwords() * 4 == in.size(), "an object is as long as it says");
  if (const auto padded = doe::decode_padded<doe::DiscoveryResponse>(object->content)) {
    base::check(wire::encode(padded->message) == padded->raw, "a message is written back as it was read");
    base::check(object->content.size() - padded->raw.size() < 4, "padding is less than a dword");
  }
}

}  // namespace

FUZZ_TARGET(read, wire::encode(doe::object_of(doe::ObjectType{0}, wire::encode(doe::DiscoveryResponse{}))))
