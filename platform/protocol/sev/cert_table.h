#pragma once
// The certificates that the host hands over with an extended guest request (GHCB 2.03, 4.1.8.1): rows of {GUID, offset,
// length}, a row of zeroes, then the certificates. The host wrote it: nothing in it is to be believed unread.
#include <cstdint>
#include <optional>
#include <vector>

#include "platform/protocol/sev/guid.h"
#include "platform/wire/wire.h"

namespace sevproto {

inline constexpr Guid kGuidVcek = guid("63da758d-e664-4564-adc5-f4b93be8accd");
inline constexpr Guid kGuidVlek = guid("a8074bc2-a25a-483e-aae6-39c045a0b8a1");
inline constexpr Guid kGuidAsk = guid("4ab7b379-bbac-4fe4-a02f-05aef327c782");
inline constexpr Guid kGuidArk = guid("c0b406a4-a803-4952-9743-3fb6014cd0ae");
inline constexpr Guid kGuidCrl = guid("92f81bc3-5811-4d3d-97ff-d19f88dc67ea");
inline constexpr Guid kGuidExtraPlatformInfo = guid("ecae0c0f-9502-43b1-afa2-0ae2e0d565b6");

struct CertRow {
  Guid guid;
  std::uint32_t offset = 0;  // from the start of the table
  std::uint32_t length = 0;
  bool operator==(const CertRow&) const = default;
  using Wire = wire::Layout<&CertRow::guid, &CertRow::offset, &CertRow::length>;
};
static_assert(wire::min_size<CertRow>() == 24);

struct CertEntry {
  Guid guid;
  base::Bytes bytes;
  bool operator==(const CertEntry&) const = default;
};

// Rows, the ending row, then the certificates one after another.
base::Bytes encode_cert_table(const std::vector<CertEntry>& entries);
// Refuses a table without an end, and a certificate that does not lie behind the rows and inside `table`. What follows
// the certificates (padding up to the page) is left alone.
wire::Decoded<std::vector<CertEntry>> decode_cert_table(base::View table);
std::optional<base::Bytes> find_cert(const std::vector<CertEntry>& entries, const Guid& guid);

}  // namespace sevproto
