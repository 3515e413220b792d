#include "platform/protocol/pkvm/pvmfw_config.h"

namespace pkvmproto {
namespace {

constexpr std::size_t kHeaderSize = wire::min_size<PvmfwHeader>();
constexpr std::size_t aligned(std::size_t at) { return (at + 7) / 8 * 8; }

}  // namespace

base::Bytes encode_config(const PvmfwConfig& config) {
  PvmfwHeader header;
  base::Bytes blobs;
  const auto add = [&](std::size_t index, const base::Bytes& blob) {
    if (blob.empty()) return;
    blobs.resize(aligned(blobs.size()));
    header.entries.at(index) = {static_cast<std::uint32_t>(kHeaderSize + blobs.size()),
                                static_cast<std::uint32_t>(blob.size())};
    base::append(blobs, blob);
  };
  add(kPvmfwHandover, config.handover);
  add(kPvmfwDebugPolicy, config.debug_policy);
  header.total_size = static_cast<std::uint32_t>(kHeaderSize + blobs.size());
  base::Bytes out = wire::encode(header);
  base::append(out, blobs);
  return out;
}

std::optional<PvmfwConfig> decode_config(base::View bytes) {
  if (bytes.size() < kHeaderSize) return std::nullopt;
  const auto header = wire::decode<PvmfwHeader>(bytes.first(kHeaderSize));
  if (!header || header->magic != kPvmfwMagic || header->version != pvmfw_version(1, 0) || header->flags != 0)
    return std::nullopt;
  if (header->total_size < kHeaderSize || header->total_size > bytes.size()) return std::nullopt;
  PvmfwConfig out;
  std::size_t end = kHeaderSize;
  for (std::size_t i = 0; i < header->entries.size(); ++i) {
    const auto [offset, size] = header->entries[i];
    if (offset == 0 && size == 0) continue;
    if (size == 0 || offset % 8 != 0 || offset < end || std::uint64_t{offset} + size > header->total_size)
      return std::nullopt;
    end = std::size_t{offset} + size;
    (i == kPvmfwHandover ? out.handover : out.debug_policy) = base::bytes_of(bytes.subspan(offset, size));
  }
  return out;
}

}  // namespace pkvmproto
