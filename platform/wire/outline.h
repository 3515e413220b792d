#pragma once
// A layout as data: the words of a message's Wire in their order, without a message. For whoever writes a reader of the same
// layout in another language.
#include <array>
#include <string>
#include <vector>

#include "platform/wire/demand.h"
#include "platform/wire/wire.h"

namespace wire {

struct Outline {
  enum class Word : std::uint8_t {
    kNumber,    // of `size` bytes
    kBytes,     // `size` of them
    kMessage,   // `inner`: its words
    kArray,     // `size` times `inner[0]`
    kReserved,  // `size` unused bytes
    kGapTo,     // unused bytes up to `size` from the start of the message
    kAlign,     // unused bytes up to a multiple of `size` from there
    kRun,       // as many of `inner[0]` as `rule` says
    kRest,      // bytes up to the end
    kWhen,      // `inner`, where `rule` holds
    kDemand,    // `rule` holds, or the message ends here; the field at fault is `size` bytes back
  };
  Word word = Word::kNumber;
  std::string name{};  // of the member; empty for words without
  std::size_t size = 0;
  Order order = Order::kLittle;
  bool loose = false;      // unused bytes that a strict reader overlooks
  std::string rule{};      // of kRun, kWhen and kDemand: the member that says it, "spdm::Digests::key_count"
  bool is_field = false;   // `rule` is a field that stands earlier in the message, and no function
  std::vector<Outline> inner{};
};

template <Message M>
std::vector<Outline> outline_of();

namespace outlines {

// "spdm::Chunk::is_first" for &spdm::Chunk<spdm::Code(133)>::is_first.
template <auto Member>
std::string rule_name() {
  std::string_view s = __PRETTY_FUNCTION__;
  s = s.substr(s.find("Member = ") + 9);
  std::string out;
  int depth = 0;
  for (const char c : s) {
    if (depth == 0 && (c == ';' || c == ']')) break;
    depth += (c == '<') - (c == '>');
    if (depth == 0 && c != '>' && c != '&' && c != '(' && c != ')') out += c;
  }
  return out;
}

template <class T>
Outline of_value(std::string name) {
  using Word = Outline::Word;
  if constexpr (Scalar<T>) {
    return {.word = Word::kNumber, .name = std::move(name), .size = sizeof(T)};
  } else if constexpr (Message<T>) {
    return {.word = Word::kMessage, .name = std::move(name), .inner = outline_of<T>()};
  } else if constexpr (std::same_as<typename T::value_type, std::uint8_t>) {
    return {.word = Word::kBytes, .name = std::move(name), .size = std::tuple_size<T>::value};
  } else {
    return {.word = Word::kArray, .name = std::move(name), .size = std::tuple_size<T>::value,
            .inner = {of_value<typename T::value_type>("")}};
  }
}

template <class M, class W>
struct Of;

template <class M, auto Member, unsigned Width, Order kOrder>
struct Of<M, Integer<Member, Width, kOrder>> {
  static Outline make() { return {.word = Outline::Word::kNumber, .name = std::string(name_of<Member>()), .size = Width, .order = kOrder}; }
};
template <class M, std::size_t Size, bool IsLoose>
struct Of<M, Unused<Size, IsLoose>> {
  static Outline make() { return {.word = Outline::Word::kReserved, .size = Size, .loose = IsLoose}; }
};
template <class M, std::size_t Offset, bool IsLoose>
struct Of<M, UnusedUpTo<Offset, IsLoose>> {
  static Outline make() { return {.word = Outline::Word::kGapTo, .size = Offset, .loose = IsLoose}; }
};
template <class M, std::size_t Alignment, bool IsLoose>
struct Of<M, Align<Alignment, IsLoose>> {
  static Outline make() { return {.word = Outline::Word::kAlign, .size = Alignment, .loose = IsLoose}; }
};
template <class M, auto Items, auto Count>
struct Of<M, Run<Items, Count>> {
  static Outline make() {
    using Item = typename MemberOf<Items, M>::value_type;
    return {.word = Outline::Word::kRun, .name = std::string(name_of<Items>()), .rule = rule_name<Count>(),
            .is_field = std::is_member_object_pointer_v<decltype(Count)>, .inner = {of_value<Item>("")}};
  }
};
template <class M, auto Items>
struct Of<M, Rest<Items>> {
  static Outline make() { return {.word = Outline::Word::kRest, .name = std::string(name_of<Items>())}; }
};
template <class M, auto Holds, std::size_t Back>
struct Of<M, Demand<Holds, Back>> {
  static Outline make() { return {.word = Outline::Word::kDemand, .size = Back, .rule = rule_name<Holds>()}; }
};

template <class M, auto Field>
Outline of_field() {
  if constexpr (std::is_member_object_pointer_v<decltype(Field)>)
    return of_value<MemberOf<Field, M>>(std::string(name_of<Field>()));
  else
    return Of<M, std::remove_const_t<decltype(Field)>>::make();
}

template <class M, auto Present, auto... Fields>
struct Of<M, When<Present, Fields...>> {
  static Outline make() {
    return {.word = Outline::Word::kWhen, .rule = rule_name<Present>(),
            .is_field = std::is_member_object_pointer_v<decltype(Present)>, .inner = {of_field<M, Fields>()...}};
  }
};

}  // namespace outlines

template <Message M>
std::vector<Outline> outline_of() {
  return []<auto... F>(Layout<F...>) {
    return std::vector<Outline>{outlines::of_field<M, F>()...};
  }(typename M::Wire{});
}

}  // namespace wire
