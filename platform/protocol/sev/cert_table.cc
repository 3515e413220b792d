#include "platform/protocol/sev/cert_table.h"

namespace sevproto {

base::Bytes encode_cert_table(const std::vector<CertEntry>& entries) {
  constexpr std::size_t kRowSize = wire::min_size<CertRow>();
  base::Bytes out, certificates;
  std::size_t behind_rows = (entries.size() + 1) * kRowSize;
  for (const CertEntry& entry : entries) {
    CertRow row{entry.guid, static_cast<std::uint32_t>(behind_rows + certificates.size()),
                static_cast<std::uint32_t>(entry.bytes.size())};
    base::append(out, wire::encode(row));
    base::append(certificates, entry.bytes);
  }
  base::append(out, wire::encode(CertRow{}));
  base::append(out, certificates);
  return out;
}

wire::Decoded<std::vector<CertEntry>> decode_cert_table(base::View table) {
  std::vector<CertRow> rows;
  base::View in = table;
  for (;;) {
    auto row = wire::decode_front<CertRow>(in);
    if (!row) {
      wire::Error error = row.error();
      error.offset += table.size() - in.size();
      return error;
    }
    if (*row == CertRow{}) break;
    rows.push_back(*row);
  }
  const std::size_t behind_rows = table.size() - in.size();
  std::vector<CertEntry> entries;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const CertRow& row = rows[i];
    if (row.offset < behind_rows || row.offset > table.size() || row.length > table.size() - row.offset)
      return wire::Error{i * wire::min_size<CertRow>(), "rows[" + std::to_string(i) + "]", "lies outside of the table"};
    entries.push_back({row.guid, base::bytes_of(table.subspan(row.offset, row.length))});
  }
  return entries;
}

std::optional<base::Bytes> find_cert(const std::vector<CertEntry>& entries, const Guid& guid) {
  for (const CertEntry& entry : entries)
    if (entry.guid == guid) return entry.bytes;
  return std::nullopt;
}

}  // namespace sevproto
