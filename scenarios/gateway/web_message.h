#pragma once
// What a page says over its WebSocket: one JSON object with a number to answer to, the name of what is asked, and fields that are
// texts, lists of texts or maps of texts. What the fields mean is the handler's business.
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace gateway {

struct WebMessage {
  std::uint64_t id = 0;  // below 2^53, as a page's numbers are
  std::string ask;
  std::map<std::string, std::string> texts;
  std::map<std::string, std::vector<std::string>> lists;
  std::map<std::string, std::map<std::string, std::string>> maps;

  // Of a field that is not there: empty.
  std::string text(const std::string& name) const;
  std::vector<std::string> list(const std::string& name) const;
  std::map<std::string, std::string> map(const std::string& name) const;
};

// Throws base::UserError for whatever else it is.
WebMessage parse_web_message(std::string_view text);

}  // namespace gateway
