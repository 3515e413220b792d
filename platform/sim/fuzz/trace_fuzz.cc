#include "platform/base/check.h"
#include "platform/sim/trace.h"
#include "tests/fuzz/target.h"

namespace {

base::Bytes seed() {
  sim::Trace trace;
  for (std::uint64_t i = 0; i < 3; ++i)
    trace.add({.at = i, .actor = trace.intern("vm0"), .verb = trace.intern("refused: {text} {a:x} {b} {"), .text = trace.intern("x"), .a = i});
  return trace.bytes();
}

}  // namespace

FUZZ_TARGET(
    [](base::View in) {
      sim::Trace trace;
      if (const auto error = trace.read(in)) {
        base::check(error->offset <= in.size() && !error->what.empty(), "an error points into its input");
        return;
      }
      for (std::uint64_t i = 0; i < trace.size(); ++i) trace.format(trace.at(i));
      base::check(trace.bytes() == base::bytes_of(in), "a trace is written back as it was read");
    },
    seed())
