#include "platform/protocol/tdx/mrtd.h"

#include <algorithm>

#include "platform/base/check.h"

namespace tdxproto {

void MrTd::add_page(std::uint64_t gpa) { record("MEM.PAGE.ADD", gpa); }

void MrTd::extend(std::uint64_t gpa, base::View chunk) {
  base::check(chunk.size() == kChunk && gpa % kChunk == 0, "content is measured in pieces of 256 bytes");
  record("MR.EXTEND", gpa);
  hash_.update(chunk);
}

// A name of 16 bytes, the address, and zeroes up to 128 bytes.
void MrTd::record(std::string_view name, std::uint64_t gpa) {
  base::Bytes bytes(128);
  std::copy(name.begin(), name.end(), bytes.begin());
  base::store_le<std::uint64_t>(bytes, 16, gpa);
  hash_.update(bytes);
}

}  // namespace tdxproto
