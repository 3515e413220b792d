// The extension of a PCK certificate: what is accepted is read again from what we write of it.
#include "platform/base/check.h"
#include "platform/protocol/tdx/pck_extension.h"
#include "tests/fuzz/target.h"

namespace {

tdxproto::PckExtension full() {
  tdxproto::PckExtension out;
  out.platform_instance_id.emplace();
  return out;
}

}  // namespace

FUZZ_TARGET(
    [](base::View in) {
      const auto extension = tdxproto::decode_pck_extension(in);
      if (!extension) return;
      base::check(tdxproto::decode_pck_extension(tdxproto::encode_pck_extension(*extension)) == extension,
                  "a PCK extension is read as it was written");
    },
    tdxproto::encode_pck_extension(full()))
