#pragma once
// DOE discovery (PCIe 6.x, 6.30.1): a walk over the object types that an instance serves, from index 0 until the next
// index is 0 again. Index 0 describes discovery itself.
#include <cstdint>

#include "platform/protocol/doe/data_object.h"
#include "platform/wire/wire.h"

namespace doe {

inline constexpr std::uint8_t kDiscoveryVersion1 = 0;
inline constexpr std::uint8_t kDiscoveryVersion2 = 2;  // with capability version 2
inline constexpr std::size_t kDiscoveryStepsMax = 256;  // where a walk must give up

struct DiscoveryRequest {
  std::uint8_t index = 0;
  std::uint8_t version = kDiscoveryVersion1;
  bool operator==(const DiscoveryRequest&) const = default;
  using Wire = wire::Layout<&DiscoveryRequest::index, &DiscoveryRequest::version, wire::Loose<2>{}>;
};

struct DiscoveryResponse {
  std::uint16_t vendor_id = kVendorPciSig;
  ObjectType type{};
  std::uint8_t next_index = 0;
  bool operator==(const DiscoveryResponse&) const = default;
  using Wire =
      wire::Layout<&DiscoveryResponse::vendor_id, &DiscoveryResponse::type, &DiscoveryResponse::next_index>;
};

// What to answer to an index beyond the last one.
inline constexpr DiscoveryResponse kNoSuchIndex{0xffff, ObjectType{0xff}, 0};

}  // namespace doe
