#pragma once
// A message's layout without its type: an engine prints and patches bytes by a message's name.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/wire/fuzz.h"
#include "platform/wire/wire.h"

namespace wire {

struct Schema {
  std::string name;                                   // "snp.REPORT"
  std::size_t size_min = 0;                           // the size, when nothing in it is variable
  Bytes empty;                                        // a message as its struct comes into the world
  Fields fields;                                      // of that one
  Fields (*fields_of)(View raw) = nullptr;            // of these bytes, as far as they go
  std::optional<Error> (*check)(View raw) = nullptr;  // what a strict reader has against these bytes
  int (*fuzz)(const std::uint8_t* data, std::size_t size) = nullptr;
  // Where numbers have no fixed width: the message with that field's number replaced. Null: a field's bytes are overwritten.
  std::optional<Bytes> (*set_number)(View raw, std::string_view field, std::uint64_t number) = nullptr;
  // Where strings have no fixed length: the same of a field of bytes.
  std::optional<Bytes> (*set_bytes)(View raw, std::string_view field, View bytes) = nullptr;

  std::optional<FieldSpan> find(View raw, std::string_view field) const { return find_field(fields_of(raw), field); }
  std::string print(View raw, std::string_view separator = " ") const {
    return print_fields(raw, fields_of(raw), separator);
  }
};

// `empty` replaces the message as its struct comes into the world, where that one is no message yet.
template <Message M>
Schema schema_of(std::string name, const M& empty = M{}) {
  return {.name = std::move(name),
          .size_min = min_size<M>(),
          .empty = encode(empty),
          .fields = wire::fields_of(empty),
          .fields_of = [](View raw) { return wire::fields_of<M>(raw); },
          .check = [](View raw) -> std::optional<Error> {
            auto message = decode<M>(raw);
            if (message) return std::nullopt;
            return message.error();
          },
          .fuzz = &fuzz_one<M>};
}

}  // namespace wire
