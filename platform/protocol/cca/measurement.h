#pragma once
// Measurements of a realm: the initial one (RIM), which is extended by what the host does to a realm that is new, and the extensible
// ones (REM), by what the realm itself asks (RMM 1.0, "Realm measurement"). For the RMM that makes them and for an owner who knows
// what they have to be.
#include <array>
#include <cstdint>
#include <string_view>

#include "platform/base/bytes.h"
#include "platform/protocol/cca/structures.h"

namespace ccaproto {

// As its descriptors have it: what is shorter than 64 bytes is followed by zeroes.
using Measurement = base::Block<64>;

std::size_t size_of(HashAlgorithm algorithm);
std::string_view name_of(HashAlgorithm algorithm);  // "sha-256", as a token says it
Measurement hash_of(HashAlgorithm algorithm, base::View data);

// RmmMeasurementDescriptorData, ~Rec and ~Ripas: 256 bytes each, whose hash is the next RIM.
struct DataDescriptor {
  std::uint8_t type = 0;
  std::uint64_t length = 0x100;
  Measurement rim{};
  std::uint64_t ipa = 0;
  std::uint64_t flags = 0;
  Measurement content{};
  bool operator==(const DataDescriptor&) const = default;
  using Wire = wire::Layout<&DataDescriptor::type, wire::At<8>{}, &DataDescriptor::length, &DataDescriptor::rim, &DataDescriptor::ipa,
                            &DataDescriptor::flags, &DataDescriptor::content, wire::At<0x100>{}>;
};
struct RecDescriptor {
  std::uint8_t type = 1;
  std::uint64_t length = 0x100;
  Measurement rim{};
  Measurement content{};  // of RmiRecParams without what is not measured
  bool operator==(const RecDescriptor&) const = default;
  using Wire = wire::Layout<&RecDescriptor::type, wire::At<8>{}, &RecDescriptor::length, &RecDescriptor::rim, &RecDescriptor::content,
                            wire::At<0x100>{}>;
};
struct RipasDescriptor {
  std::uint8_t type = 2;
  std::uint64_t length = 0x100;
  Measurement rim{};
  std::uint64_t base = 0, top = 0;
  bool operator==(const RipasDescriptor&) const = default;
  using Wire = wire::Layout<&RipasDescriptor::type, wire::At<8>{}, &RipasDescriptor::length, &RipasDescriptor::rim, &RipasDescriptor::base,
                            &RipasDescriptor::top, wire::At<0x100>{}>;
};
static_assert(wire::min_size<DataDescriptor>() == 256 && wire::min_size<RecDescriptor>() == 256 && wire::min_size<RipasDescriptor>() == 256);

class Rim {
 public:
  Rim() = default;
  // RMI_REALM_CREATE.
  explicit Rim(const RealmParams& params);
  void add_data(std::uint64_t ipa, std::uint64_t flags, base::View content);  // a granule
  void add_rec(const RecParams& params);
  void add_ripas(std::uint64_t base, std::uint64_t top);
  const Measurement& value() const { return value_; }

 private:
  HashAlgorithm algorithm_ = HashAlgorithm::kSha256;
  Measurement value_{};
};

// RSI_MEASUREMENT_EXTEND.
Measurement extended(HashAlgorithm algorithm, const Measurement& rem, base::View data);

}  // namespace ccaproto
