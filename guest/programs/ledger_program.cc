// A guest that keeps what it knows where the host can see and write: in a shared page, as a disk's cache or a bounce buffer is one, sealed
// under a key of its own.
#include <algorithm>
#include <optional>

#include "guest/programs/programs.h"
#include "platform/crypto/aead.h"

namespace programs {

namespace {

constexpr std::uint64_t kPage = 4096;
constexpr std::size_t kAccountBytes = 16, kAccounts = 128, kLedgerBytes = kAccountBytes * kAccounts;
constexpr std::size_t kIvBytes = 12;

// A version (8 bytes), the IV (12, then 4 of zeroes), then ciphertext and tag; the version is bound to them.
class Ledger {
 public:
  Ledger(abi::Guest& guest, std::uint64_t page) : guest_(guest), page_(page) {
    const auto key = guest.random(key_.size());
    std::copy(key.begin(), key.end(), key_.begin());
    guest.secret("ledger-key", key);
  }

  void keep(base::View content) {
    ++version_;
    // The version makes each IV another one. A guest without that care has one IV for ever.
    if (!guest_.lifted("guest.sealed.iv")) iv_ = version_;
    base::Bytes head, iv(kIvBytes);
    base::append_le<std::uint64_t>(head, version_);
    base::store_le<std::uint64_t>(iv, 0, iv_);
    auto all = head;
    base::append(all, iv);
    all.resize(24);
    base::append(all, crypto::aes256_gcm_seal(key_, iv, head, content));
    guest_.write(page_, all);
  }

  std::optional<base::Bytes> read_back() {
    const auto all = guest_.read(page_, 24 + kLedgerBytes + crypto::kGcmTagSize);
    const base::View bytes(all);
    base::Bytes content(kLedgerBytes);
    crypto::Aes256Gcm cipher(key_);
    const bool fits = cipher.open(bytes.subspan(8, kIvBytes), bytes.first(8), bytes.subspan(24, kLedgerBytes), content.data(), bytes.subspan(24 + kLedgerBytes));
    if (!guest_.defend("guest.sealed.tag", fits)) return std::nullopt;
    if (!guest_.defend("guest.sealed.version", base::load_le<std::uint64_t>(all, 0) == version_)) return std::nullopt;
    return content;
  }

 private:
  abi::Guest& guest_;
  std::uint64_t page_, version_ = 0, iv_ = 0;
  base::Block<32> key_{};
};

}  // namespace

void keep_ledger(abi::Guest& guest, const std::vector<std::string>&) {
  Ledger ledger(guest, guest.alloc("ledger", kPage, GLACIS_SHARED));
  auto content = guest.random(kLedgerBytes);
  ledger.keep(content);
  const auto before = content;
  guest.moment("kept");
  guest.yield();
  // Whose account changes is nobody's business but the guest's.
  const std::size_t account = guest.random(1)[0] % kAccounts;
  const auto balance = guest.random(kAccountBytes);
  std::copy(balance.begin(), balance.end(), content.begin() + static_cast<std::ptrdiff_t>(account * kAccountBytes));
  ledger.keep(content);
  guest.moment("paid");
  guest.yield();
  const auto now = ledger.read_back();
  if (!now) return guest.ends("refused");
  if (*now == before) guest.promise("freshness", false);
  else guest.promise("integrity", *now == content);
  guest.ends("balanced");
}

}  // namespace programs
