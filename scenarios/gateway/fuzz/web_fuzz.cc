// Any head of a request, and any message: a head that is let in has the token, our host and no other page's origin; a message is read
// or refused; any bytes become text that stays as it is when it is made text again.
#include "platform/base/check.h"
#include "platform/base/user_error.h"
#include "scenarios/gateway/web_guard.h"
#include "scenarios/gateway/web_message.h"
#include "tests/fuzz/target.h"

namespace {

constexpr std::string_view kToken = "00112233445566778899aabbccddeeff";

std::string_view take_line(std::string_view& in) {
  const auto end = in.find('\n');
  const auto line = in.substr(0, end);
  in.remove_prefix(end == in.npos ? in.size() : end + 1);
  return line;
}

void read(base::View in) {
  std::string_view text(reinterpret_cast<const char*>(in.data()), in.size());
  const std::string whole = gateway::as_utf8(std::string(text));
  base::check(gateway::as_utf8(whole) == whole, "text stays text");
  try {
    base::check(!gateway::parse_web_message(text).ask.empty(), "a message asks something");
  } catch (const base::UserError&) {
  }
  gateway::WebHead head{.method = take_line(text), .target = take_line(text), .hosts = {take_line(text)}, .origins = {}, .upgrade = false};
  while (!text.empty()) head.origins.push_back(take_line(text));
  const auto judged = gateway::judge(head, 80, kToken);
  if (!judged) {
    base::check(!judged.why.empty() && judged.why.find(kToken) == std::string::npos, "a refusal has a reason and no secret");
    return;
  }
  base::check(head.target == judged.path + "?token=" + std::string(kToken), "only the token opens");
  base::check(head.hosts[0] == "127.0.0.1:80" || head.hosts[0] == "localhost:80", "only our names open");
  base::check(head.origins.empty() || head.origins[0] == "http://" + std::string(head.hosts[0]), "no other page's requests");
}

}  // namespace

FUZZ_TARGET(read, base::bytes_of(base::view_of("GET\n/?token=00112233445566778899aabbccddeeff\n127.0.0.1:80\nhttp://127.0.0.1:80")))
