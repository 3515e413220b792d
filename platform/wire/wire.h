#pragma once
// One layout per message. Encoding, decoding, printing, patching by field name and fuzzing walk the same layout, so
// every field is written down exactly once:
//
//   struct Header {
//     std::uint8_t code = 0;
//     std::uint32_t size = 0;
//     std::array<std::uint8_t, 16> tag{};
//     using Wire = wire::Layout<&Header::code, wire::Reserved<3>{}, &Header::size, wire::At<0x20>{}, &Header::tag>;
//   };
//
// Members named plainly are unsigned integers and enumerations (little-endian), messages, and arrays of either. Other
// words are below; a new word is a struct with `walk` and `end`.
#include <array>
#include <concepts>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "platform/wire/field.h"
#include "platform/wire/io.h"

namespace wire {

template <auto... Fields>
struct Layout {};

template <class T>
concept Scalar = (std::unsigned_integral<T> && !std::same_as<T, bool>) || std::is_enum_v<T>;
template <class T>
concept Message = requires { typename T::Wire; };

// The offset behind the shortest message, and so the size of a message without variable parts.
template <Message T>
constexpr std::size_t min_size();

// "flags" for &Lock::flags.
template <auto Member>
consteval std::string_view name_of() {
  std::string_view s = __PRETTY_FUNCTION__;
  s = s.substr(0, s.find_first_of(";]", s.find("Member = ")));
  return s.substr(s.rfind(':') + 1);
}

// ---- the walk -------------------------------------------------------------------------------------------------------

// Inlined, so that a width that is known while compiling is known to `number`.
template <class V, class Io>
[[gnu::always_inline]] inline bool walk_number(Io& io, V& value, unsigned width, Order order) {
  std::uint64_t x = static_cast<std::uint64_t>(value);
  if (!io.number(x, width, order)) return false;
  if constexpr (!std::is_const_v<V>) value = static_cast<V>(x);
  return true;
}

template <auto Field, class Io, class M>
bool walk_field(Io& io, M& message, std::size_t start);

template <class Io, Message M>
bool walk(Io& io, M& message) {
  const std::size_t start = io.at();
  return [&]<auto... F>(Layout<F...>) {
    return (walk_field<F>(io, message, start) && ...);
  }(typename std::remove_const_t<M>::Wire{});
}

template <class Io, class V>
bool walk_value(Io& io, V& value) {
  using T = std::remove_const_t<V>;
  if constexpr (Scalar<T>) {
    return walk_number(io, value, sizeof(T), Order::kLittle);
  } else if constexpr (Message<T>) {
    return walk(io, value);
  } else if constexpr (std::same_as<typename T::value_type, std::uint8_t>) {
    return io.bytes(std::span(value));
  } else {
    for (std::size_t i = 0; i < value.size(); ++i) {
      io.path.index(i);
      if (!walk_value(io, value[i])) return false;
    }
    return true;
  }
}

template <auto Member, class Io, class M, class Body>
bool walk_named(Io& io, M& message, Body body) {
  io.path.enter(name_of<Member>());
  bool ok = body(message.*Member);
  if (ok) io.path.leave();
  return ok;
}

// The smallest number of bytes that a value of this type takes.
template <class T>
constexpr std::size_t min_size_of_value() {
  if constexpr (Scalar<T>) return sizeof(T);
  else if constexpr (Message<T>) return min_size<T>();
  else if constexpr (requires { std::tuple_size<T>::value; })
    return std::tuple_size<T>::value * min_size_of_value<typename T::value_type>();
  else return 0;
}

template <auto Member, class M>
using MemberOf = std::remove_cvref_t<decltype(std::declval<M&>().*Member)>;

// ---- the words ------------------------------------------------------------------------------------------------------

// An integer of `Width` bytes, which may be fewer than its C++ type has.
template <auto Member, unsigned Width, Order kOrder>
struct Integer {
  template <class Io, class M>
  static bool walk(Io& io, M& m, std::size_t) {
    return walk_named<Member>(io, m, [&](auto& v) { return walk_number(io, v, Width, kOrder); });
  }
  template <class M>
  static constexpr std::size_t end(std::size_t at) {
    static_assert(Scalar<MemberOf<Member, M>> && Width <= sizeof(MemberOf<Member, M>));
    return at + Width;
  }
};
template <auto Member, unsigned Width>
using Le = Integer<Member, Width, Order::kLittle>;
template <auto Member, unsigned Width>
using Be = Integer<Member, Width, Order::kBig>;

// Bytes nobody uses: zero when written. Zero is demanded of the reader by Reserved, not by Loose.
template <std::size_t Size, bool IsLoose>
struct Unused {
  template <class Io, class M>
  static bool walk(Io& io, M&, std::size_t) { return io.reserved(Size, IsLoose); }
  template <class M>
  static constexpr std::size_t end(std::size_t at) { return at + Size; }
};
template <std::size_t Size>
using Reserved = Unused<Size, false>;
template <std::size_t Size>
using Loose = Unused<Size, true>;

// Unused bytes up to an offset from the start of this message.
template <std::size_t Offset, bool IsLoose>
struct UnusedUpTo {
  template <class Io, class M>
  static bool walk(Io& io, M&, std::size_t start) { return io.gap_to(start + Offset, IsLoose); }
  template <class M>
  static constexpr std::size_t end(std::size_t at) { return at < Offset ? Offset : at; }
};
template <std::size_t Offset>
using At = UnusedUpTo<Offset, false>;
template <std::size_t Offset>
using LooseUpTo = UnusedUpTo<Offset, true>;

// A vector whose number of items stands in an earlier field, or in what a member function makes of earlier fields.
// The writer writes the items it has, whatever the count says.
template <auto Items, auto Count>
struct Run {
  template <class Io, class M>
  static bool walk(Io& io, M& m, std::size_t) {
    return walk_named<Items>(io, m, [&](auto& items) {
      if constexpr (Io::kReads) {
        using Item = typename std::remove_cvref_t<decltype(items)>::value_type;
        auto count = static_cast<std::uint64_t>(std::invoke(Count, std::as_const(m)));
        if (!io.room(count, min_size_of_value<Item>())) return false;
        items.resize(static_cast<std::size_t>(count));
      }
      return walk_value(io, items);
    });
  }
  template <class M>
  static constexpr std::size_t end(std::size_t at) { return at; }
};

// A byte vector that takes everything up to the end of the input.
template <auto Items>
struct Rest {
  template <class Io, class M>
  static bool walk(Io& io, M& m, std::size_t) {
    return walk_named<Items>(io, m, [&](auto& items) {
      if constexpr (Io::kReads) items.resize(io.left());
      return walk_value(io, items);
    });
  }
  template <class M>
  static constexpr std::size_t end(std::size_t at) { return at; }
};

// Unused bytes up to a multiple of `Alignment` from the start of this message.
template <std::size_t Alignment, bool IsLoose = false>
struct Align {
  template <class Io, class M>
  static bool walk(Io& io, M&, std::size_t start) {
    return io.gap_to(start + (io.at() - start + Alignment - 1) / Alignment * Alignment, IsLoose);
  }
  template <class M>
  static constexpr std::size_t end(std::size_t at) { return (at + Alignment - 1) / Alignment * Alignment; }
};

// Fields that are there when earlier fields say so: `Present` is a member function or a function of the message.
template <auto Present, auto... Fields>
struct When {
  template <class Io, class M>
  static bool walk(Io& io, M& m, std::size_t start) {
    return !std::invoke(Present, std::as_const(m)) || (walk_field<Fields>(io, m, start) && ...);
  }
  template <class M>
  static constexpr std::size_t end(std::size_t at) { return at; }
};

// ---- the face -------------------------------------------------------------------------------------------------------

template <Message M>
void append_encoded(Bytes& to, const M& message) {
  Counter counter;
  walk(counter, message);
  const std::size_t start = to.size();
  to.resize(start + counter.at());
  Placer placer(to.data() + start);
  walk(placer, message);
}
template <Message M>
Bytes encode(const M& message) {
  Counter counter;
  walk(counter, message);
  Bytes out(counter.at());
  Placer placer(out.data());
  walk(placer, message);
  return out;
}

// A message that is read starts as `message`: members outside its layout tell what its own bytes do not, for instance
// the size of a negotiated digest.
template <Message M>
Decoded<M> decode(View in, M message = M{}) {
  {
    M taken = message;
    QuickReader quick(in);
    if (walk(quick, taken) && quick.finish()) return taken;
  }
  Reader reader(in);  // says what is wrong
  if (!walk(reader, message) || !reader.finish()) return reader.error();
  return message;
}

// Decodes a message at the front of `in` and moves `in` behind it; leaves `in` alone when it refuses.
template <Message M>
Decoded<M> decode_front(View& in, M message = M{}) {
  Reader reader(in);
  if (!walk(reader, message)) return reader.error();
  in = in.subspan(reader.at());
  return message;
}

// The fields of these bytes read as an M, as far as they go. Believes nothing; never refuses.
template <Message M>
Fields fields_of(View raw, M message = M{}) {
  Fields fields;
  Reader reader(raw, Reader::Mode::kLenient, &fields);
  walk(reader, message);
  return fields;
}

// The fields of a message as it would be written.
template <Message M>
Fields fields_of(const M& message) {
  Fields fields;
  Writer writer(&fields);
  walk(writer, message);
  return fields;
}

// The message with each run as long as its count asks for; what is added is zero. Meant for messages of ours.
template <Message M>
M sized(M message = M{}) {
  Sizer sizer;
  walk(sizer, message);
  return message;
}

template <Message M>
std::string print(const M& message, std::string_view separator = " ") {
  Fields fields;
  Writer writer(&fields);
  walk(writer, message);
  return print_fields(writer.out, fields, separator);
}

// Where the field lies in a message without variable parts, or in front of them.
template <Message M>
std::optional<FieldSpan> field_span(std::string_view name) { return find_field(fields_of(M{}), name); }
template <Message M>
std::optional<FieldSpan> field_span(View raw, std::string_view name) { return find_field(fields_of<M>(raw), name); }

// Alters one field of a value, found as find_field finds it. False when there is none, or its kind is another.
template <Message M>
bool patch(M& message, std::string_view name, std::uint64_t value) {
  auto field = find_field(fields_of(std::as_const(message)), name);
  if (!field) return false;
  Patcher patcher(field->name, value);
  walk(patcher, message);
  return patcher.hit;
}
template <Message M>
bool patch(M& message, std::string_view name, View bytes) {
  auto field = find_field(fields_of(std::as_const(message)), name);
  if (!field) return false;
  Patcher patcher(field->name, bytes);
  walk(patcher, message);
  return patcher.hit;
}

// ---- what the walk needs last ---------------------------------------------------------------------------------------

template <auto Field, class Io, class M>
bool walk_field(Io& io, M& m, std::size_t start) {
  if constexpr (std::is_member_object_pointer_v<decltype(Field)>)
    return walk_named<Field>(io, m, [&](auto& value) { return walk_value(io, value); });
  else
    return decltype(Field)::walk(io, m, start);
}

template <auto Field, class M>
constexpr std::size_t field_end(std::size_t at) {
  if constexpr (std::is_member_object_pointer_v<decltype(Field)>)
    return at + min_size_of_value<MemberOf<Field, M>>();
  else
    return decltype(Field)::template end<M>(at);
}

template <Message T>
constexpr std::size_t min_size() {
  return []<auto... F>(Layout<F...>) {
    std::size_t at = 0;
    ((at = field_end<F, T>(at)), ...);
    return at;
  }(typename T::Wire{});
}

}  // namespace wire
