#pragma once
// System memory behind an encryption engine: sparse DRAM (untouched memory costs nothing and reads as raw zeroes), the
// keys, and what each observer sees.
//
// Promise: every byte returned is the byte that an engine would return which keeps nothing but ciphertext in DRAM.
// Inside, bytes keep the form in which they were last written and change it only for a reader whose (key, system
// address) differs. The form is kept per 64-byte line and split into 16-byte blocks by a partial write in another form.
//
// Observers:
//   software and devices with a key   read/write(key, spa): decrypted and encrypted under that key at that address
//   software and devices without      read/write(KeyId::kNone, spa): raw, or a fixed pattern where hiding withholds it
//   whoever holds the memory bus      read_dram/write_dram(cell): raw cells, below aliasing, caches and hiding
//
// Every address may come from an adversary: nothing here is undefined for any of them.
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "platform/base/bytes.h"
#include "platform/memory/aliasing.h"
#include "platform/memory/dirty_lines.h"
#include "platform/memory/line_cipher.h"
#include "platform/memory/page_store.h"

namespace memory {

// kMac: 28 bits a line over key, system address and ciphertext, kept beside the line in DRAM (no freshness: whoever
// puts both back is not noticed), and the owner bit. kOwnerBit: one bit a line, set by a write under a key, cleared by
// one without.
enum class Integrity { kNone, kMac, kOwnerBit };

struct Settings {
  std::uint64_t bytes = 0;  // as reported by the modules: whole pages, at most kMemoryBytesMax
  Mode mode = Mode::kXts;
  Integrity integrity = Integrity::kNone;
  bool ciphertext_hiding = false;    // a read without a key of a line written under one gets `hidden_fill`
  std::uint8_t hidden_fill = 0xFF;   // AMD: ones; a TDX owner mismatch: zeroes
  bool dirty_lines = false;          // writes stay in the cache until written back
  unsigned sockets = 1;              // each with a cache; convention: whoever uses a key id runs on the socket of its number, modulo these
  CipherPath cipher_path = CipherPath::kFastest;  // who computes; changes no byte
  bool eager = false;                // every write is encrypted at once and every read decrypts; changes no byte
};
inline constexpr std::uint64_t kMemoryBytesMax = std::uint64_t{1} << 40;

struct Fault {
  enum class Kind {
    kNoSuchAddress,  // some byte lies outside of memory
    kNoSuchKey,      // the key id has no key
    kIntegrity,      // the line at `spa` is not what this key wrote there: a machine check
  };
  Kind kind;
  std::uint64_t spa = 0;
  friend bool operator==(const Fault&, const Fault&) = default;
};

// What became of an access. A write that faults has no effect. A read that faults has filled the rest with
// `hidden_fill`.
struct [[nodiscard]] Outcome {
  bool foreign = false;          // touched bytes in another form: another key, another address, raw, or never written
  bool hidden = false;           // hiding withheld some of it
  std::optional<Fault> fault{};
  explicit operator bool() const { return !fault; }
};

// A line as it lies in DRAM, check bits and all: what a bus interposer records and puts back.
struct DramLine {
  base::Block<kLineBytes> bytes{};
  std::uint32_t mac = 0;  // 28 bits; 0 unless Integrity::kMac
  bool owner = false;     // false unless there is integrity
  friend bool operator==(const DramLine&, const DramLine&) = default;
};

class EncryptedMemory {
 public:
  explicit EncryptedMemory(const Settings& settings);
  ~EncryptedMemory();
  EncryptedMemory(const EncryptedMemory&) = delete;
  EncryptedMemory& operator=(const EncryptedMemory&) = delete;

  const Settings& settings() const { return settings_; }
  // Firmware decides it as the platform starts, before any key is in use.
  void set_ciphertext_hiding(bool on) { settings_.ciphertext_hiding = on; }

  // Programs the key of an id other than KeyId::kNone. What was written under an earlier key stays as it is in DRAM.
  void set_key(KeyId id, const KeyBytes& key);
  void drop_key(KeyId id);
  bool has_key(KeyId id) const { return id == KeyId::kNone || keys_.contains(id); }

  Outcome read(KeyId key, std::uint64_t spa, std::span<std::uint8_t> out);
  Outcome write(KeyId key, std::uint64_t spa, base::View bytes);

  // The bus. `cell` is a place in the module: see aliasing(). Writing bytes leaves the check bits of their lines alone.
  // False when the cells do not exist.
  [[nodiscard]] bool read_dram(std::uint64_t cell, std::span<std::uint8_t> out);
  [[nodiscard]] bool write_dram(std::uint64_t cell, base::View bytes);
  std::optional<DramLine> read_dram_line(std::uint64_t cell);          // the line that holds `cell`
  [[nodiscard]] bool write_dram_line(std::uint64_t cell, const DramLine& line);

  // What a reader without a key would get, told without an access: no line is written back, nothing is kept of it.
  struct Sight {
    bool blank = false;      // some bytes are zeroes that no key wrote
    bool plain = false;      // other bytes lie as somebody without a key wrote them, or nothing encrypts
    bool sealed = false;     // some are ciphertext
    bool hidden = false;     // some lines are withheld
    friend bool operator==(const Sight&, const Sight&) = default;
  };
  Sight sight(std::uint64_t spa, std::uint64_t count) const;
  // And his bytes. False where there is no such address.
  [[nodiscard]] bool peek(std::uint64_t spa, std::span<std::uint8_t> out) const;

  Aliasing& aliasing() { return aliasing_; }
  // What firmware does at boot: writes a pattern of its own to every address of few bits, reads all of them back and
  // restores them. Finds every alias of up to four address bits that is on, and none that is off.
  bool aliases_present();

  // The cache, when Settings::dirty_lines. An access under another key writes the line back first. Lines are found by
  // system address, so the two names of an aliased cell are not coherent. A line whose key is gone by then is lost.
  void write_back(std::uint64_t spa, std::uint64_t count);  // CLFLUSH of every line touched
  void write_back_all();                                    // WBINVD on every socket
  void write_back_socket(unsigned socket);                  // WBINVD on one: lines elsewhere stay where they are
  std::uint64_t write_backs(unsigned socket) const { return socket < write_backs_.size() ? write_backs_[socket] : 0; }  // so far
  unsigned socket_of(KeyId key) const { return static_cast<unsigned>(static_cast<std::uint32_t>(key) % settings_.sockets); }
  void discard_dirty_lines() { dirty_.clear(); }            // INVD: what was not written back never happened
  std::size_t dirty_line_count() const { return dirty_.size(); }
  bool any_dirty(std::uint64_t spa, std::uint64_t count) const {
    const auto first = dirty_.lower_bound(spa / kLineBytes * kLineBytes);
    return first != dirty_.end() && count != 0 && first->first <= spa + (count - 1);
  }

  std::size_t pages_touched() const { return pages_.size(); }

 private:
  struct Key;
  struct Form;
  using FormId = Page::FormId;
  struct KeySlot {
    std::uint32_t cipher;  // index into ciphers_
    FormId unaliased;      // the form of what it writes where cell and address agree
  };

  bool inside(std::uint64_t address, std::uint64_t count) const;
  std::optional<Fault> find_fault(KeyId key, std::uint64_t spa, std::uint64_t count) const;
  FormId form_of(KeyId key, std::uint64_t spa, std::uint64_t cell);
  FormId intern(std::uint32_t cipher, std::uint64_t shift, bool sealed = false);
  bool checks_lines(KeyId key) const { return settings_.integrity != Integrity::kNone && key != KeyId::kNone; }

  // Past the cache, straight to DRAM; the page functions stay within one page.
  Outcome read_through(KeyId key, std::uint64_t spa, std::span<std::uint8_t> out);
  Outcome write_through(KeyId key, std::uint64_t spa, base::View bytes);
  Outcome read_page(KeyId key, std::uint64_t spa, std::span<std::uint8_t> out);
  bool write_page(KeyId key, std::uint64_t spa, base::View bytes);  // true when it replaced another form
  void prepare_partial_line(Page& page, KeyId key, FormId form, std::uint64_t line_spa, std::uint64_t line_cell);

  Outcome read_cached(KeyId key, std::uint64_t spa, std::span<std::uint8_t> out);
  Outcome write_cached(KeyId key, std::uint64_t spa, base::View bytes);
  DirtyLine* find_dirty(KeyId key, std::uint64_t line);
  void write_back_line(std::uint64_t line);

  // Bytes from `cell` on within its page, as `form` has them. Whole blocks for `blocks_as`. True: some had another
  // form.
  bool blocks_as(const Page& page, std::uint64_t cell, FormId form, std::uint8_t* out, std::size_t count) const;
  bool bytes_as(const Page* page, std::uint64_t cell, FormId form, std::span<std::uint8_t> out) const;
  void put(Page& page, std::uint64_t cell, FormId form, base::View bytes);
  void seal(Page& page, std::uint64_t cell, FormId form, std::size_t count);  // Settings::eager: what was just put, in place

  // Check bits, of the line that holds `cell`.
  std::uint32_t mac_of(FormId form, std::uint64_t cell, base::View ciphertext) const;
  std::uint32_t stored_mac(const Page& page, std::uint64_t cell);
  bool line_verifies(const Page* page, std::uint64_t cell, FormId form);
  bool line_hidden(const Page* page, std::uint64_t spa, std::uint64_t cell) const;
  void note_written(Page& page, KeyId key, std::uint64_t spa, std::uint64_t cell, std::size_t count);

  Settings settings_;
  Aliasing aliasing_;
  PageStore pages_;
  DirtyLines dirty_;
  std::vector<std::uint64_t> write_backs_;  // by socket
  std::map<KeyId, KeySlot> keys_;
  std::map<KeyBytes, std::uint32_t> cipher_of_;  // equal keys share a cipher, so their forms are equal
  std::vector<std::unique_ptr<Key>> ciphers_;
  std::map<std::tuple<std::uint32_t, std::uint64_t, bool>, FormId> form_ids_;
  std::vector<Form> forms_;                                         // 0 is raw
  std::unordered_map<std::uint64_t, std::uint64_t> private_lines_;  // hiding: lines by system page
};

}  // namespace memory
