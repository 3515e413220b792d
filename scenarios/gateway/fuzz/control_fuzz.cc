// Any bytes on swtpm's control socket, and any answers of the TPM's process behind it: each whole request has one answer with a result.
// The first byte says how much of the input is the process's.
#include "platform/base/check.h"
#include "scenarios/gateway/swtpm_protocol.h"
#include "tests/fuzz/target.h"

namespace {

void read(base::View in) {
  if (in.empty()) return;
  const std::size_t of_process = std::min<std::size_t>(in[0], in.size() - 1);
  const base::View said = in.subspan(1, of_process);
  base::View left = in.subspan(1 + of_process);
  vtpm::Tpm tpm([&](base::View) { return std::optional(base::bytes_of(said)); }, [] { return 0; }, {});
  gateway::SwtpmDesk desk(tpm);
  while (left.size() >= 4 && !desk.over()) {
    const std::uint32_t code = std::uint32_t{left[0]} << 24 | std::uint32_t{left[1]} << 16 | std::uint32_t{left[2]} << 8 | left[3];
    left = left.subspan(4);
    std::size_t body = gateway::control_body_bytes(code, {});
    if (body > left.size()) return;
    body = gateway::control_body_bytes(code, left.first(body));  // with the length that may stand at its end
    if (body > gateway::kControlBodyMax || body > left.size()) return;
    base::check(gateway::control_body_bytes(code, left.first(body)) == body, "a whole request is whole");
    base::check(desk.control(code, left.first(body)).size() >= 4, "an answer has a result");
    left = left.subspan(body);
  }
  (void)desk.command(left);
}

}  // namespace

FUZZ_TARGET(read, base::Bytes({4, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 1, 0xaa, 0, 0, 0, 18, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0}))
