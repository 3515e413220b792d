#include "scenarios/load/values.h"

#include "scenarios/load/units.h"

namespace load {

namespace {

std::uint64_t need_quantity(const Node& node, std::string_view name, Quantity (*parse)(std::string_view)) {
  auto quantity = parse(need_text(node, name));
  if (!quantity.value) fail(node.place, "`" + std::string(name) + "`: " + quantity.error);
  return *quantity.value;
}

}  // namespace

std::uint64_t need_count(const Node& node, std::string_view name) { return need_quantity(node, name, parse_count); }
std::uint64_t need_size(const Node& node, std::string_view name) { return need_quantity(node, name, parse_size); }
std::uint64_t need_time(const Node& node, std::string_view name) { return need_quantity(node, name, parse_time); }

Value read_value(const Node& node, std::string_view name, ValueKind kind, const Names& values) {
  Value out;
  switch (kind) {
    case ValueKind::kWord:
    case ValueKind::kWords:
      if (kind == ValueKind::kWord) need_text(node, name);
      out.texts = need_texts(node, name);
      for (const auto* text : out.texts)
        need_known(text->place, "value of `" + std::string(name) + "`:", text->text, values);
      return out;
    case ValueKind::kCount:
      out.number = need_count(node, name);
      break;
    case ValueKind::kSize:
      out.number = need_size(node, name);
      break;
    case ValueKind::kTime:
      out.number = need_time(node, name);
      break;
    case ValueKind::kFlag: {
      const auto& text = need_text(node, name);
      if (text != "true" && text != "false")
        fail(node.place, "`" + std::string(name) + "` must be true or false, and is `" + text + "`");
      out.number = text == "true";
      break;
    }
  }
  out.texts = {&node};
  return out;
}

}  // namespace load
