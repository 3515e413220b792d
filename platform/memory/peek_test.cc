// Looking without a trace: what `peek` and `sight` say is what a reader without a key would get, and nothing has changed after it.
#include <gtest/gtest.h>

#include "platform/memory/encrypted_memory.h"

namespace memory {
namespace {

constexpr KeyId kGuest{5};

EncryptedMemory::Sight sight_of(bool blank, bool plain, bool sealed, bool hidden) { return {blank, plain, sealed, hidden}; }

struct Machine {
  explicit Machine(Settings settings = {}) : memory([&] {
      settings.bytes = 1 << 20;
      return settings;
    }()) {
    KeyBytes key{};
    key.fill(0x21);
    memory.set_key(kGuest, key);
  }
  void write(KeyId key, std::uint64_t spa, std::size_t count, std::uint8_t fill = 0x5A) {
    ASSERT_TRUE(memory.write(key, spa, base::Bytes(count, fill)));
  }
  base::Bytes peeked(std::uint64_t spa, std::size_t count) const {
    base::Bytes out(count);
    EXPECT_TRUE(memory.peek(spa, out));
    return out;
  }
  base::Bytes read(std::uint64_t spa, std::size_t count) {
    base::Bytes out(count);
    EXPECT_TRUE(memory.read(KeyId::kNone, spa, out));
    return out;
  }
  EncryptedMemory memory;
};

TEST(MemorySight, TellsPlaintextFromCiphertextFromWhatIsWithheld) {
  Machine open;
  EXPECT_EQ(open.memory.sight(0x1000, 4096), sight_of(true, false, false, false));
  open.write(KeyId::kNone, 0x1000, 64);
  EXPECT_EQ(open.memory.sight(0x1000, 64), sight_of(false, true, false, false));
  open.write(kGuest, 0x2000, 4096);
  EXPECT_EQ(open.memory.sight(0x2000, 4096), sight_of(false, false, true, false));
  open.write(KeyId::kNone, 0x2000, 16);
  EXPECT_EQ(open.memory.sight(0x2000, 4096), sight_of(false, true, true, false)) << "a block of it is somebody else's now";
  EXPECT_EQ(open.memory.sight(0x2000, 16), sight_of(false, true, true, false)) << "told by lines";
  open.write(KeyId::kNone, 0x3000, 4096, 0);
  EXPECT_EQ(open.memory.sight(0x3000, 4096), sight_of(true, false, false, false)) << "cleared";

  Machine hiding({.ciphertext_hiding = true});
  hiding.write(kGuest, 0x2000, 64);
  EXPECT_EQ(hiding.memory.sight(0x2000, 64), sight_of(false, false, false, true));

  Machine bare({.mode = Mode::kNone});
  bare.write(kGuest, 0x2000, 4096);
  EXPECT_EQ(bare.memory.sight(0x2000, 4096), sight_of(false, true, false, false)) << "nothing encrypts there";
  EXPECT_EQ(bare.memory.sight(1 << 20, 64), sight_of(false, false, false, false)) << "there is no such address";
}

TEST(MemoryPeek, GivesWhatAReadWouldAndLeavesNoTrace) {
  for (const bool hiding : {false, true})
    for (const auto integrity : {Integrity::kNone, Integrity::kMac, Integrity::kOwnerBit})
      for (const bool dirty : {false, true}) {
        Machine m({.integrity = integrity, .ciphertext_hiding = hiding, .dirty_lines = dirty});
        m.write(kGuest, 0x2000, 128);
        m.write(KeyId::kNone, 0x2080, 64, 0x33);
        m.write(KeyId::kNone, 0x3000, 64, 0x44);
        const auto lines = m.memory.dirty_line_count();
        const auto sight = m.memory.sight(0x2000, 128);
        const auto first = m.peeked(0x2008, 0xF0), plain = m.peeked(0x3000, 64);
        EXPECT_EQ(m.memory.dirty_line_count(), lines) << "no line is written back";
        EXPECT_EQ(m.peeked(0x2008, 0xF0), first);
        EXPECT_EQ(plain, base::Bytes(64, 0x44));
        EXPECT_EQ(first, m.read(0x2008, 0xF0)) << "hiding " << hiding << ", dirty " << dirty;
        EXPECT_EQ(m.memory.sight(0x2000, 128), sight) << "a line that was written back is seen as it was foreseen";
        EXPECT_EQ(sight.hidden, hiding);
        EXPECT_EQ(sight.sealed, !hiding);
      }
}

TEST(MemoryPeek, SeesThroughAnAliasAsAReaderDoes) {
  Machine m;
  m.memory.aliasing().set_alias(1 << 19);
  m.write(kGuest, 0x2000, 64);
  EXPECT_EQ(m.peeked(0x2000 | 1 << 19, 64), m.read(0x2000, 64));
  EXPECT_TRUE(m.memory.sight(0x2000 | 1 << 19, 64).sealed);
  base::Bytes out(16);
  EXPECT_FALSE(m.memory.peek((1 << 20) - 8, out));
}

}  // namespace
}  // namespace memory
