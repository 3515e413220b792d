#include "scenarios/gateway/recording.h"

#include <charconv>

#include <fmt/format.h>

#include "platform/base/user_error.h"

namespace gateway {

namespace {

constexpr std::string_view kHead = "glacis conversation 1";

class Reader {
 public:
  Reader(std::string_view text, const std::string& file) : text_(text), file_(file) {}

  std::vector<Conversation> read() {
    std::vector<Conversation> out;
    if (next() != kHead) fail(fmt::format("the file does not begin with `{}`", kHead));
    while (!text_.empty()) {
      const auto line = next();
      if (line == "begin")
        out.emplace_back();
      else if (out.empty())
        fail("expected `begin`");
      else
        out.back().push_back(exchange(line));
    }
    return out;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw base::UserError(fmt::format("{}:{}:1: {}", file_, line_, what));
  }

  std::string_view next() {
    ++line_;
    const auto end = text_.find('\n');
    if (end == text_.npos) fail(text_.empty() ? "the file ends here too early" : "the line has no end");
    const auto line = text_.substr(0, end);
    text_.remove_prefix(end + 1);
    return line;
  }

  base::Bytes bytes(std::string_view hex) const {
    auto out = base::from_hex(hex);
    if (!out || base::to_hex(*out) != hex) fail("expected bytes as pairs of hexadecimal digits, in lower case");
    return *std::move(out);
  }

  Exchange exchange(std::string_view line) {
    constexpr std::string_view kAsk = "ask ", kAnswer = "answer ";
    if (!line.starts_with(kAsk)) fail("expected `begin` or `ask TIME HEX`");
    line.remove_prefix(kAsk.size());
    Exchange out;
    const auto [end, bad] = std::from_chars(line.data(), line.data() + line.size(), out.time);
    const auto digits = static_cast<std::size_t>(end - line.data());
    if (bad != std::errc() || digits >= line.size() || *end != ' ') fail("expected `ask TIME HEX`");
    out.object = bytes(line.substr(digits + 1));
    const auto answer = next();
    if (answer == "silence") return out;
    if (!answer.starts_with(kAnswer)) fail("expected `answer HEX` or `silence`");
    out.answer = bytes(answer.substr(kAnswer.size()));
    return out;
  }

  std::string_view text_;
  const std::string& file_;
  std::size_t line_ = 0;
};

}  // namespace

std::string text_of(const std::vector<Conversation>& conversations) {
  std::string out(kHead);
  out += '\n';
  for (const auto& conversation : conversations) {
    out += "begin\n";
    for (const auto& exchange : conversation) {
      out += fmt::format("ask {} {}\n", exchange.time, base::to_hex(exchange.object));
      out += exchange.answer ? fmt::format("answer {}\n", base::to_hex(*exchange.answer)) : "silence\n";
    }
  }
  return out;
}

std::vector<Conversation> conversations_of(std::string_view text, const std::string& file) {
  return Reader(text, file).read();
}

}  // namespace gateway
