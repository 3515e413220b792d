#pragma once
// The table of hashes by which a measured firmware knows kernel, initrd and command line that the host loads (QEMU and
// OVMF, SevHashTable), 176 bytes with padding.
#include <array>
#include <cstdint>

#include "platform/protocol/sev/guid.h"
#include "platform/wire/wire.h"

namespace sevproto {

inline constexpr Guid kGuidHashTable = guid("9438d606-4f22-4cc9-b479-a793d411fd21");
inline constexpr Guid kGuidHashCmdline = guid("97d02dd8-bd20-4c94-aa78-e7714d36ab2a");
inline constexpr Guid kGuidHashInitrd = guid("44baf731-3a2f-4bd7-9af1-41e29169781d");
inline constexpr Guid kGuidHashKernel = guid("4de79437-abd2-427f-b835-d5b172d2045b");

struct HashEntry {
  Guid guid;
  std::uint16_t length = 50;
  std::array<std::uint8_t, 32> hash{};
  bool operator==(const HashEntry&) const = default;
  using Wire = wire::Layout<&HashEntry::guid, &HashEntry::length, &HashEntry::hash>;
};
static_assert(wire::min_size<HashEntry>() == 50);

struct KernelHashes {
  Guid guid = kGuidHashTable;
  std::uint16_t length = 168;
  HashEntry cmdline{.guid = kGuidHashCmdline};
  HashEntry initrd{.guid = kGuidHashInitrd};
  HashEntry kernel{.guid = kGuidHashKernel};
  bool operator==(const KernelHashes&) const = default;
  using Wire = wire::Layout<&KernelHashes::guid, &KernelHashes::length, &KernelHashes::cmdline, &KernelHashes::initrd,
                            &KernelHashes::kernel, wire::At<176>{}>;
};
static_assert(wire::min_size<KernelHashes>() == 176);

// The command line is hashed with a NUL behind it; a missing initrd is an empty one.
KernelHashes kernel_hashes(base::View kernel, base::View initrd, std::string_view cmdline);

}  // namespace sevproto
