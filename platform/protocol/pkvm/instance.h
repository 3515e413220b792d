#pragma once
// What a VM has on its virtual disk about itself, sealed by firmware (AOSP, guest/pvmfw, instance image). The host
// keeps it and may lose it, swap it or bring an old one.
//
// convention: the layout is ours; Android's holds a header and entries by partition.
#include <array>
#include <cstdint>

#include "platform/wire/wire.h"

namespace pkvmproto {

struct InstanceRecord {
  std::array<std::uint8_t, 64> salt{}, authority_hash{};
  std::uint64_t rollback_index = 0;
  std::uint8_t mode = 0;
  using Wire = wire::Layout<&InstanceRecord::salt, &InstanceRecord::authority_hash, &InstanceRecord::rollback_index,
                            &InstanceRecord::mode, wire::Reserved<7>{}>;
};

}  // namespace pkvmproto
