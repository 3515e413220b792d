#pragma once
// One map of a policy file, read by its key table. What is wrong is a base::UserError with file, line and column.
#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "platform/base/bytes.h"
#include "platform/crypto/calendar_time.h"
#include "platform/crypto/certificate.h"
#include "platform/crypto/revocation_list.h"
#include "scenarios/load/document.h"
#include "scenarios/verify/policy_keys.h"

namespace verify {

class Reader {
 public:
  // Refuses keys that `keys` has not, and the lack of those that it wants.
  Reader(const load::Node& map, std::string_view what, std::span<const Key> keys);

  const load::Node* find(std::string_view key) const { return map_.find(key); }
  bool has(std::string_view key) const { return find(key) != nullptr; }

  std::optional<base::Bytes> hex(std::string_view key) const;
  std::set<base::Bytes> hexes(std::string_view key) const;
  std::uint64_t count(std::string_view key, std::uint64_t otherwise) const;
  std::string text(std::string_view key) const;
  // One of the key's words, the first one where nothing is said.
  std::string word(std::string_view key) const;
  bool says(std::string_view key, std::string_view wanted) const { return word(key) == wanted; }
  std::vector<std::string> words(std::string_view key) const;

  crypto::Certificate certificate(std::string_view key) const;
  std::optional<crypto::RevocationList> revocation_list(std::string_view key) const;
  std::set<base::Bytes> public_keys(std::string_view key) const;  // X||Y, of P-384

  template <std::size_t N>
  std::optional<std::array<std::uint8_t, N>> block(std::string_view key) const {
    const auto bytes = hex(key);
    return bytes ? std::optional(block_of<N>(*bytes)) : std::nullopt;
  }
  template <std::size_t N>
  std::set<std::array<std::uint8_t, N>> blocks(std::string_view key) const {
    std::set<std::array<std::uint8_t, N>> out;
    for (const auto& bytes : hexes(key)) out.insert(block_of<N>(bytes));
    return out;
  }
  // Empty where the key is absent: nobody is asked for.
  template <std::size_t N>
  std::optional<std::set<std::array<std::uint8_t, N>>> blocks_if_any(std::string_view key) const {
    return has(key) ? std::optional(blocks<N>(key)) : std::nullopt;
  }
  // Of a kRegisters: number (below `end`) and the values accepted.
  std::vector<std::pair<std::uint64_t, std::set<base::Bytes>>> registers(std::string_view key, std::uint64_t end) const;

  template <std::size_t N>
  static std::array<std::uint8_t, N> block_of(base::View bytes) {
    std::array<std::uint8_t, N> out{};
    std::copy_n(bytes.begin(), std::min(N, bytes.size()), out.begin());
    return out;
  }

 private:
  const Key& key_of(std::string_view key) const;

  const load::Node& map_;
  std::span<const Key> keys_;
};

base::Bytes hex_of(const load::Node& node, std::string_view what, unsigned size);
// One certificate, PEM or DER, found from the folder of the file that names it.
crypto::Certificate certificate_of(const load::Node& node);
// "2026-01-15T00:00:00Z", or seconds since 1970.
crypto::CalendarTime time_of(const load::Node& node);

}  // namespace verify
