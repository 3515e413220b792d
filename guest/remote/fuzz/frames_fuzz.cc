// Any bytes are one request or none, and a request has one form.
#include "guest/remote/frames.h"
#include "platform/base/check.h"
#include "tests/fuzz/target.h"

namespace {

base::Bytes seed() { return remote::encode(remote::Request{.call = GLACIS_CALL_SEND, .words = {1}, .blobs = {{7}, {'p'}, {1, 2, 3}}}); }

void read_one(base::View in) {
  const auto request = remote::decode_request(in);
  base::check(!request || remote::encode(*request) == base::bytes_of(in), "a request is written as it was read");
  const auto reply = remote::decode_reply(in);
  base::check(!reply || remote::encode(*reply) == base::bytes_of(in), "a reply is written as it was read");
}

}  // namespace

FUZZ_TARGET(read_one, seed())
