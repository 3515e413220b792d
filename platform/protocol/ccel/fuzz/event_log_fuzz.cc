// An event log of either algorithm: what is read is written back as it was, up to the bytes behind it, and replays to an end.
#include "platform/base/check.h"
#include "platform/protocol/ccel/event_log.h"
#include "tests/fuzz/target.h"

namespace {

using Small = ccel::EventLog<ccel::Sha256, 4>;
using Large = ccel::EventLog<ccel::Sha384, 4>;

template <class Log>
void read(base::View in) {
  const auto log = Log::decode(in);
  if (!log) {
    base::check(log.error().offset <= in.size(), "an error points into its input");
    return;
  }
  base::Bytes again = log->encode();
  base::check(again.size() <= in.size(), "a log is no longer than what it was read from");
  again.resize(in.size(), 0xff);
  base::check(again == base::bytes_of(in), "a log is written back as it was read");
  (void)log->template replay<base::Bytes>([](const base::Bytes& mr, const auto& digest) {
    auto both = mr;
    base::append(both, digest);
    return both;
  });
}

// The first byte chooses, so that either is reached.
void choose(base::View in) {
  if (in.empty()) return;
  if (in[0] & 1) read<Small>(in.subspan(1));
  else read<Large>(in.subspan(1));
}

base::Bytes seed() {
  const Large log{.spec_id = {},
                  .events = {{.mr_index = 1, .type = ccel::kEventSeparator, .size = 4, .data = base::Bytes(4)},
                             {.mr_index = 3, .type = ccel::kEventIpl}}};
  base::Bytes out{0};
  base::append(out, log.encode());
  return out;
}

}  // namespace

FUZZ_TARGET(choose, seed())
