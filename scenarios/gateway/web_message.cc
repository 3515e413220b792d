#include "scenarios/gateway/web_message.h"

#include <boost/json.hpp>

#include "platform/base/user_error.h"

namespace gateway {

namespace json = boost::json;

namespace {

constexpr std::int64_t kIdMax = (std::int64_t{1} << 53) - 1;

const json::string& need_text(const json::value& value, std::string_view field) {
  if (const auto* text = value.if_string()) return *text;
  throw base::UserError("a message whose `" + std::string(field) + "` holds something other than texts");
}

void read_field(WebMessage& out, std::string_view name, const json::value& value) {
  const std::string key(name);
  if (const auto* list = value.if_array()) {
    auto& texts = out.lists[key];
    for (const auto& item : *list) texts.emplace_back(need_text(item, name));
  } else if (const auto* map = value.if_object()) {
    auto& texts = out.maps[key];
    for (const auto& item : *map) texts[std::string(item.key())] = std::string(need_text(item.value(), name));
  } else {
    out.texts[key] = std::string(need_text(value, name));
  }
}

template <class Map>
auto found(const Map& map, const std::string& name) {
  const auto at = map.find(name);
  return at == map.end() ? typename Map::mapped_type{} : at->second;
}

}  // namespace

std::string WebMessage::text(const std::string& name) const { return found(texts, name); }
std::vector<std::string> WebMessage::list(const std::string& name) const { return found(lists, name); }
std::map<std::string, std::string> WebMessage::map(const std::string& name) const { return found(maps, name); }

WebMessage parse_web_message(std::string_view text) {
  boost::system::error_code error;
  const auto value = json::parse({text.data(), text.size()}, error);
  if (error) throw base::UserError("a message that is no JSON: " + error.message());
  const auto* object = value.if_object();
  if (!object) throw base::UserError("a message is one JSON object");
  WebMessage out;
  bool numbered = false;
  for (const auto& field : *object) {
    const std::string_view name(field.key().data(), field.key().size());
    if (name == "id") {
      const auto* number = field.value().if_int64();
      if (!number || *number < 0 || *number > kIdMax) throw base::UserError("a message whose `id` is no whole number");
      out.id = static_cast<std::uint64_t>(*number);
      numbered = true;
    } else if (name == "ask") {
      out.ask = std::string(need_text(field.value(), name));
    } else {
      read_field(out, name, field.value());
    }
  }
  if (!numbered || out.ask.empty()) throw base::UserError("a message needs an `id` and an `ask`");
  return out;
}

}  // namespace gateway
