// A description of images, whatever it says: its parts lie in what was given, and only the key that signed it verifies
// it.
#include "platform/base/check.h"
#include "platform/protocol/pkvm/vbmeta.h"
#include "tests/fuzz/target.h"

namespace {

const crypto::EcKey& key() {
  static const auto kKey = crypto::EcKey::derive(crypto::Curve::kP384, base::Bytes{1}, "image");
  return kKey;
}
base::Bytes seed() {
  crypto::Library library(1);
  return pkvmproto::sign_vbmeta(library, {.actor = "owner", .purpose = "image"}, key(),
                                {.rollback_index = 5,
                                 .images = {pkvmproto::digest_of_image("boot", base::Bytes(10, 1))},
                                 .public_key = key().public_point()});
}

}  // namespace

FUZZ_TARGET(
    [](base::View in) {
      static const base::Bytes kSigned = seed();
      const auto read = pkvmproto::decode_vbmeta(in);
      if (!read) return;
      base::check(read->signed_part.size() + read->signature.size() <= in.size(), "parts lie in what was given");
      if (read->is_signed_by(key().public_point()))
        base::check(read->content.rollback_index == 5 && read->content.images.size() == 1,
                    "what verifies is what was signed");
    },
    seed())
