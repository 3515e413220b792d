#include "guest/storage/sealed_disk.h"

#include <gtest/gtest.h>

#include "guest/storage/rules.h"
#include "guest/storage/test_disk.h"

namespace storage {
namespace {

using test::kOwnerKey;

constexpr std::uint32_t kSectors = 300;  // three levels of tree
constexpr Terms kXts{Cipher::kAesXtsPlain64, Tree::kNone, kSectors};
constexpr Terms kAead{Cipher::kAesGcmRandom, Tree::kNone, kSectors};
constexpr Terms kFull{Cipher::kAesGcmRandom, Tree::kSha256, kSectors};
constexpr Terms kXtsTree{Cipher::kAesXtsPlain64, Tree::kSha256, kSectors};

base::Bytes text(std::uint8_t with) { return base::Bytes(kSector, with); }

struct Made {
  explicit Made(const Terms& terms) : terms(terms) {
    sealed = SealedDisk::format(disk, terms, kOwnerKey, test::source(), defences);
    for (std::uint64_t sector = 0; sealed && sector < kSectors; sector += 7) EXPECT_TRUE(sealed->write(sector, text(static_cast<std::uint8_t>(sector))));
  }
  std::unique_ptr<SealedDisk> again() { return SealedDisk::open(disk, terms, kOwnerKey, sealed->root(), test::source(), defences); }
  // Whether everything that was written reads as it was; a refusal is no lie.
  bool lies(SealedDisk& from) const {
    for (std::uint64_t sector = 0; sector < kSectors; ++sector) {
      const auto got = from.read(sector);
      if (got && *got != (sector % 7 == 0 ? text(static_cast<std::uint8_t>(sector)) : base::Bytes(kSector))) return true;
    }
    return false;
  }
  Terms terms;
  test::Disk disk{kSectors + 60};
  trust::Defences defences;
  std::unique_ptr<SealedDisk> sealed;
};

TEST(SealedDisk, GivesBackWhatWasWrittenAtEachLevel) {
  for (const Terms& terms : {Terms{Cipher::kNull, Tree::kNone, kSectors}, kXts, kAead, kFull, kXtsTree}) {
    Made made(terms);
    ASSERT_NE(made.sealed, nullptr);
    const auto again = made.again();
    ASSERT_NE(again, nullptr);
    for (std::uint64_t sector = 0; sector < kSectors; sector += 7) EXPECT_EQ(again->read(sector), text(static_cast<std::uint8_t>(sector)));
    EXPECT_EQ(again->read(1), base::Bytes(kSector));
  }
}

TEST(SealedDisk, ShowsNoSectorInTheClear) {
  for (const Terms& terms : {kXts, kAead, kFull}) {
    Made made(terms);
    for (const auto& sector : made.disk.all) EXPECT_LT(std::count(sector.begin(), sector.end(), 7), 64);  // 512 in the clear
  }
}

// One altered byte anywhere on the disk.
TEST(SealedDisk, FindsAnyAlteredByteWhereItPromisesTo) {
  for (const Terms& terms : {kAead, kFull, kXtsTree}) {
    Made made(terms);
    const auto clean = made.disk.all;
    for (std::uint64_t sector = 0; sector < Places(kSectors).end; sector += 3) {
      made.disk.all = clean;
      made.disk.all[sector][(sector * 37) % kSector] ^= 0x10;
      const auto again = made.again();
      if (again) EXPECT_FALSE(made.lies(*again)) << sector;
    }
  }
}

TEST(SealedDisk, OfXtsAloneBelievesAnAlteredSector) {
  Made made(kXts);
  made.disk.all[Places(kSectors).data + 7][40] ^= 1;
  EXPECT_TRUE(made.lies(*made.again()));
}

void exchange(test::Disk& disk, std::uint64_t one, std::uint64_t other) {
  const Places places(kSectors);
  std::swap(disk.all[places.data + one], disk.all[places.data + other]);
  auto* first = disk.all[places.tag_sector(one)].data() + one % kTagsInSector * kTagEntrySize;
  auto* second = disk.all[places.tag_sector(other)].data() + other % kTagsInSector * kTagEntrySize;
  std::swap_ranges(first, first + kTagEntrySize, second);
}

TEST(SealedDisk, FindsAMovedSectorWithItsTagWhereItPromisesTo) {
  for (const Terms& terms : {kAead, kFull, kXtsTree}) {
    Made made(terms);
    exchange(made.disk, 7, 14);
    exchange(made.disk, 21, 280);
    EXPECT_FALSE(made.lies(*made.again()));
  }
  Made xts(kXts);
  exchange(xts.disk, 7, 14);
  EXPECT_TRUE(xts.lies(*xts.again()));
}

// Of one sector with its tag, of the tree with it, of the whole disk.
TEST(SealedDisk, FindsWhatIsOldWhereItPromisesTo) {
  for (const Terms& terms : {kXts, kAead, kFull, kXtsTree}) {
    Made made(terms);
    const auto old = made.disk.all;
    ASSERT_TRUE(made.sealed->write(14, text(0xee)));
    const auto now = made.disk.all;
    const Places places(kSectors);
    std::vector<std::vector<std::uint64_t>> ways = {{places.data + 14, places.tag_sector(14)}};
    ways.push_back(ways[0]);
    for (std::size_t level = 0; level < places.levels.size(); ++level) ways[1].push_back(places.levels[level]);
    ways.emplace_back();
    for (std::uint64_t sector = 0; sector < places.end; ++sector) ways[2].push_back(sector);
    for (const auto& way : ways) {
      made.disk.all = now;
      for (const auto sector : way) made.disk.all[sector] = old[sector];
      const auto again = made.again();
      ASSERT_NE(again, nullptr);
      const auto got = again->read(14);
      if (terms.tree == Tree::kNone) EXPECT_EQ(got, text(14));  // the older one: that is what these levels do not promise
      else EXPECT_EQ(got, std::nullopt);
    }
  }
}

TEST(SealedDisk, PutsNothingOldUnderANewRoot) {
  Made made(kFull);
  const auto old = made.disk.all;
  ASSERT_TRUE(made.sealed->write(14, text(0xee)));
  made.disk.all[Places(kSectors).levels[0]] = old[Places(kSectors).levels[0]];
  const Root before = made.sealed->root();
  EXPECT_FALSE(made.sealed->write(0, text(0x11)));  // a neighbour in the same sector of hashes
  EXPECT_EQ(made.sealed->root(), before);
}

TEST(SealedDisk, RefusesAHeaderThatIsNotItsOwners) {
  const auto with = [](auto edit, std::initializer_list<std::string_view> lifted) {
    Made made(kFull);
    auto header = *wire::decode<Header>(base::View(made.disk.all[0]).first(kHeaderSize));
    edit(header);
    const auto bytes = wire::encode(header);
    std::copy(bytes.begin(), bytes.end(), made.disk.all[0].begin());
    for (const auto id : lifted) made.defences.lift(id);
    return made.again() != nullptr;
  };
  const auto null_cipher = [](Header& h) { h.cipher = Cipher::kNull; };
  EXPECT_TRUE(with([](Header&) {}, {}));
  EXPECT_FALSE(with(null_cipher, {}));
  EXPECT_FALSE(with(null_cipher, {"guest.disk.header"}));
  EXPECT_FALSE(with(null_cipher, {"guest.disk.cipher"}));
  EXPECT_TRUE(with(null_cipher, {"guest.disk.header", "guest.disk.cipher"}));
  EXPECT_FALSE(with([](Header& h) { h.version = 2; }, {"guest.disk.header", "guest.disk.cipher"}));
  EXPECT_FALSE(with([](Header& h) { h.sectors = 0; }, {"guest.disk.header", "guest.disk.cipher"}));
  EXPECT_FALSE(with([](Header& h) { h.sectors = 1 << 20; }, {"guest.disk.header", "guest.disk.cipher"}));
  EXPECT_FALSE(with([](Header& h) { h.sealed_key[3] ^= 1; }, {"guest.disk.header", "guest.disk.cipher"}));
}

TEST(SealedDisk, OpensForNoOtherOwner) {
  Made made(kFull);
  const base::Bytes other(32, 0x5b);
  EXPECT_EQ(SealedDisk::open(made.disk, kFull, other, made.sealed->root(), test::source(), made.defences), nullptr);
}

TEST(SealedDisk, SealsEachWriteUnderANonceOfItsOwn) {
  Made made(kAead);
  const auto entry = [&] { return *wire::decode<TagEntry>(base::View(made.disk.all[1]).first(kTagEntrySize)); };
  ASSERT_TRUE(made.sealed->write(0, text(1)));
  const auto first = entry();
  ASSERT_TRUE(made.sealed->write(0, text(1)));
  EXPECT_NE(entry().nonce, first.nonce);
}

TEST(Header, IsAsLongAsItSays) {
  EXPECT_EQ(wire::encode(Header{}).size(), kHeaderSize);
  EXPECT_EQ(wire::encode(TagEntry{}).size(), kTagEntrySize);
  for (std::size_t size = 0; size < kHeaderSize; ++size) EXPECT_FALSE(wire::decode<Header>(base::Bytes(size)));
  EXPECT_FALSE(wire::decode<Header>(base::Bytes(kHeaderSize + 1)));
}

TEST(SealedDisk, WantsADeviceThatIsLargeEnough) {
  test::Disk small(20);
  trust::Defences defences;
  EXPECT_EQ(SealedDisk::format(small, kFull, kOwnerKey, test::source(), defences), nullptr);
  EXPECT_EQ(SealedDisk::open(small, kFull, kOwnerKey, {}, test::source(), defences), nullptr);  // zeroes
}

}  // namespace
}  // namespace storage
