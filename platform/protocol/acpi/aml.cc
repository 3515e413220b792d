// How definition blocks run.
#include "platform/protocol/acpi/aml.h"

#include "platform/protocol/acpi/aml_ops.h"

namespace acpi {

bool Aml::block(Frame& f, std::size_t end) {
  const std::size_t outer = f.end;
  f.end = end;
  while (f.at < f.end && !f.returned && !f.broke)
    if (!term(f)) return false;
  f.end = outer;
  f.at = end;
  return true;
}

Aml::Value Aml::term(Frame& f) {
  if (++steps_ > limits_.steps_max) return fail(f, "it never ends");
  const Deeper deeper(f.depth);
  if (f.depth > limits_.depth_max) return fail(f, "it is nested too deeply");
  const auto op = byte(f);
  if (!op) return std::nullopt;
  switch (*op) {
    case kZero: case kNoop: return 0;
    case kOne: return 1;
    case kOnes: return ~std::uint64_t{0};
    case kByte: return number(f, 1);
    case kWord: return number(f, 2);
    case kDword: return number(f, 4);
    case kQword: return number(f, 8);
    case kString:
      for (;;) {
        const auto c = byte(f);
        if (!c) return std::nullopt;
        if (*c == 0) return 0;
      }
    case kBuffer: case kPackage: {
      const auto end = package(f);
      if (!end) return std::nullopt;
      f.at = *end;
      return 0;
    }
    case kName: return define_name(f);
    case kScope: return define_scope(f);
    case kMethod: return define_method(f);
    case kExtended: return extended(f);
    case kIf: return condition(f);
    case kWhile: return loop(f);
    case kBreak: f.broke = true; return 0;
    case kStore: {
      const auto value = term(f);
      return value && store(f, *value) ? value : std::nullopt;
    }
    case kReturn: {
      const auto value = term(f);
      if (value) f.returned = *value;
      return value;
    }
    case kIncrement: case kDecrement: {
      const std::size_t target = f.at;
      const auto value = term(f);
      if (!value) return std::nullopt;
      f.at = target;
      const std::uint64_t next = *op == kIncrement ? *value + 1 : *value - 1;
      return store(f, next) ? Value(next) : std::nullopt;
    }
    case kLnot: {
      const auto value = term(f);
      return value ? Value(*value == 0 ? ~std::uint64_t{0} : 0) : std::nullopt;
    }
    case kAdd: case kSubtract: case kShiftLeft: case kShiftRight: case kAnd: case kOr: case kXor: case kLand: case kLor: case kLequal:
    case kLgreater: case kLless: return two_operands(f, *op);
    default: break;
  }
  if (*op >= kLocal0 && *op <= kLocal7) return f.locals[*op - kLocal0];
  if (*op >= kArg0 && *op <= kArg6) return f.args[*op - kArg0];
  if (!begins_name(*op)) return --f.at, fail(f, "a term that this interpreter does not have");
  --f.at;
  const auto called = name(f);
  return called ? use(f, *called) : std::nullopt;
}

Aml::Value Aml::extended(Frame& f) {
  const auto op = byte(f);
  if (!op) return std::nullopt;
  switch (*op) {
    case kRegion: return define_region(f);
    case kField: return define_fields(f);
    case kDevice: return define_scope(f);
    default: return f.at -= 2, fail(f, "a term that this interpreter does not have");
  }
}

Aml::Value Aml::condition(Frame& f) {
  const auto end = package(f);
  if (!end) return std::nullopt;
  const auto holds = term(f);
  if (!holds) return std::nullopt;
  if (*holds != 0 && !block(f, *end)) return std::nullopt;
  f.at = *end;
  if (f.at < f.end && blocks_[f.block][f.at] == kElse) {
    ++f.at;
    const auto otherwise = package(f);
    if (!otherwise) return std::nullopt;
    if (*holds == 0 && !block(f, *otherwise)) return std::nullopt;
    f.at = *otherwise;
  }
  return 0;
}

Aml::Value Aml::loop(Frame& f) {
  const auto end = package(f);
  if (!end) return std::nullopt;
  const std::size_t start = f.at;
  for (;;) {
    f.at = start;
    const auto holds = term(f);
    if (!holds) return std::nullopt;
    if (*holds == 0) break;
    if (!block(f, *end)) return std::nullopt;
    if (f.returned || f.broke) break;
  }
  f.broke = false;
  f.at = *end;
  return 0;
}

Aml::Value Aml::two_operands(Frame& f, std::uint8_t op) {
  const auto a = term(f);
  const auto b = a ? term(f) : std::nullopt;
  if (!b) return std::nullopt;
  const auto truth = [](bool holds) { return holds ? ~std::uint64_t{0} : 0; };
  switch (op) {
    case kLand: return truth(*a != 0 && *b != 0);
    case kLor: return truth(*a != 0 || *b != 0);
    case kLequal: return truth(*a == *b);
    case kLgreater: return truth(*a > *b);
    case kLless: return truth(*a < *b);
    default: break;
  }
  const std::uint64_t out = op == kAdd          ? *a + *b
                            : op == kSubtract   ? *a - *b
                            : op == kShiftLeft  ? (*b < 64 ? *a << *b : 0)
                            : op == kShiftRight ? (*b < 64 ? *a >> *b : 0)
                            : op == kAnd        ? *a & *b
                            : op == kOr         ? *a | *b
                                                : *a ^ *b;
  return store(f, out) ? Value(out) : std::nullopt;
}

Aml::Value Aml::use(Frame& f, const std::string& called) {
  const std::string path = resolve(f, called);
  if (path.empty()) return fail(f, "nothing is called " + called);
  const Object object = objects_.at(path);
  if (object.kind == Object::Kind::kMethod) return call(f, object, path);
  return object.kind == Object::Kind::kField ? field(f, object, std::nullopt) : Value(object.value);
}

// Where a result goes: nowhere, a variable, or what a name stands for.
bool Aml::store(Frame& f, std::uint64_t value) {
  const auto op = byte(f);
  if (!op) return false;
  if (*op == 0) return true;
  if (*op >= kLocal0 && *op <= kLocal7) return f.locals[*op - kLocal0] = value, true;
  if (*op >= kArg0 && *op <= kArg6) return f.args[*op - kArg0] = value, true;
  if (*op == kExtended) {
    const auto second = byte(f);
    return second && (*second == kDebug || fail(f, "a store to what is no target").has_value());
  }
  --f.at;
  const auto called = begins_name(*op) ? name(f) : std::nullopt;
  const std::string path = called ? resolve(f, *called) : "";
  if (path.empty()) return fail(f, "a store to what is not there"), false;
  Object& object = objects_.at(path);
  if (object.kind == Object::Kind::kField) return field(f, object, value).has_value();
  if (object.kind != Object::Kind::kValue) return fail(f, "a store to what keeps no value"), false;
  object.value = value;
  return true;
}

Aml::Value Aml::call(Frame& f, const Object& method, const std::string& path) {
  Frame inner{.block = method.block, .at = method.at, .end = method.end, .scope = path, .returned = {}, .depth = f.depth + 1};
  for (unsigned i = 0; i < method.args; ++i) {
    const auto value = term(f);
    if (!value) return std::nullopt;
    inner.args.at(i) = *value;
  }
  if (inner.depth > limits_.depth_max) return fail(f, "it is nested too deeply");
  if (!block(inner, method.end)) return std::nullopt;
  return inner.returned.value_or(0);
}

// The bytes that hold the field, read, and written back where it is put.
Aml::Value Aml::field(const Frame& f, const Object& field, std::optional<std::uint64_t> put) {
  const Object& region = objects_.at(field.region);
  const std::uint64_t first = field.bit / 8, last = (field.bit + field.bits + 7) / 8;
  const unsigned shift = field.bit % 8;
  if (field.bits == 0 || field.bits > 64 || shift + field.bits > 64) return fail(f, "a field of more than a number");
  if (region.kind != Object::Kind::kRegion || last > region.length) return fail(f, "a field behind its region");
  const std::size_t count = last - first;
  const bool whole = shift == 0 && field.bits % 8 == 0;
  base::Block<8> bytes{};
  const std::span<std::uint8_t> held(bytes.data(), count);
  if ((!put || !whole) && !machine_.read(region.space, region.value + first, held)) return fail(f, "a field that cannot be read");
  const std::uint64_t mask = field.bits == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << field.bits) - 1;
  const auto there = base::load_le<std::uint64_t>(bytes);
  if (!put) return there >> shift & mask;
  base::store_le(std::span<std::uint8_t>(bytes), 0, (there & ~(mask << shift)) | (*put & mask) << shift);
  if (!machine_.write(region.space, region.value + first, held)) return fail(f, "a field that cannot be written");
  return *put;
}

bool Aml::load(base::View body) {
  blocks_.push_back(base::bytes_of(body));
  Frame frame{.block = blocks_.size() - 1, .end = body.size(), .scope = "\\", .returned = {}};
  return block(frame, frame.end);
}

std::optional<std::uint64_t> Aml::evaluate(const std::string& path) {
  const auto found = objects_.find(path);
  if (found == objects_.end()) return std::nullopt;
  Frame frame{.scope = parent_of(path), .returned = {}};
  const Object object = found->second;
  if (object.kind == Object::Kind::kMethod && object.args == 0) return call(frame, object, path);
  if (object.kind == Object::Kind::kField) return field(frame, object, std::nullopt);
  return object.kind == Object::Kind::kValue ? Value(object.value) : fail(frame, path + " gives no number unasked");
}

bool Aml::initialize() {
  constexpr std::uint64_t kPresent = 1;
  std::vector<std::string> devices;
  for (const auto& [path, object] : objects_)
    if (object.kind == Object::Kind::kScope) devices.push_back(path);
  for (const auto& device : devices) {
    const std::string state = under(device, "_STA"), init = under(device, "_INI");
    if (has(state)) {
      const auto there = evaluate(state);
      if (!there) return false;
      if ((*there & kPresent) == 0) continue;
    }
    if (has(init) && !evaluate(init)) return false;
  }
  return true;
}

bool Aml::poll() {
  std::vector<std::string> states;
  for (const auto& [path, object] : objects_)
    if (path.ends_with("_STA")) states.push_back(path);
  return std::ranges::all_of(states, [&](const auto& path) { return evaluate(path).has_value(); });
}

}  // namespace acpi
