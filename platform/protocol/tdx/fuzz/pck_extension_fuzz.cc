// The extension of a PCK certificate: what is accepted is read again from what we write of it.
#include "platform/protocol/tdx/pck_extension.h"
#include "platform/wire/fuzz.h"

namespace {

tdxproto::PckExtension full() {
  tdxproto::PckExtension out;
  out.platform_instance_id.emplace();
  return out;
}

}  // namespace

WIRE_FUZZ_FUNCTION(
    [](base::View in) {
      const auto extension = tdxproto::decode_pck_extension(in);
      if (!extension) return;
      base::check(tdxproto::decode_pck_extension(tdxproto::encode_pck_extension(*extension)) == extension,
                  "a PCK extension is read as it was written");
    },
    tdxproto::encode_pck_extension(full()))
