// An event log: what is read is written back as it was, up to what fills its area.
#include "platform/protocol/cca/event_log.h"
#include "platform/wire/fuzz.h"

namespace {

base::Bytes seed() {
  ccaproto::EventLog log;
  log.events = {ccaproto::event_of(1, ccaproto::kEventIpl, base::view_of("kernel"))};
  return ccaproto::encode_event_log(log);
}

}  // namespace

WIRE_FUZZ_FUNCTION(
    [](base::View in) {
      const auto log = ccaproto::decode_event_log(in);
      if (!log) return;
      base::Bytes again = ccaproto::encode_event_log(*log);
      base::check(again.size() <= in.size(), "a log is no longer than what it was read from");
      again.resize(in.size(), 0xff);
      base::check(again == base::bytes_of(in), "a log is written back as it was read");
      (void)ccaproto::replay(ccaproto::HashAlgorithm::kSha512, *log);
    },
    seed())
