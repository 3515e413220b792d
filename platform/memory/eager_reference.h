#pragma once
// The semantic reference of EncryptedMemory: DRAM holds ciphertext and nothing else, and every access decrypts or
// encrypts one block at a time with plain AES-ECB. Slow, short, and sharing no code with the engine that it judges.
#include <openssl/evp.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "platform/memory/encrypted_memory.h"

namespace memory {

class EagerMemory {
 public:
  explicit EagerMemory(const Settings& settings) : settings_(settings) {}

  void set_key(KeyId id, const KeyBytes& key) { keys_[id] = key; }
  void drop_key(KeyId id) { keys_.erase(id); }
  void set_alias(std::uint64_t mask, bool on) { mask_ = on ? mask : 0; }

  Outcome read(KeyId key, std::uint64_t spa, std::span<std::uint8_t> out) {
    Outcome outcome{.fault = find_fault(key, spa, out.size())};
    bool dead = outcome.fault.has_value();
    for (std::size_t i = 0, count = 0; i < out.size(); i += count) {
      const std::uint64_t line = (spa + i) / 64 * 64;
      count = std::min<std::size_t>(out.size() - i, line + 64 - (spa + i));
      if (!dead && !verifies(key, line)) {
        outcome.fault = Fault{Fault::Kind::kIntegrity, line};
        dead = true;
      }
      const bool hidden = !dead && hides(key, line);
      outcome.hidden |= hidden;
      base::Block<64> plain;
      plain.fill(settings_.hidden_fill);
      if (!dead && !hidden) plain = plain_line(key, line);
      std::copy_n(plain.begin() + (spa + i) % 64, count, out.begin() + i);
    }
    return outcome;
  }

  Outcome write(KeyId key, std::uint64_t spa, base::View bytes) {
    Outcome outcome{.fault = find_fault(key, spa, bytes.size())};
    if (outcome.fault || bytes.empty()) return outcome;
    const std::uint64_t end = spa + bytes.size();
    for (std::uint64_t line = spa / 64 * 64; line < end; line += 64)
      if ((line < spa || line + 64 > end) && !verifies(key, line)) {
        outcome.fault = Fault{Fault::Kind::kIntegrity, line};
        return outcome;
      }
    for (std::uint64_t line = spa / 64 * 64; line < end; line += 64) {
      auto plain = plain_line(key, line);
      if (hides(key, line)) plain.fill(settings_.hidden_fill);
      for (std::uint64_t at = std::max(line, spa); at < std::min(line + 64, end); ++at)
        plain[at - line] = bytes[at - spa];
      DramLine& cell = dram_[cell_of(line)];
      for (std::size_t block = 0; block < 4; ++block) crypt(key, line + 16 * block, plain.data() + 16 * block, true);
      cell.bytes = plain;
      const bool owned = key != KeyId::kNone;
      cell.owner = owned && settings_.integrity != Integrity::kNone;
      cell.mac = owned && settings_.integrity == Integrity::kMac ? mac(key, line, cell.bytes) : 0;
      private_.erase(line);
      if (owned) private_.insert(line);
    }
    return outcome;
  }

  void read_dram(std::uint64_t cell, std::span<std::uint8_t> out) {
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = dram_[(cell + i) / 64 * 64].bytes[(cell + i) % 64];
  }
  void write_dram(std::uint64_t cell, base::View bytes) {
    for (std::size_t i = 0; i < bytes.size(); ++i) dram_[(cell + i) / 64 * 64].bytes[(cell + i) % 64] = bytes[i];
  }
  DramLine read_dram_line(std::uint64_t cell) { return dram_[cell / 64 * 64]; }
  void write_dram_line(std::uint64_t cell, const DramLine& line) { dram_[cell / 64 * 64] = line; }

 private:
  std::uint64_t cell_of(std::uint64_t spa) const { return mask_ ? std::min(spa, spa ^ mask_) : spa; }

  std::optional<Fault> find_fault(KeyId key, std::uint64_t spa, std::uint64_t count) const {
    if (spa > settings_.bytes || count > settings_.bytes - spa) return Fault{Fault::Kind::kNoSuchAddress, spa};
    if (key != KeyId::kNone && !keys_.contains(key)) return Fault{Fault::Kind::kNoSuchKey, spa};
    return std::nullopt;
  }

  bool verifies(KeyId key, std::uint64_t line) {
    if (key == KeyId::kNone || settings_.integrity == Integrity::kNone) return true;
    const DramLine& cell = dram_[cell_of(line)];
    return cell.owner && (settings_.integrity == Integrity::kOwnerBit || cell.mac == mac(key, line, cell.bytes));
  }

  bool hides(KeyId key, std::uint64_t line) {
    if (key != KeyId::kNone || !settings_.ciphertext_hiding) return false;
    return settings_.integrity == Integrity::kNone ? private_.contains(line) : dram_[cell_of(line)].owner;
  }

  base::Block<64> plain_line(KeyId key, std::uint64_t line) {
    auto bytes = dram_[cell_of(line)].bytes;
    for (std::size_t block = 0; block < 4; ++block) crypt(key, line + 16 * block, bytes.data() + 16 * block, false);
    return bytes;
  }

  static void aes(const std::uint8_t* key, std::uint8_t* block, bool encrypt) {
    EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
    int size = 0;
    EVP_CipherInit_ex(context, EVP_aes_128_ecb(), nullptr, key, nullptr, encrypt);
    EVP_CIPHER_CTX_set_padding(context, 0);
    EVP_CipherUpdate(context, block, &size, block, 16);
    EVP_CIPHER_CTX_free(context);
  }

  void crypt(KeyId id, std::uint64_t spa, std::uint8_t* block, bool encrypt) const {
    if (id == KeyId::kNone || settings_.mode == Mode::kNone) return;
    const KeyBytes& key = keys_.at(id);
    base::Block<16> tweak{};
    if (settings_.mode == Mode::kXts) {
      for (unsigned i = 0; i < 8; ++i) tweak[i] = static_cast<std::uint8_t>(spa / 16 >> (8 * i));
      aes(key.data() + 16, tweak.data(), true);
    } else {
      for (unsigned bit = 4; bit < 64; ++bit)
        for (std::size_t i = 0; i < 16; ++i) tweak[i] ^= spa >> bit & 1 ? tweak_constant(bit)[i] : 0;
    }
    const bool before = encrypt || settings_.mode != Mode::kXe;
    const bool after = !encrypt || settings_.mode != Mode::kXe;
    for (std::size_t i = 0; i < 16; ++i) block[i] ^= before ? tweak[i] : 0;
    aes(key.data(), block, encrypt);
    for (std::size_t i = 0; i < 16; ++i) block[i] ^= after ? tweak[i] : 0;
  }

  std::uint32_t mac(KeyId id, std::uint64_t line, const base::Block<64>& bytes) const {
    base::Block<104> text{};
    std::ranges::copy(keys_.at(id), text.begin());
    for (unsigned i = 0; i < 8; ++i) text[32 + i] = static_cast<std::uint8_t>(line >> (8 * i));
    std::ranges::copy(bytes, text.begin() + 40);
    base::Block<32> digest{};
    EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha3_256(), nullptr);
    return digest[0] | digest[1] << 8 | digest[2] << 16 | (digest[3] & 0x0F) << 24;
  }

  Settings settings_;
  std::uint64_t mask_ = 0;
  std::map<KeyId, KeyBytes> keys_;
  std::map<std::uint64_t, DramLine> dram_;
  std::set<std::uint64_t> private_;
};

}  // namespace memory
