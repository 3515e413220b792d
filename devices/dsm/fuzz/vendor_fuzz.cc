#include "devices/dsm/test_bench.h"
#include "platform/base/check.h"
#include "platform/wire/wire.h"
#include "tests/fuzz/target.h"

namespace {

// Messages of a session one after another, each behind its length in a byte, to an interface that runs. Whatever they
// are, each answer is one of the protocol's own, and what is locked has been reported.
void talk(base::View in) {
  dsm::Bench bench;
  bench.bring_to(tdisp::State::kRun, tdisp::kLockBindP2p);
  while (!in.empty()) {
    const std::size_t size = std::min<std::size_t>(in[0], in.size() - 1);
    const base::View message = in.subspan(1, size);
    in = in.subspan(1 + size);
    auto reply = bench.ask(dsm::kOurs, message);
    if (reply) base::check(reply->size() >= 2 && (*reply)[0] == message[0], "an answer is of its request's protocol");
    const bool locked = bench.tdi->state() == tdisp::State::kConfigLocked || bench.tdi->state() == tdisp::State::kRun;
    base::check(!locked || bench.tdi->shown_report(), "what is locked has a report");
  }
}

// Stop, lock, report, key.
base::Bytes seed() {
  dsm::Bench bench;
  base::Bytes out;
  for (const base::Bytes& message :
       {wire::encode(tdisp::StopInterfaceRequest{bench.header(tdisp::Code::kStopInterfaceRequest)}),
        wire::encode(bench.lock_request()),
        wire::encode(tdisp::GetDeviceInterfaceReport{bench.header(tdisp::Code::kGetDeviceInterfaceReport)}),
        wire::encode(dsm::Bench::key_prog(1, 1, 0, 0)), wire::encode(ide_km::SetStop{.stream_id = 1})}) {
    out.push_back(static_cast<std::uint8_t>(message.size()));
    base::append(out, message);
  }
  return out;
}

}  // namespace

FUZZ_TARGET(talk, seed())
