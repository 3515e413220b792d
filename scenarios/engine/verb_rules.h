#pragma once
// Which verbs are for messages, and which boundaries carry messages that can be taken, kept, cut or led elsewhere.
#include <cstdint>

#include "scenarios/load/names.h"

namespace engine {

inline constexpr std::uint64_t kExtendBytesMax = 64 << 10;

const load::Names& message_verbs();
const load::Names& message_boundaries();

}  // namespace engine
