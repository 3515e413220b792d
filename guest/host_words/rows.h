#pragma once
// The cares of a kernel that takes words of its host: tables, boot parameters, files, registers and time. Each is asked through the guest
// ABI, and each can be lifted.
#include <vector>

#include "platform/trust/defence.h"

namespace host_words {

std::vector<const trust::Defence*> rows();

}  // namespace host_words
