#include "scenarios/exports/dissector.h"

#include <algorithm>

#include <fmt/format.h>

#include "platform/base/check.h"
#include "platform/protocol/spdm/algorithms.h"

namespace exports {

namespace {

using wire::Outline;
using Word = Outline::Word;

// Fields that every message of a family has go by one name in filters: "glacis.spdm.header.code". So does a packet inside of a
// protected one.
std::string below(const std::string& prefix, const std::string& name) {
  if (name == "tlp") return "glacis.tlp";
  const auto family_end = prefix.find('.', prefix.find('.') + 1);
  if (name == "header") return prefix.substr(0, family_end) + ".header";
  return prefix + "." + name;
}

std::size_t min_size(const std::vector<Outline>& words) {
  std::size_t at = 0;
  for (const auto& word : words) switch (word.word) {
      case Word::kNumber:
      case Word::kBytes:
      case Word::kReserved: at += word.size; break;
      case Word::kMessage: at += min_size(word.inner); break;
      case Word::kArray: at += word.size * min_size(word.inner); break;
      case Word::kGapTo: at = std::max(at, word.size); break;
      case Word::kAlign: at = (at + word.size - 1) / word.size * word.size; break;
      case Word::kRun:
      case Word::kRest:
      case Word::kWhen:
      case Word::kDemand: break;
    }
  return at;
}

struct Field {
  std::string label;
  std::size_t width = 0;  // of a number; 0: bytes
};

class Maker {
 public:
  std::string words(const std::vector<Outline>& words, const std::string& prefix) {
    std::string out = "{";
    for (const auto& word : words) out += this->word(word, prefix) + ", ";
    return out + "}";
  }

  std::map<std::string, Field> fields;

 private:
  std::string field(const std::string& prefix, const std::string& name, std::size_t width) {
    const auto key = name.empty() ? prefix : prefix + "." + name;
    auto& field = fields[key];
    field.label = name.empty() ? prefix.substr(prefix.rfind('.') + 1) : name;
    field.width = std::max(field.width, width);
    return key;
  }

  static std::string rule(const Outline& word) {
    std::string text(lua_rule(word.rule));
    if (word.is_field) text = "m." + word.rule.substr(word.rule.rfind(':') + 1);
    base::check(!text.empty(), ("every member function that a layout asks is known to the dissector: " + word.rule).c_str());
    return "function(m, s) return " + text + " end";
  }

  std::string word(const Outline& word, const std::string& prefix) {
    const char* loose = word.loose ? "true" : "false";
    switch (word.word) {
      case Word::kNumber:
        return fmt::format("{{number, \"{}\", {}, {}, \"{}\"}}", word.name, word.size, word.order == wire::Order::kBig,
                           field(prefix, word.name, word.size));
      case Word::kBytes: return fmt::format("{{bytes, \"{}\", {}, \"{}\"}}", word.name, word.size, field(prefix, word.name, 0));
      case Word::kMessage: return fmt::format("{{message, \"{}\", {}}}", word.name, words(word.inner, below(prefix, word.name)));
      case Word::kArray: return fmt::format("{{array, \"{}\", {}, {}}}", word.name, word.size, item(word, prefix));
      case Word::kReserved: return fmt::format("{{reserved, {}, {}, \"{}\"}}", word.size, loose, field(prefix, "reserved", 0));
      case Word::kGapTo: return fmt::format("{{gap_to, {}, {}, \"{}\"}}", word.size, loose, field(prefix, "reserved", 0));
      case Word::kAlign: return fmt::format("{{align, {}, {}, \"{}\"}}", word.size, loose, field(prefix, "reserved", 0));
      case Word::kRun: {
        const auto& one = word.inner.at(0);
        if (one.word == Word::kNumber && one.size == 1)
          return fmt::format("{{byte_run, \"{}\", {}, \"{}\"}}", word.name, rule(word), field(prefix, word.name, 0));
        return fmt::format("{{run, \"{}\", {}, {}, {}}}", word.name, rule(word), min_size(word.inner), item(word, prefix));
      }
      case Word::kRest: return fmt::format("{{rest, \"{}\", \"{}\"}}", word.name, field(prefix, word.name, 0));
      case Word::kWhen: return fmt::format("{{when, {}, {}}}", rule(word), words(word.inner, prefix));
      case Word::kDemand: return fmt::format("{{demand, {}, {}}}", rule(word), word.size);
    }
    return {};
  }

  // The one item of a row goes by the row's name.
  std::string item(const Outline& row, const std::string& prefix) {
    Outline one = row.inner.at(0);
    one.name = row.name;
    return word(one, prefix);
  }
};

std::string text_of(const std::map<unsigned, std::string>& names) {
  std::string out = "{";
  for (const auto& [value, name] : names) out += fmt::format("[{}] = \"{}\", ", value, name);
  return out + "}";
}

// What was agreed on before anything was, and sizes by the bit that names an algorithm, as the sender of a message has them.
std::string sizes() {
  const spdm::Shape usual;
  std::string out = fmt::format(
      "local default_shape = {{digest = {}, signature = {}, requester_signature = {}, exchange = {}, summary = {}, signed = {}, "
      "clear = {}, multi_key = {}}}\n",
      usual.digest, usual.signature, usual.requester_signature, usual.exchange, usual.measurement_summary, usual.signed_measurements,
      usual.handshake_in_the_clear, usual.multi_key);
  const auto table = [&](std::string_view name, unsigned width, auto size_of) {
    out += fmt::format("local {} = {{", name);
    for (unsigned bit = 0; bit < width; ++bit)
      if (const std::size_t size = size_of(1u << bit)) out += fmt::format("[{}] = {}, ", 1u << bit, size);
    out += "}\n";
  };
  table("digest_sizes", 32, [](std::uint32_t algorithm) { return spdm::digest_size(algorithm); });
  table("signature_sizes", 32, [](std::uint32_t algorithm) { return spdm::signature_size(algorithm); });
  table("exchange_sizes", 16, [](std::uint32_t algorithm) { return spdm::exchange_size(static_cast<std::uint16_t>(algorithm)); });
  return out;
}

}  // namespace

std::string dissector_script() {
  Maker maker;
  std::string layouts;
  for (const auto& layout : dissected()) layouts += fmt::format("layouts[\"{}\"] = {}\n", layout.name, maker.words(layout.words, layout.prefix));
  const auto names = value_names();
  std::string fields;
  for (const auto& [key, field] : maker.fields) {
    const auto found = names.find(key);
    fields += fmt::format("field(\"{}\", \"{}\", {}, {})\n", key, field.label, field.width, found == names.end() ? "nil" : text_of(found->second));
  }
  return std::string(lua_walker()) + "\n-- Fields, by their names in filters: width in bytes (0: not a number), names of values.\n" + fields +
         "\n-- Layouts, word by word.\n" + layouts + "\n" + sizes() + std::string(lua_protocols());
}

}  // namespace exports
