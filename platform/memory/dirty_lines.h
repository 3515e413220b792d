#pragma once
// Lines that were written and have not reached DRAM, by system physical address of the line. Plaintext under the key id
// of the writer. Ordered, so that writing all of them back is the same in every run.
#include <cstdint>
#include <map>

#include "platform/base/bytes.h"
#include "platform/memory/page_store.h"

namespace memory {

struct DirtyLine {
  KeyId key = KeyId::kNone;
  base::Block<kLineBytes> bytes{};
  unsigned socket = 0;  // in whose cache it lies
};

using DirtyLines = std::map<std::uint64_t, DirtyLine>;

}  // namespace memory
