#include "platform/memory/encrypted_memory.h"

#include <gtest/gtest.h>

#include "platform/base/check.h"

namespace memory {
namespace {

constexpr KeyId kGuest{5};
constexpr KeyId kOther{6};
constexpr std::uint64_t kMiB = 1 << 20;

KeyBytes key_of(std::uint8_t fill) {
  KeyBytes key{};
  key.fill(fill);
  key[0] = 0;
  return key;
}

struct Machine {
  explicit Machine(Settings settings) : memory(with_size(settings)) {
    memory.set_key(kGuest, key_of(0x21));
    memory.set_key(kOther, key_of(0x43));
  }
  static Settings with_size(Settings settings) {
    if (settings.bytes == 0) settings.bytes = 16 * kMiB;
    return settings;
  }
  base::Bytes read(KeyId key, std::uint64_t spa, std::size_t count) {
    base::Bytes out(count);
    last = memory.read(key, spa, out);
    return out;
  }
  const Outcome& write(KeyId key, std::uint64_t spa, base::View bytes) {
    last = memory.write(key, spa, bytes);
    return last;
  }
  base::Bytes dram(std::uint64_t cell, std::size_t count) {
    base::Bytes out(count);
    EXPECT_TRUE(memory.read_dram(cell, out));
    return out;
  }

  EncryptedMemory memory;
  Outcome last;
};

const base::Bytes kSecret = base::bytes_of("sixteen bytes!!!and sixteen more");

TEST(EncryptedMemory, ShowsPlaintextToTheKeyAndCiphertextToEveryoneElse) {
  Machine m({});
  EXPECT_TRUE(m.write(kGuest, 0x1000, kSecret).foreign);
  EXPECT_EQ(m.read(kGuest, 0x1000, 32), kSecret);
  EXPECT_FALSE(m.last.foreign);
  const auto raw = m.read(KeyId::kNone, 0x1000, 32);
  EXPECT_TRUE(m.last.foreign);
  EXPECT_NE(raw, kSecret);
  EXPECT_EQ(m.dram(0x1000, 32), raw);
  EXPECT_NE(m.read(kOther, 0x1000, 32), kSecret);
  EXPECT_NE(m.read(kOther, 0x1000, 32), raw);
}

// Looking at a whole line has a way of its own.
TEST(EncryptedMemory, ALineIsWhatItsHalvesAre) {
  std::vector<Settings> all;
  for (const Mode mode : {Mode::kNone, Mode::kXe, Mode::kXex, Mode::kXts})
    for (const Integrity integrity : {Integrity::kNone, Integrity::kMac, Integrity::kOwnerBit})
      for (const unsigned bits : {0u, 1u, 2u, 4u})
        all.push_back({.mode = mode, .integrity = integrity, .ciphertext_hiding = bits == 1, .dirty_lines = bits == 2, .eager = bits == 4});
  for (const auto& settings : all) {
    Machine m(settings);
    base::Bytes page(kPageBytes);
    for (std::size_t i = 0; i < page.size(); ++i) page[i] = static_cast<std::uint8_t>(i * 7);
    (void)m.write(kGuest, 0x1000, page);
    (void)m.write(kGuest, 0x2000, page);
    (void)m.write(kOther, 0x2100, base::View(page).first(100));
    (void)m.write(KeyId::kNone, 0x3000, page);
    for (const bool aliased : {false, true}) {
      m.memory.aliasing().set_alias(0x8000, aliased);
      for (const std::uint64_t from : {std::uint64_t{0}, std::uint64_t{0x8000}, std::uint64_t{0xF000}, 16 * kMiB - 0x1000})
        for (std::uint64_t spa = from; spa < from + 0x4000; spa += kLineBytes) {
          auto halves = m.read(KeyId::kNone, spa, 32);
          const Outcome first = m.last;
          base::append(halves, m.read(KeyId::kNone, spa + 32, 32));
          const Outcome second = m.last;
          EXPECT_EQ(m.read(KeyId::kNone, spa, kLineBytes), halves) << spa;
          EXPECT_EQ(m.last.foreign, first.foreign || second.foreign) << spa;
          EXPECT_EQ(m.last.hidden, first.hidden || second.hidden) << spa;
          EXPECT_EQ(m.last.fault.has_value(), first.fault.has_value()) << spa;
        }
    }
  }
}

TEST(EncryptedMemory, WithoutAModeShowsPlaintextToAll) {
  Machine m({.mode = Mode::kNone});
  m.write(kGuest, 0x1000, kSecret);
  EXPECT_EQ(m.read(KeyId::kNone, 0x1000, 32), kSecret);
  EXPECT_EQ(m.read(kOther, 0x1000, 32), kSecret);
  EXPECT_EQ(m.dram(0x1000, 32), kSecret);
}

TEST(EncryptedMemory, ShowsEqualCiphertextForEqualPlaintextAtOneAddressOnly) {
  Machine m({});
  m.write(kGuest, 0x1000, kSecret);
  const auto before = m.read(KeyId::kNone, 0x1000, 32);
  m.write(kGuest, 0x1000, base::Bytes(32, 1));
  EXPECT_NE(m.read(KeyId::kNone, 0x1000, 32), before);
  m.write(kGuest, 0x1000, kSecret);
  EXPECT_EQ(m.read(KeyId::kNone, 0x1000, 32), before);
  m.write(kGuest, 0x1020, kSecret);
  EXPECT_NE(m.read(KeyId::kNone, 0x1020, 32), before);
}

TEST(EncryptedMemory, AReplayedBlockDecryptsToItsOldPlaintextAndAMovedOneToNoise) {
  Machine m({});
  m.write(kGuest, 0x1000, kSecret);
  const auto old = m.read(KeyId::kNone, 0x1000, 32);
  m.write(kGuest, 0x1000, base::Bytes(32, 1));
  m.write(KeyId::kNone, 0x1000, old);
  EXPECT_EQ(m.read(kGuest, 0x1000, 32), kSecret);
  EXPECT_TRUE(m.last.foreign);
  m.write(KeyId::kNone, 0x2000, old);
  EXPECT_NE(m.read(kGuest, 0x2000, 32), kSecret);
}

TEST(EncryptedMemory, AForeignByteSpoilsOneBlockOfSixteenBytes) {
  Machine m({});
  const base::Bytes page(kPageBytes, 0x77);
  m.write(kGuest, 0x3000, page);
  m.write(KeyId::kNone, 0x3048, base::Bytes{static_cast<std::uint8_t>(m.dram(0x3048, 1)[0] ^ 1)});
  const auto seen = m.read(kGuest, 0x3000, kPageBytes);
  for (std::size_t block = 0; block < kBlocksPerPage; ++block) {
    const base::Bytes part(seen.begin() + 16 * block, seen.begin() + 16 * block + 16);
    EXPECT_EQ(part == base::Bytes(16, 0x77), block != 4) << block;
  }
}

TEST(EncryptedMemory, ANewKeyTurnsOldContentToNoiseAndTheOldKeyBringsItBack) {
  Machine m({});
  m.write(kGuest, 0x1000, kSecret);
  m.memory.set_key(kGuest, key_of(0x99));
  EXPECT_NE(m.read(kGuest, 0x1000, 32), kSecret);
  m.memory.set_key(KeyId{9}, key_of(0x21));
  EXPECT_EQ(m.read(KeyId{9}, 0x1000, 32), kSecret);
  m.memory.drop_key(kGuest);
  m.read(kGuest, 0x1000, 32);
  EXPECT_EQ(m.last.fault, (Fault{Fault::Kind::kNoSuchKey, 0x1000}));
  EXPECT_EQ(m.write(kGuest, 0x1000, kSecret).fault, (Fault{Fault::Kind::kNoSuchKey, 0x1000}));
}

TEST(EncryptedMemory, RefusesAddressesOutsideWithoutEffect) {
  Machine m({.bytes = 0x2000});
  const std::uint64_t end_of_all = ~std::uint64_t{0};
  for (const std::uint64_t spa : {std::uint64_t{0x1FF0}, std::uint64_t{0x2000}, end_of_all, end_of_all - 15}) {
    const base::Bytes bytes(17, 3);
    EXPECT_EQ(m.write(KeyId::kNone, spa, bytes).fault, (Fault{Fault::Kind::kNoSuchAddress, spa}));
    EXPECT_EQ(m.read(KeyId::kNone, spa, 17), base::Bytes(17, 0xFF));
    EXPECT_FALSE(m.memory.write_dram(spa, bytes));
    EXPECT_EQ(m.memory.read_dram_line(spa).has_value(), spa < 0x2000);
  }
  EXPECT_EQ(m.memory.pages_touched(), 0u);
  EXPECT_FALSE(m.write(KeyId::kNone, 0x2000, {}).fault);
  EXPECT_THROW(EncryptedMemory({.bytes = 0x1800}), base::Bug);
  EXPECT_THROW(EncryptedMemory({.bytes = 2 * kMemoryBytesMax}), base::Bug);
}

TEST(EncryptedMemory, ATerabyteCostsWhatIsTouched) {
  Machine m({.bytes = kMemoryBytesMax});
  m.write(kGuest, kMemoryBytesMax - 32, kSecret);
  m.write(kGuest, 0x7FFF'FFF0, kSecret);
  EXPECT_EQ(m.read(kGuest, kMemoryBytesMax - 32, 32), kSecret);
  EXPECT_EQ(m.read(kGuest, 0x7FFF'FFF0, 32), kSecret);
  EXPECT_EQ(m.read(KeyId::kNone, 0x1234'5678, 8), base::Bytes(8, 0));
  EXPECT_EQ(m.memory.pages_touched(), 3u);
}

// ---- hiding

TEST(CiphertextHiding, WithholdsPrivateLinesFromSoftwareButNotFromTheBus) {
  Machine m({.ciphertext_hiding = true});
  m.write(kGuest, 0x1000, kSecret);
  const auto seen = m.read(KeyId::kNone, 0x0FF8, 80);
  EXPECT_TRUE(m.last.hidden);
  EXPECT_EQ(base::Bytes(seen.begin(), seen.begin() + 8), base::Bytes(8, 0));
  EXPECT_EQ(base::Bytes(seen.begin() + 8, seen.begin() + 72), base::Bytes(64, 0xFF));
  EXPECT_EQ(base::Bytes(seen.begin() + 72, seen.end()), base::Bytes(8, 0));
  EXPECT_NE(m.dram(0x1000, 32), base::Bytes(32, 0xFF));
  EXPECT_EQ(m.read(kGuest, 0x1000, 32), kSecret);
  EXPECT_FALSE(m.last.hidden);
}

TEST(CiphertextHiding, AWriteOfOneByteUncoversNothing) {
  Machine m({.ciphertext_hiding = true});
  m.write(kGuest, 0x1000, base::Bytes(64, 7));
  m.write(KeyId::kNone, 0x1000, base::Bytes{1});
  const auto seen = m.read(KeyId::kNone, 0x1000, 64);
  EXPECT_FALSE(m.last.hidden);
  EXPECT_EQ(seen[0], 1);
  EXPECT_EQ(base::Bytes(seen.begin() + 1, seen.end()), base::Bytes(63, 0xFF));
}

TEST(CiphertextHiding, FollowsTheSystemAddressSoAGhostAddressShowsCiphertext) {
  Machine m({.ciphertext_hiding = true});
  m.memory.aliasing().set_alias(8 * kMiB);
  m.write(kGuest, 0x1000, kSecret);
  EXPECT_EQ(m.read(KeyId::kNone, 0x1000, 32), base::Bytes(32, 0xFF));
  EXPECT_EQ(m.read(KeyId::kNone, 8 * kMiB + 0x1000, 32), m.dram(0x1000, 32));
  EXPECT_FALSE(m.last.hidden);
}

// ---- integrity

TEST(Integrity, AMacCatchesTamperingUnlessTheOldLineComesBackWhole) {
  Machine m({.integrity = Integrity::kMac});
  m.write(kGuest, 0x1000, base::Bytes(64, 1));
  const DramLine old = *m.memory.read_dram_line(0x1000);
  EXPECT_TRUE(old.owner);
  m.write(kGuest, 0x1000, base::Bytes(64, 2));
  ASSERT_TRUE(m.memory.write_dram(0x1000, old.bytes));
  const auto seen = m.read(kGuest, 0x0FC0, 64 + 8);
  EXPECT_EQ(m.last.fault, (Fault{Fault::Kind::kIntegrity, 0x0FC0}));  // never written under any key
  m.read(kGuest, 0x1008, 8);
  EXPECT_EQ(m.last.fault, (Fault{Fault::Kind::kIntegrity, 0x1000}));
  ASSERT_TRUE(m.memory.write_dram_line(0x1000, old));
  EXPECT_EQ(m.read(kGuest, 0x1000, 64), base::Bytes(64, 1));
  EXPECT_FALSE(m.last.fault);
  ASSERT_TRUE(m.memory.write_dram_line(0x2000, old));  // elsewhere it is another address
  m.read(kGuest, 0x2000, 64);
  EXPECT_EQ(m.last.fault, (Fault{Fault::Kind::kIntegrity, 0x2000}));
  m.read(kOther, 0x1000, 64);
  EXPECT_EQ(m.last.fault, (Fault{Fault::Kind::kIntegrity, 0x1000}));
}

TEST(Integrity, ASpoiledLineIsMendedOnlyByAWriteOfAllOfIt) {
  for (const auto integrity : {Integrity::kMac, Integrity::kOwnerBit}) {
    Machine m({.integrity = integrity});
    m.write(kGuest, 0x1000, base::Bytes(128, 1));
    m.write(KeyId::kNone, 0x1000, base::Bytes{9});
    const auto before = m.dram(0x1000, 128);
    EXPECT_EQ(m.write(kGuest, 0x103F, base::Bytes(65, 2)).fault, (Fault{Fault::Kind::kIntegrity, 0x1000}));
    EXPECT_EQ(m.dram(0x1000, 128), before);
    EXPECT_FALSE(m.write(kGuest, 0x1000, base::Bytes(65, 3)).fault);
    EXPECT_EQ(m.read(kGuest, 0x1000, 65), base::Bytes(65, 3));
    EXPECT_EQ(m.read(kGuest, 0x1041, 63), base::Bytes(63, 1));
    EXPECT_FALSE(m.last.fault);
  }
}

TEST(Integrity, AnOwnerBitCatchesAHostWriteButNotTheBus) {
  Machine m({.integrity = Integrity::kOwnerBit});
  m.write(kGuest, 0x1000, base::Bytes(64, 1));
  ASSERT_TRUE(m.memory.write_dram(0x1000, base::Bytes(64, 9)));
  EXPECT_NE(m.read(kGuest, 0x1000, 64), base::Bytes(64, 1));
  EXPECT_FALSE(m.last.fault);
  m.write(KeyId::kNone, 0x1000, base::Bytes(64, 9));
  m.read(kGuest, 0x1000, 64);
  EXPECT_EQ(m.last.fault, (Fault{Fault::Kind::kIntegrity, 0x1000}));
}

// ---- aliasing

TEST(Aliasing, AGhostAddressReachesTheCellButDecryptsUnderItsOwnTweak) {
  Machine m({});
  m.memory.aliasing().set_alias(8 * kMiB);
  m.write(kGuest, 0x1000, kSecret);
  const auto old = m.read(KeyId::kNone, 8 * kMiB + 0x1000, 32);
  EXPECT_EQ(old, m.dram(0x1000, 32));
  EXPECT_NE(m.read(kGuest, 8 * kMiB + 0x1000, 32), kSecret);
  m.write(kGuest, 0x1000, base::Bytes(32, 1));
  m.write(KeyId::kNone, 8 * kMiB + 0x1000, old);  // replay past whoever guards 0x1000
  EXPECT_EQ(m.read(kGuest, 0x1000, 32), kSecret);
}

TEST(Aliasing, ADynamicAliasComesAndGoes) {
  Machine m({});
  m.memory.aliasing().set_alias(8 * kMiB, false);
  m.write(KeyId::kNone, 0x1000, base::Bytes(8, 1));
  m.write(KeyId::kNone, 8 * kMiB + 0x1000, base::Bytes(8, 2));
  EXPECT_FALSE(m.memory.aliases_present());
  m.memory.aliasing().turn(true);
  EXPECT_EQ(m.read(KeyId::kNone, 8 * kMiB + 0x1000, 8), base::Bytes(8, 1));
  EXPECT_TRUE(m.memory.aliases_present());
  m.memory.aliasing().turn(false);
  EXPECT_EQ(m.read(KeyId::kNone, 8 * kMiB + 0x1000, 8), base::Bytes(8, 2));
}

TEST(Aliasing, TheBootCheckFindsEveryMaskOfUpToFourBitsAndRestoresMemory) {
  for (const std::uint64_t mask : {0x1000, 0x80'0000, 0x81'0000, 0xC0'1000, 0xC1'8000}) {
    for (const auto integrity : {Integrity::kNone, Integrity::kMac}) {
      Machine m({.integrity = integrity});
      m.memory.aliasing().set_alias(mask);
      m.write(kGuest, 0, base::Bytes(256, 6));
      EXPECT_TRUE(m.memory.aliases_present()) << std::hex << mask;
      EXPECT_EQ(m.read(kGuest, 0, 256), base::Bytes(256, 6)) << std::hex << mask;
      EXPECT_FALSE(m.last.fault);
    }
  }
}

// ---- dirty lines

TEST(DirtyLines, AnUnwrittenLineIsLostByInvdAndKeptByWbinvd) {
  Machine m({.dirty_lines = true});
  m.write(kGuest, 0x1000, kSecret);
  m.memory.write_back_all();
  m.write(kGuest, 0x1000, base::Bytes(32, 1));
  EXPECT_EQ(m.memory.dirty_line_count(), 1u);
  EXPECT_EQ(m.read(kGuest, 0x1000, 32), base::Bytes(32, 1));
  m.memory.discard_dirty_lines();
  EXPECT_EQ(m.read(kGuest, 0x1000, 32), kSecret);  // CacheWarp: the store never happened
}

TEST(DirtyLines, TheBusSeesALineOnlyOnceItIsWrittenBack) {
  Machine m({.dirty_lines = true});
  m.write(kGuest, 0x1000, base::Bytes(128, 1));
  EXPECT_EQ(m.dram(0x1000, 128), base::Bytes(128, 0));
  m.memory.write_back(0x103F, 1);
  EXPECT_NE(m.dram(0x1000, 64), base::Bytes(64, 0));
  EXPECT_EQ(m.dram(0x1040, 64), base::Bytes(64, 0));
  m.read(KeyId::kNone, 0x1040, 1);  // an access under another key
  EXPECT_NE(m.dram(0x1040, 64), base::Bytes(64, 0));
}

TEST(DirtyLines, ASocketWritesBackWhatLiesInItsOwnCache) {
  Machine m({.dirty_lines = true, .sockets = 2});
  m.write(kGuest, 0x1000, base::Bytes(64, 1));   // key id 5: socket 1
  m.write(kOther, 0x2000, base::Bytes(64, 2));   // key id 6: socket 0
  m.memory.write_back_socket(0);
  EXPECT_EQ(m.dram(0x1000, 64), base::Bytes(64, 0));
  EXPECT_NE(m.dram(0x2000, 64), base::Bytes(64, 0));
  m.memory.write_back_socket(2);  // there is none
  EXPECT_EQ(m.memory.dirty_line_count(), 1u);
  m.memory.write_back_socket(1);
  EXPECT_NE(m.dram(0x1000, 64), base::Bytes(64, 0));
  m.memory.write_back_all();
  EXPECT_EQ(m.memory.write_backs(0), 2u);
  EXPECT_EQ(m.memory.write_backs(1), 2u);
  EXPECT_EQ(m.memory.write_backs(2), 0u);
}

TEST(DirtyLines, ALineAnswersToTheNumberOfItsKeyWhateverTheKey) {
  Machine m({.dirty_lines = true});
  m.write(kGuest, 0x1000, base::Bytes(64, 1));
  m.memory.drop_key(kGuest);
  m.memory.set_key(kGuest, key_of(0x65));
  EXPECT_EQ(m.read(kGuest, 0x1000, 64), base::Bytes(64, 1));
}

TEST(DirtyLines, ALineWhoseKeyIsGoneIsLost) {
  Machine m({.dirty_lines = true});
  m.write(kGuest, 0x1000, base::Bytes(64, 1));
  m.memory.drop_key(kGuest);
  m.memory.write_back_all();
  EXPECT_EQ(m.dram(0x1000, 64), base::Bytes(64, 0));
}

}  // namespace
}  // namespace memory
