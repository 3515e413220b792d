// How definition blocks are read, and what they define.
#include "platform/protocol/acpi/aml_ops.h"

namespace acpi {

Aml::Value Aml::fail(const Frame& frame, const std::string& what) {
  if (why_.empty()) why_ = "at byte " + std::to_string(frame.at) + ": " + what;
  return std::nullopt;
}

std::optional<std::uint8_t> Aml::byte(Frame& f) {
  if (f.at >= f.end) return fail(f, "the block ends within a term"), std::nullopt;
  return blocks_[f.block][f.at++];
}

Aml::Value Aml::number(Frame& f, unsigned bytes) {
  std::uint64_t out = 0;
  for (unsigned i = 0; i < bytes; ++i) {
    const auto next = byte(f);
    if (!next) return std::nullopt;
    out |= std::uint64_t{*next} << 8 * i;
  }
  return out;
}

// 20.2.4: one to four bytes, which count themselves.
std::optional<std::size_t> Aml::package(Frame& f) {
  const std::size_t start = f.at;
  const auto lead = byte(f);
  if (!lead) return std::nullopt;
  const unsigned more = *lead >> 6;
  std::size_t length = more == 0 ? *lead & 0x3F : *lead & 0x0F;
  for (unsigned i = 0; i < more; ++i) {
    const auto next = byte(f);
    if (!next) return std::nullopt;
    length |= std::size_t{*next} << (4 + 8 * i);
  }
  if (length < f.at - start || length > f.end - start) return fail(f, "a package is longer than what it stands in"), std::nullopt;
  return start + length;
}

std::optional<std::string> Aml::name(Frame& f) {
  std::string out;
  for (;;) {
    const auto c = byte(f);
    if (!c) return std::nullopt;
    if (*c == kRoot || *c == kParent) {
      out += static_cast<char>(*c);
      continue;
    }
    unsigned segments = 1;
    if (*c == 0) return out;
    if (*c == kDual) segments = 2;
    else if (*c == kMulti) {
      const auto count = byte(f);
      if (!count) return std::nullopt;
      segments = *count;
    } else {
      --f.at;
    }
    for (unsigned i = 0; i < segments; ++i) {
      if (i != 0) out += '.';
      for (int j = 0; j < 4; ++j) {
        const auto letter = byte(f);
        if (!letter) return std::nullopt;
        if (!in_name(*letter)) return fail(f, "a name has a letter that names have not"), std::nullopt;
        out += static_cast<char>(*letter);
      }
    }
    return out;
  }
}

std::string Aml::absolute(const Frame& f, const std::string& name) const {
  if (name.starts_with('\\')) return name.size() == 1 ? "\\" : "\\" + name.substr(1);
  std::string scope = f.scope;
  std::size_t at = 0;
  for (; at < name.size() && name[at] == '^'; ++at) scope = parent_of(scope);
  return at == name.size() ? scope : under(scope, name.substr(at));
}

// 5.3: a single segment is looked for upwards, anything else only where it says.
std::string Aml::resolve(const Frame& f, const std::string& name) const {
  const std::string here = absolute(f, name);
  if (objects_.contains(here)) return here;
  if (name.size() != 4) return {};
  for (std::string scope = f.scope; scope != "\\"; ) {
    scope = parent_of(scope);
    const std::string there = under(scope, name);
    if (objects_.contains(there)) return there;
  }
  return {};
}

bool Aml::define(const Frame& f, const std::string& name, Object object) {
  if (objects_.size() >= limits_.names_max) return fail(f, "more names than a namespace has here"), false;
  objects_[absolute(f, name)] = std::move(object);
  return true;
}

// A scope and a device alike: a package with a name and terms under it.
Aml::Value Aml::define_scope(Frame& f) {
  const auto end = package(f);
  if (!end) return std::nullopt;
  const std::size_t outer_end = f.end;
  f.end = *end;
  const auto called = name(f);
  f.end = outer_end;
  if (!called || !define(f, *called, {.kind = Object::Kind::kScope, .region = {}})) return std::nullopt;
  const std::string outer = std::exchange(f.scope, absolute(f, *called));
  const bool done = block(f, *end);
  f.scope = outer;
  return done ? Value(0) : std::nullopt;
}

Aml::Value Aml::define_name(Frame& f) {
  const auto called = name(f);
  if (!called) return std::nullopt;
  const auto value = term(f);
  if (!value || !define(f, *called, {.value = *value, .region = {}})) return std::nullopt;
  return 0;
}

Aml::Value Aml::define_method(Frame& f) {
  const auto end = package(f);
  if (!end) return std::nullopt;
  const auto called = name(f);
  const auto flags = called ? byte(f) : std::nullopt;
  if (!flags || f.at > *end) return fail(f, "a method is shorter than its name");
  const Object method{.kind = Object::Kind::kMethod, .region = {}, .block = f.block, .at = f.at, .end = *end, .args = *flags & 7u};
  if (!define(f, *called, method)) return std::nullopt;
  f.at = *end;
  return 0;
}

Aml::Value Aml::define_region(Frame& f) {
  const auto called = name(f);
  const auto space = called ? byte(f) : std::nullopt;
  const auto offset = space ? term(f) : std::nullopt;
  const auto length = offset ? term(f) : std::nullopt;
  if (!length) return std::nullopt;
  if (*length > ~std::uint64_t{0} - *offset) return fail(f, "a region ends behind all addresses");
  const Object region{.kind = Object::Kind::kRegion, .value = *offset, .length = *length, .space = static_cast<Space>(*space), .region = {}};
  return define(f, *called, region) ? Value(0) : std::nullopt;
}

Aml::Value Aml::define_fields(Frame& f) {
  const auto end = package(f);
  if (!end) return std::nullopt;
  const auto of = name(f);
  if (!of || !byte(f)) return std::nullopt;
  const std::string region = resolve(f, *of);
  if (region.empty() || objects_.at(region).kind != Object::Kind::kRegion) return fail(f, "fields of a region that is not there");
  std::uint64_t bit = 0;
  while (f.at < *end) {
    const auto lead = byte(f);
    if (!lead) return std::nullopt;
    if (*lead == 1) {  // how accesses are made from here on: any way will do
      if (!number(f, 2)) return std::nullopt;
      continue;
    }
    std::string called;
    if (*lead != 0) {
      --f.at;
      const auto segment = name(f);
      if (!segment || segment->size() != 4) return fail(f, "a field without a name of four letters");
      called = *segment;
    }
    // A length in bits, in the encoding of packages, which counts nothing of itself.
    const auto first = byte(f);
    if (!first) return std::nullopt;
    std::uint32_t bits = *first >> 6 == 0 ? *first & 0x3F : *first & 0x0F;
    for (unsigned i = 0; i < unsigned{*first} >> 6; ++i) {
      const auto next = byte(f);
      if (!next) return std::nullopt;
      bits |= std::uint32_t{*next} << (4 + 8 * i);
    }
    if (!called.empty() && !define(f, called, {.kind = Object::Kind::kField, .region = region, .bit = bit, .bits = bits})) return std::nullopt;
    bit += bits;
  }
  if (f.at != *end) return fail(f, "a list of fields ends within a field");
  return 0;
}

}  // namespace acpi
