#pragma once
// How a sealed disk is laid out, in sectors:
//
//   header | tags: 32 bytes for each sector of data | hash tree, leaves first, its one top sector last | data
//
// The header is this project's own (convention). It holds what a LUKS2 header and a dm-integrity superblock hold together: what the
// data is sealed with, and the disk's key sealed under its owner's. Little-endian.
#include <array>
#include <cstdint>
#include <vector>

#include "guest/storage/sector_device.h"
#include "platform/wire/schema.h"
#include "platform/wire/wire.h"

namespace storage {

// What a sector of data is sealed with. "Null" is dm-crypt's cipher_null: not at all.
enum class Cipher : std::uint8_t { kNull = 0, kAesXtsPlain64 = 1, kAesGcmRandom = 2 };
enum class Tree : std::uint8_t { kNone = 0, kSha256 = 1 };

using DiskId = std::array<std::uint8_t, 16>;

inline constexpr std::array<std::uint8_t, 8> kMagic = {'S', 'E', 'A', 'L', 'D', 'I', 'S', 'K'};
inline constexpr std::uint16_t kVersion = 1;
inline constexpr std::uint32_t kSectorsMax = 1 << 16;  // of data

struct Header {
  std::array<std::uint8_t, 8> magic = kMagic;
  std::uint16_t version = kVersion;
  Cipher cipher = Cipher::kNull;
  Tree tree = Tree::kNone;
  std::uint32_t sectors = 0;  // of data
  DiskId disk_id{};
  std::array<std::uint8_t, 12> key_nonce{};
  std::array<std::uint8_t, 80> sealed_key{};  // 64 bytes and their tag, under the owner's key
  std::array<std::uint8_t, 32> mac{};         // HMAC-SHA-256 of all before it, under the owner's key
  using Wire = wire::Layout<&Header::magic, &Header::version, &Header::cipher, &Header::tree, &Header::sectors, &Header::disk_id,
                            &Header::key_nonce, &Header::sealed_key, &Header::mac>;
};
inline constexpr std::size_t kHeaderSize = 156, kMacSize = 32;

// Beside each sector of data.
struct TagEntry {
  std::array<std::uint8_t, 12> nonce{};
  std::array<std::uint8_t, 16> tag{};
  using Wire = wire::Layout<&TagEntry::nonce, &TagEntry::tag, wire::Reserved<4>{}>;
};
inline constexpr std::size_t kTagEntrySize = 32, kTagsInSector = kSector / kTagEntrySize;
inline constexpr std::size_t kHashSize = 32, kHashesInSector = kSector / kHashSize;

// Where everything lies on a disk with so many sectors of data.
struct Places {
  explicit Places(std::uint32_t data_sectors);
  std::uint64_t tag_sector(std::uint64_t sector) const { return tags + sector / kTagsInSector; }
  std::uint64_t header = 0, tags = 1;
  std::vector<std::uint64_t> levels;  // the first sector of each level of the tree, leaves first
  std::vector<std::uint64_t> counts;  // how many each has; the last one has one
  std::uint64_t data = 0, end = 0;
};

inline wire::Schema header_schema() { return wire::schema_of<Header>("storage.HEADER"); }

}  // namespace storage
