#pragma once
// The words of address translation services (PCIe 6.0, chapter 10): a function asks what a bus address is to the system, the
// IOMMU answers for one page of 4 KiB, and takes an answer back by a message that the function confirms.
//
// simplified: one page a request, no wish for reading only, no PASID; what is taken back is one page or all.
#include <cstdint>
#include <optional>

#include "platform/base/bytes.h"
#include "platform/protocol/tlp/tlp.h"
#include "platform/wire/wire.h"

namespace ats {

// The AT field of a memory request (PCIe 6.0, 10.2.1).
inline constexpr unsigned kUntranslated = 0, kAsks = 1, kTranslated = 2;

// The payload of an answer and of an invalidation: two DW, most significant byte first.
struct Word {
  std::uint64_t bits = 0;
  using Wire = wire::Layout<wire::Be<&Word::bits, 8>{}>;
};

// One entry of a translation completion: address 63:12, S 11, N 10, U 2, W 1, R 0. Neither readable nor writable: the function may
// not go there.
struct Entry {
  std::uint64_t address = 0;  // of the page, system physical
  bool readable = false, writable = false;
  bool operator==(const Entry&) const = default;
};
base::Bytes bytes_of(const Entry& entry);
// Nothing for what is no entry of one page.
std::optional<Entry> entry_of(base::View data);

tlp::Tlp translation_request(tlp::RequesterId requester, std::uint64_t page);

struct Invalidation {
  tlp::RequesterId target = 0;
  std::uint8_t tag = 0;                // 4:0
  std::optional<std::uint64_t> page{};  // empty: all
  bool operator==(const Invalidation&) const = default;
};
tlp::Tlp invalidate_request(tlp::RequesterId requester, const Invalidation& what);
std::optional<Invalidation> invalidation_of(const tlp::Tlp& packet);

struct Confirmation {
  tlp::RequesterId function = 0;
  std::uint8_t tag = 0;
  bool operator==(const Confirmation&) const = default;
};
// `to`: who asked for the invalidation.
tlp::Tlp invalidate_completion(const Confirmation& what, tlp::RequesterId to);
std::optional<Confirmation> confirmation_of(const tlp::Tlp& packet);

// Where a message that is routed by id goes.
std::optional<tlp::RequesterId> target_of(const tlp::Tlp& packet);

}  // namespace ats
