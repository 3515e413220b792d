#pragma once
// Kept inputs as text: an input a line, in base64; `#` begins a comment. tests/fuzz/corpus.py reads and writes the same.
#include <string>
#include <string_view>
#include <vector>

#include "platform/base/bytes.h"

namespace fuzz {

std::string line_of(base::View input);
// Throws std::runtime_error that names the line.
std::vector<base::Bytes> inputs_of(std::string_view text);

}  // namespace fuzz
