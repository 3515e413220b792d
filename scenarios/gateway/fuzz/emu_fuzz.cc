// Any bytes of a peer on spdm-emu's socket protocol: whole frames are answered or say why not, nothing is kept of half of one; and any
// text as a recording of such conversations, which is read as it was written or refused with its line.
#include <string_view>

#include "platform/base/check.h"
#include "platform/base/user_error.h"
#include "scenarios/gateway/emu_frame.h"
#include "scenarios/gateway/recording.h"
#include "tests/fuzz/target.h"

namespace {

void read(base::View in) {
  base::View left = in;
  while (const auto header = wire::decode_front<gateway::EmuHeader>(left)) {
    if (header->payload_bytes > left.size()) break;
    const auto frame = gateway::encode_frame(header->command, header->transport, left.first(header->payload_bytes));
    left = left.subspan(header->payload_bytes);
    const auto at = static_cast<std::size_t>(left.data() - in.data());
    base::check(base::bytes_of(in.subspan(at - frame.size(), frame.size())) == frame, "a frame is written as it was read");
  }
  try {
    const auto said = gateway::conversations_of(base::text_of(in), "recording");
    base::check(gateway::conversations_of(gateway::text_of(said), "again") == said, "a recording is read as it was written");
  } catch (const base::UserError& error) {
    base::check(std::string_view(error.what()).starts_with("recording:"), "a refusal names its line");
  }
}

}  // namespace

FUZZ_TARGET(read, base::bytes_of(base::view_of(gateway::text_of({{{.time = 5, .object = {1, 0, 1, 0}, .answer = base::Bytes{2}}, {.time = 6, .object = {3}, .answer = {}}}}))))
