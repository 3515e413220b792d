#include "platform/base/check.h"
#include "platform/crypto/der.h"
#include "tests/fuzz/target.h"

namespace {

constexpr int kNestingMax = 64;

// Elements within elements; each is written as it was read.
void walk(base::View in, int nesting) {
  while (const auto element = crypto::der::read(in)) {
    base::check(crypto::der::element(element->tag, element->content) == base::bytes_of(element->whole), "one value has one form");
    if (nesting < kNestingMax) walk(element->content, nesting + 1);
  }
}

}  // namespace

FUZZ_TARGET(
    [](base::View in) {
      walk(in, 0);
      if (const auto number = crypto::der::read_integer(in))
        base::check(crypto::der::integer(*number) == base::bytes_of(in), "one number has one form");
      crypto::der::read_text(crypto::der::kUtf8String, in);
    },
    crypto::der::sequence({crypto::der::integer(300), crypto::der::text(crypto::der::kUtf8String, "name"),
                           crypto::der::sequence({crypto::der::object_id("1.2.840.10045.2.1")})}))
