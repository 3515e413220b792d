// Whatever the bytes, a list of known cells is read or refused with a place.
#include <cstdlib>
#include <string_view>

#include "platform/base/user_error.h"
#include "scenarios/report/matrix.h"
#include "tests/fuzz/target.h"

namespace {

void read(base::View in) {
  try {
    (void)report::parse_known(base::text_of(in), "known");
  } catch (const base::UserError& error) {
    if (!std::string_view(error.what()).starts_with("known:")) std::abort();
  }
  try {
    (void)report::changes_since({}, base::text_of(in), "old.json", {});
  } catch (const base::UserError& error) {
    if (!std::string_view(error.what()).starts_with("old.json")) std::abort();
  }
}

}  // namespace

FUZZ_TARGET(read, base::bytes_of(base::view_of("# why\nlock-bitflip snp\nreg-read sev\n")))
