#include "platform/pcie/config_builder.h"

namespace pcie {
namespace {

constexpr std::string_view kUpperHalf = ".upper";  // of a 64-bit BAR: the name of its second field
constexpr unsigned kHopsMax = 48;          // of the list below 100h
constexpr unsigned kExtendedHopsMax = (kConfigSize - 0x100) / 8;

std::uint64_t low_bits(std::uint64_t size) { return size - 1; }

}  // namespace

unsigned find(const ConfigSpace& config, Capability id) {
  unsigned at = config.get(kCapabilityPointer, 1) & ~3u;
  for (unsigned hop = 0; hop < kHopsMax && at >= 0x40; ++hop) {
    if (config.get(at, 1) == static_cast<unsigned>(id)) return at;
    at = config.get(at + 1, 1) & ~3u;
  }
  return 0;
}

unsigned find(const ConfigSpace& config, ExtendedCapability id, unsigned instance) {
  unsigned at = 0x100;
  for (unsigned hop = 0; hop < kExtendedHopsMax && at >= 0x100; ++hop) {
    const std::uint32_t header = config.get(at, 4);
    if ((header & 0xffff) == static_cast<unsigned>(id) && instance-- == 0) return at;
    at = header >> 20 & ~3u;
  }
  return 0;
}

std::optional<Window> bar_window(const ConfigSpace& config, unsigned index) {
  const unsigned at = kBar0 + 4 * index;
  const Field* low = config.field_at(at);
  if (!low || low->name.ends_with(kUpperHalf)) return std::nullopt;
  const bool is_64 = low->reset & 4;
  std::uint64_t base = config.get(at, 4) & ~0xfull;
  std::uint64_t mask = low->write;
  if (is_64) {
    base |= static_cast<std::uint64_t>(config.get(at + 4, 4)) << 32;
    mask |= static_cast<std::uint64_t>(config.field_at(at + 4)->write) << 32;
  } else {
    mask |= 0xffffffffull << 32;
  }
  return Window{base, ~mask + 1};
}

bool memory_enabled(const ConfigSpace& config) { return config.get(kCommand, 2) & kCommandMemory; }
bool master_enabled(const ConfigSpace& config) { return config.get(kCommand, 2) & kCommandMaster; }

std::optional<Window> memory_window(const ConfigSpace& bridge) {
  const std::uint64_t base = static_cast<std::uint64_t>(bridge.get(kMemoryBase, 2) & 0xfff0) << 16;
  const std::uint64_t limit = static_cast<std::uint64_t>(bridge.get(kMemoryLimit, 2) & 0xfff0) << 16 | 0xfffff;
  if (limit < base) return std::nullopt;
  return Window{base, limit - base + 1};
}

std::optional<Window> prefetch_window(const ConfigSpace& bridge) {
  auto join = [&](unsigned low, unsigned upper) {
    return static_cast<std::uint64_t>(bridge.get(upper, 4)) << 32 |
           static_cast<std::uint64_t>(bridge.get(low, 2) & 0xfff0) << 16;
  };
  const std::uint64_t base = join(kPrefetchBase, kPrefetchBaseUpper);
  const std::uint64_t limit = join(kPrefetchLimit, kPrefetchLimitUpper) | low_bits(0x100000);
  if (limit < base) return std::nullopt;
  return Window{base, limit - base + 1};
}

bool bus_is_behind(const ConfigSpace& bridge, unsigned bus) {
  const unsigned secondary = bridge.get(kSecondaryBus, 1);
  return secondary != 0 && secondary <= bus && bus <= bridge.get(kSubordinateBus, 1);
}

bool config_is_behind(const ConfigSpace& bridge, unsigned bus) {
  return bus_is_behind(bridge, bus) || (bus != 0 && bus == bridge.get(kSecondaryBus, 1));
}

unsigned ide_streams(const ConfigSpace& config, unsigned ide) {
  const std::uint32_t capability = config.get(ide + kIdeCapability, 4);
  return capability & 2 ? (capability >> 16 & 0xff) + 1 : 0;
}

unsigned ide_link_streams(const ConfigSpace& config, unsigned ide) {
  const std::uint32_t capability = config.get(ide + kIdeCapability, 4);
  return capability & kIdeCapLink ? (capability >> 13 & 7) + 1 : 0;
}

unsigned ide_block(const ConfigSpace& config, unsigned ide, unsigned stream) {
  unsigned at = ide + kIdeBlocks;
  at += 8 * ide_link_streams(config, ide);
  while (stream-- > 0) at += 20 + 12 * (config.get(at, 4) & 15);
  return at;
}

}  // namespace pcie
