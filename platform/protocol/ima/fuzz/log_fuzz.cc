// Measurement lists of any content, in both forms and of both banks: what is read is written back as it was, and replays to an end.
#include "platform/base/check.h"
#include "platform/protocol/ima/log.h"
#include "tests/fuzz/target.h"

namespace {

void read(base::View in) {
  for (const auto bank : {ima::Bank::kSha1, ima::Bank::kSha256}) {
    if (const auto list = ima::from_binary(bank, in)) {
      base::check(ima::to_binary(*list) == base::bytes_of(in), "a list is written back as it was read");
      (void)ima::replay(*list);
      (void)ima::to_ascii(*list);
      for (const auto& entry : *list) (void)entry.is_consistent(bank), (void)entry.file_digest();
    }
    if (const auto list = ima::from_ascii(bank, base::text_of(in))) (void)ima::replay(*list);
  }
}

}  // namespace

FUZZ_TARGET(read, ima::to_binary({ima::file_entry(ima::Bank::kSha256, ima::Digest{1}, "/sbin/init")}))
