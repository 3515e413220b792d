// Whatever the bytes, a part is refused with a place or is the one text of what it holds; and so is each of its cells. The last line's digest
// would turn away whatever a fuzzer changes, so it is made anew.
#include <cstdlib>
#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "platform/base/user_error.h"
#include "scenarios/report/cell_json.h"
#include "scenarios/report/part.h"
#include "tests/fuzz/target.h"

namespace {

std::string with_digest(std::string_view text) {
  const auto last = text.rfind("{\"end\":");
  const auto comma = last == text.npos ? last : text.find(',', last);
  if (comma == text.npos) return std::string(text);
  return std::string(text.substr(0, comma)) + ",\"sha256\":\"" + report::digest_of(text.substr(0, last)) + "\"}\n";
}

void read(const std::string& text) {
  try {
    const auto part = report::part_of(text, "a.part");
    if (report::text_of(part) != text) std::abort();
    for (const auto& [item, value] : part.items)
      if (const auto cell = report::played_cell_of(value);
          cell && boost::json::serialize(report::object_of(*cell)) != boost::json::serialize(value))
        std::abort();
    (void)report::join({{"a.part", part}}, true);
  } catch (const base::UserError& error) {
    if (std::string_view(error.what()).substr(0, 7) != "a.part:") std::abort();
  }
}

void read_both(base::View in) {
  const std::string text(base::text_of(in));
  read(text);
  read(with_digest(text));
}

base::Bytes seed() {
  report::Part part{{"matrix", std::string(64, 'a'), {{"files", {"x.yaml"}}}, {{"x.yaml", std::string(64, 'b')}}, 3}, {1, 2}, {}};
  report::PlayedCell played;
  played.cell.attack = "x", played.cell.platform = "snp", played.cell.observed = played.cell.expected = "blocked";
  played.cell.checks.push_back({"expect", "blocked by a.b at cpu0", "blocked by a.b at cpu0", true});
  played.cell.runs = 2;
  played.shared = {std::string(32, 'c')};
  part.items[0] = report::object_of(played);
  played.cell.observed = "n/a", played.cell.reason = "there is none";
  part.items[2] = report::object_of(played);
  const auto text = report::text_of(part);
  return base::bytes_of(base::view_of(text));
}

}  // namespace

FUZZ_TARGET(read_both, seed())
