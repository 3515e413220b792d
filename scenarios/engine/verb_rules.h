#pragma once
// What holds of the steps of a file whatever their run does: which verbs are for messages, which boundaries carry messages that can
// be taken, kept, cut or led elsewhere, and what a file says wrongly.
#include <cstdint>
#include <string>
#include <vector>

#include "scenarios/load/names.h"
#include "scenarios/load/scenario.h"

namespace engine {

inline constexpr std::uint64_t kExtendBytesMax = 64 << 10;

const load::Names& message_verbs();
const load::Names& message_boundaries();

// An argument of a step; empty where it has none of that name.
const std::string& text_of(const load::Step& step, const std::string& arg, std::size_t index = 0);

// "FILE:LINE:COLUMN: `verb` why". Throws base::UserError, as does what follows.
[[noreturn]] void cannot(const std::string& file, const load::Step& step, const std::string& why);

// Of one variant's steps: positions that do not stand where they act, verbs that do nothing there, names that no step keeps, and what
// no machine can be made to be.
void check_steps(const std::string& file, const std::vector<load::Step>& steps);

}  // namespace engine
