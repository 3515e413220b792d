// An event log: what is read is written back as it was, up to the bytes behind it, and replays to an end.
#include "platform/protocol/tdx/event_log.h"
#include "platform/wire/fuzz.h"

WIRE_FUZZ_FUNCTION(
    [](base::View in) {
      const auto log = tdxproto::decode_event_log(in);
      if (!log) {
        base::check(log.error().offset <= in.size(), "an error points into its input");
        return;
      }
      base::Bytes again = tdxproto::encode_event_log(*log);
      again.resize(in.size(), 0xff);
      base::check(again == base::bytes_of(in), "a log is written back as it was read");
      tdxproto::replay(*log);
    },
    tdxproto::encode_event_log({.spec_id = {},
                                .events = {tdxproto::event_of(1, tdxproto::kEventSeparator, base::Bytes(4)),
                                           tdxproto::event_of(3, tdxproto::kEventIpl, base::view_of("kernel"))}}))
