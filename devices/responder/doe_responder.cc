#include "devices/responder/doe_responder.h"

#include "platform/protocol/doe/data_object.h"
#include "platform/protocol/doe/discovery.h"

namespace responder {
namespace {

constexpr doe::ObjectType kServed[] = {doe::ObjectType::kDiscovery, doe::ObjectType::kSpdm,
                                       doe::ObjectType::kSecuredSpdm};

std::optional<base::Bytes> discover(base::View content) {
  const auto asked = wire::decode<doe::DiscoveryRequest>(content);
  if (!asked) return std::nullopt;
  if (asked->index >= std::size(kServed)) return wire::encode(doe::kNoSuchIndex);
  const std::size_t next = asked->index + 1u;
  return wire::encode(doe::DiscoveryResponse{.type = kServed[asked->index],
                                             .next_index = static_cast<std::uint8_t>(next % std::size(kServed))});
}

}  // namespace

std::optional<base::Bytes> answer_object(Responder& responder, base::View raw) {
  const auto object = doe::decode_object(raw);
  if (!object || object->header.vendor_id != doe::kVendorPciSig) return std::nullopt;
  std::optional<base::Bytes> content;
  switch (object->header.type) {
    case doe::ObjectType::kDiscovery: content = discover(object->content); break;
    case doe::ObjectType::kSpdm: content = responder.receive(object->content); break;
    case doe::ObjectType::kSecuredSpdm: content = responder.receive_secured(object->content); break;
    default: return std::nullopt;
  }
  if (!content) return std::nullopt;
  return wire::encode(doe::object_of(object->header.type, *content));
}

}  // namespace responder
