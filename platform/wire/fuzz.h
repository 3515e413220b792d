#pragma once
// The property every layout must have, for a fuzzer to attack: what the reader accepts, the writer writes back.
#include <cstddef>
#include <cstdint>

#include "platform/wire/wire.h"

namespace wire {

// Throws base::Bug when bytes that were accepted come back as others, bytes that the layout leaves loose apart.
template <Message M>
int fuzz_one(const std::uint8_t* data, std::size_t size, M message) {
  View in(data, size);
  print_fields(in, fields_of<M>(in, message));
  Reader reader(in);
  if (!walk(reader, message) || !reader.finish()) {
    base::check(reader.error().offset <= size && !reader.error().what.empty(), "an error points into its input");
    return 0;
  }
  Bytes expected = base::bytes_of(in);
  for (auto range : reader.loose())
    for (std::size_t i = 0; i < range.size; ++i) expected[range.offset + i] = 0;
  base::check(encode(message) == expected, "an accepted message is written back as it was read");
  return 0;
}
template <Message M>
int fuzz_one(const std::uint8_t* data, std::size_t size) {
  return fuzz_one<M>(data, size, M{});
}

}  // namespace wire
