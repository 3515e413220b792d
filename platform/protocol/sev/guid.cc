#include "platform/protocol/sev/guid.h"

namespace sevproto {

std::string text_of(const Guid& guid) {
  base::Bytes in_text_order;
  for (std::size_t place : kGuidPlaces) in_text_order.push_back(guid.bytes[place]);
  std::string hex = base::to_hex(in_text_order);
  for (std::size_t at : {20, 16, 12, 8}) hex.insert(at, "-");
  return hex;
}

}  // namespace sevproto
