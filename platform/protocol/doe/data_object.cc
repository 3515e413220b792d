#include "platform/protocol/doe/data_object.h"

#include <algorithm>

#include "platform/base/check.h"

namespace doe {

Object object_of(ObjectType type, base::View content, std::uint16_t vendor_id) {
  const std::size_t dwords = kHeaderDwords + (content.size() + kDword - 1) / kDword;
  base::check(dwords <= kObjectDwordsMax, "a data object has at most 2^18 dwords");
  Object object{.header = {.vendor_id = vendor_id, .type = type}, .content = base::bytes_of(content)};
  object.header.length = static_cast<std::uint32_t>(dwords) & kLengthMask;
  object.content.resize((dwords - kHeaderDwords) * kDword);
  return object;
}

wire::Decoded<Object> decode_object(base::View raw) {
  auto object = wire::decode<Object>(raw);
  if (object && object->header.dwords() < kHeaderDwords)
    return wire::Error{4, "header.length", "shorter than the header"};
  return object;
}

bool is_padding(base::View tail) {
  return tail.size() < kDword && std::all_of(tail.begin(), tail.end(), [](std::uint8_t byte) { return byte == 0; });
}

}  // namespace doe
