#include "scenarios/report/json_text.h"

#include <boost/json/serialize.hpp>

namespace report {

namespace {

namespace json = boost::json;

bool flat(const json::array& array) {
  for (const auto& item : array)
    if (item.is_structured()) return false;
  return true;
}

void write(const json::value& value, const std::string& indent, std::string& out) {
  auto deeper = indent + "  ";
  if (const auto* object = value.if_object(); object && !object->empty()) {
    const char* before = "{\n";
    for (const auto& entry : *object) {
      out += before + deeper + json::serialize(json::string(entry.key())) + ": ";
      write(entry.value(), deeper, out);
      before = ",\n";
    }
    out += "\n" + indent + "}";
  } else if (const auto* array = value.if_array(); array && !flat(*array)) {
    const char* before = "[\n";
    for (const auto& item : *array) {
      out += before + deeper;
      write(item, deeper, out);
      before = ",\n";
    }
    out += "\n" + indent + "]";
  } else {
    out += json::serialize(value);
  }
}

}  // namespace

std::string indented(const json::value& value) {
  std::string out;
  write(value, "", out);
  return out + "\n";
}

}  // namespace report
