#include "guest/storage/sealed_disk.h"

#include <algorithm>

#include "guest/storage/rules.h"
#include "platform/base/check.h"
#include "platform/crypto/aead.h"
#include "platform/crypto/hash.h"
#include "platform/wire/wire.h"

namespace storage {

namespace {

base::Block<32> derived(base::View owner_key, std::string_view purpose) {
  base::Block<32> out{};
  const auto bytes = crypto::hkdf_sha256(owner_key, {}, base::view_of(purpose), out.size());
  std::copy(bytes.begin(), bytes.end(), out.begin());
  return out;
}
base::Block<32> header_key(base::View owner_key) { return derived(owner_key, "glacis-disk-header-v1"); }
base::Block<32> wrapping_key(base::View owner_key) { return derived(owner_key, "glacis-disk-key-v1"); }

std::array<std::uint8_t, 32> mac_of(const Header& header, base::View owner_key) {
  const auto bytes = wire::encode(header);
  return crypto::hmac_sha256(header_key(owner_key), base::View(bytes).first(kHeaderSize - kMacSize));
}

template <std::size_t N>
base::Block<N> block_of(base::View bytes) {
  base::check(bytes.size() == N, "a source gives as many bytes as it is asked for");
  base::Block<N> out{};
  std::copy(bytes.begin(), bytes.end(), out.begin());
  return out;
}

// Of one entry in a sector of entries.
base::View part(base::View sector, std::uint64_t index, std::size_t size) {
  return sector.subspan(index % (kSector / size) * size, size);
}
void put(base::Bytes& sector, std::uint64_t index, base::View entry) {
  std::copy(entry.begin(), entry.end(), sector.begin() + static_cast<std::ptrdiff_t>(index % (kSector / entry.size()) * entry.size()));
}

bool same_size(const Terms& terms, const SectorDevice& device) {
  return terms.sectors > 0 && terms.sectors <= kSectorsMax && Places(terms.sectors).end <= device.sectors();
}

}  // namespace

SealedDisk::SealedDisk(SectorDevice& device, const Terms& terms, const DiskId& id, base::View key, Random random, trust::Defences& defences)
    : device_(device), terms_(terms), places_(terms.sectors), key_(block_of<64>(key)), random_(std::move(random)), defences_(defences) {
  root_.disk_id = id;
}

std::unique_ptr<SealedDisk> SealedDisk::format(SectorDevice& device, const Terms& terms, base::View owner_key, const Random& random,
                                               trust::Defences& defences) {
  if (!same_size(terms, device)) return nullptr;
  Header header{.cipher = terms.cipher, .tree = terms.tree, .sectors = terms.sectors};
  header.disk_id = block_of<16>(random(16));
  header.key_nonce = block_of<12>(random(12));
  const auto key = random(64);
  header.sealed_key = block_of<80>(crypto::aes256_gcm_seal(wrapping_key(owner_key), header.key_nonce, header.disk_id, key));
  header.mac = mac_of(header, owner_key);
  auto sector = wire::encode(header);
  sector.resize(kSector);
  std::unique_ptr<SealedDisk> disk(new SealedDisk(device, terms, header.disk_id, key, random, defences));
  if (!disk->fill() || !device.write(disk->places_.header, sector) || !device.flush()) return nullptr;
  return disk;
}

// All sectors, tags and hashes of a new disk.
bool SealedDisk::fill() {
  std::vector<Hash> hashes;
  base::Bytes tags(kSector);
  for (std::uint64_t sector = 0; sector < terms_.sectors; ++sector) {
    const Sealed sealed = seal(sector, base::Bytes(kSector));
    put(tags, sector, wire::encode(sealed.tag));
    hashes.push_back(leaf(sector, sealed.data, sealed.tag));
    if (!device_.write(places_.data + sector, sealed.data)) return false;
    const bool full = (sector + 1) % kTagsInSector == 0 || sector + 1 == terms_.sectors;
    if (full && !device_.write(places_.tag_sector(sector), tags)) return false;
    if (full) tags.assign(kSector, 0);
  }
  if (terms_.tree == Tree::kNone) return true;
  for (std::size_t level = 0; level < places_.levels.size(); ++level) {
    std::vector<Hash> above;
    for (std::uint64_t index = 0; index < places_.counts[level]; ++index) {
      base::Bytes content(kSector);
      for (std::uint64_t i = index * kHashesInSector; i < std::min<std::uint64_t>((index + 1) * kHashesInSector, hashes.size()); ++i)
        put(content, i, hashes[i]);
      if (!device_.write(places_.levels[level] + index, content)) return false;
      above.push_back(node(level, index, content));
    }
    hashes = std::move(above);
  }
  root_.hash = hashes.front();
  return true;
}

std::unique_ptr<SealedDisk> SealedDisk::open(SectorDevice& device, const Terms& wanted, base::View owner_key, const std::optional<Root>& kept,
                                             const Random& random, trust::Defences& defences) {
  const auto sector = device.read(0);
  if (!sector || sector->size() != kSector) return nullptr;
  const auto header = wire::decode<Header>(base::View(*sector).first(kHeaderSize));
  HeaderCase c;
  Terms said;
  std::optional<base::Bytes> key;
  if (header) {
    said = {header->cipher, header->tree, header->sectors};
    const bool known = header->cipher <= Cipher::kAesGcmRandom && header->tree <= Tree::kSha256;
    c.well_formed = header->magic == kMagic && header->version == kVersion && known && same_size(said, device);
    c.authentic = header->mac == mac_of(*header, owner_key);
    c.as_wanted = said == wanted;
    key = crypto::aes256_gcm_open(wrapping_key(owner_key), header->key_nonce, header->disk_id, header->sealed_key);
    c.key_opens = key.has_value();
  }
  if (defences.first_refusal<HeaderCase>(kHeaderRules, c, kPlace)) return nullptr;
  std::unique_ptr<SealedDisk> disk(new SealedDisk(device, said, header->disk_id, *key, random, defences));
  if (kept) disk->root_ = *kept;
  return disk;
}

std::optional<base::Bytes> SealedDisk::read(std::uint64_t sector) {
  if (sector >= terms_.sectors) return std::nullopt;
  const auto data = device_.read(places_.data + sector);
  if (!data) return std::nullopt;
  TagEntry tag;
  if (terms_.cipher == Cipher::kAesGcmRandom) {
    const auto tags = device_.read(places_.tag_sector(sector));
    if (!tags) return std::nullopt;
    const auto entry = wire::decode<TagEntry>(part(*tags, sector, kTagEntrySize));
    if (entry) tag = *entry;
  }
  SectorCase c;
  const auto plain = open_sector(sector, *data, tag, c.tag_fits);
  if (terms_.tree != Tree::kNone) {
    const auto leaves = load(0, sector / kHashesInSector, c.newest);
    if (!leaves) return std::nullopt;
    const auto expected = part(*leaves, sector, kHashSize);
    const auto found = leaf(sector, *data, tag);
    c.newest = c.newest && std::equal(found.begin(), found.end(), expected.begin());
  }
  if (defences_.first_refusal<SectorCase>(kSectorRules, c, kPlace)) return std::nullopt;
  return plain;
}

bool SealedDisk::write(std::uint64_t sector, base::View plain) {
  if (sector >= terms_.sectors || plain.size() != kSector) return false;
  // The whole way to the root is read and judged before anything changes.
  std::vector<base::Bytes> way;
  SectorCase c;
  if (terms_.tree != Tree::kNone) {
    std::uint64_t index = sector;
    for (std::size_t level = 0; level < places_.levels.size(); ++level) {
      index /= kHashesInSector;
      auto content = load(level, index, c.newest);
      if (!content) return false;
      way.push_back(std::move(*content));
    }
  }
  if (defences_.first_refusal<SectorCase>(kSectorRules, c, kPlace)) return false;

  const Sealed sealed = seal(sector, plain);
  if (terms_.cipher == Cipher::kAesGcmRandom) {
    auto tags = device_.read(places_.tag_sector(sector));
    if (!tags) return false;
    put(*tags, sector, wire::encode(sealed.tag));
    if (!device_.write(places_.tag_sector(sector), *tags)) return false;
  }
  if (!device_.write(places_.data + sector, sealed.data)) return false;
  Hash hash = leaf(sector, sealed.data, sealed.tag);
  std::uint64_t index = sector;
  for (std::size_t level = 0; level < way.size(); ++level) {
    put(way[level], index, hash);
    index /= kHashesInSector;
    if (!device_.write(places_.levels[level] + index, way[level])) return false;
    hash = node(level, index, way[level]);
  }
  if (!way.empty()) root_.hash = hash;
  return true;
}

base::Bytes SealedDisk::associated(std::uint64_t sector) const {
  base::Bytes out(root_.disk_id.begin(), root_.disk_id.end());
  base::append_le(out, sector);
  return out;
}

SealedDisk::Sealed SealedDisk::seal(std::uint64_t sector, base::View plain) {
  Sealed out;
  switch (terms_.cipher) {
    case Cipher::kNull: out.data = base::bytes_of(plain); break;
    case Cipher::kAesXtsPlain64: out.data = crypto::aes256_xts_encrypt(key_, sector, plain); break;
    case Cipher::kAesGcmRandom: {
      // Never counted: a counter that lies on the disk would be turned back with it, and then one nonce seals two texts.
      out.tag.nonce = block_of<12>(random_(out.tag.nonce.size()));
      out.data.resize(plain.size());
      crypto::Aes256Gcm gcm(block_of<32>(base::View(key_).first(32)));
      gcm.seal(out.tag.nonce, associated(sector), plain, out.data.data(), out.tag.tag);
      break;
    }
  }
  return out;
}

std::optional<base::Bytes> SealedDisk::open_sector(std::uint64_t sector, base::View data, const TagEntry& tag, bool& fits) const {
  if (terms_.cipher == Cipher::kNull) return base::bytes_of(data);
  if (terms_.cipher == Cipher::kAesXtsPlain64) return crypto::aes256_xts_decrypt(key_, sector, data);
  base::Bytes out(data.size());
  crypto::Aes256Gcm gcm(block_of<32>(base::View(key_).first(32)));
  fits = gcm.open(tag.nonce, associated(sector), data, out.data(), tag.tag);
  return out;
}

SealedDisk::Hash SealedDisk::leaf(std::uint64_t sector, base::View data, const TagEntry& tag) const {
  base::Bytes text = base::bytes_of("leaf");
  base::append(text, associated(sector));
  base::append(text, wire::encode(tag));
  base::append(text, data);
  return crypto::sha256(text);
}

SealedDisk::Hash SealedDisk::node(std::size_t level, std::uint64_t index, base::View content) const {
  base::Bytes text = base::bytes_of("node");
  base::append_le(text, static_cast<std::uint64_t>(level));
  base::append(text, associated(index));
  base::append(text, content);
  return crypto::sha256(text);
}

// One sector of the tree; `newest` turns false when what is above it, up to the root, does not vouch for it.
std::optional<base::Bytes> SealedDisk::load(std::size_t level, std::uint64_t index, bool& newest) {
  auto content = device_.read(places_.levels[level] + index);
  if (!content) return std::nullopt;
  const Hash found = node(level, index, *content);
  if (level + 1 == places_.levels.size()) {
    newest = newest && found == root_.hash;
    return content;
  }
  const auto above = load(level + 1, index / kHashesInSector, newest);
  if (!above) return std::nullopt;
  const auto expected = part(*above, index, kHashSize);
  newest = newest && std::equal(found.begin(), found.end(), expected.begin());
  return content;
}

void collect_storage_defences(std::vector<const trust::Defence*>& into) {
  trust::collect<HeaderCase>(into, kHeaderRules);
  trust::collect<SectorCase>(into, kSectorRules);
}

}  // namespace storage
