// A quote and all its parts: what is read is written back as it was, up to what pads it.
#include "platform/base/check.h"
#include "platform/protocol/tdx/quote.h"
#include "platform/wire/fuzz.h"
#include "tests/fuzz/target.h"

namespace {

base::Bytes seed() {
  tdxproto::QeCertification certification;
  certification.auth_data = base::Bytes(32, 1);
  certification.data = base::bytes_of("-----BEGIN CERTIFICATE-----");
  return tdxproto::encode_quote(wire::encode(tdxproto::content_for({}, tdxproto::kQuoteVersion5)), {}, certification,
                                wire::encode(tdxproto::EnclaveReport{}));
}

}  // namespace

FUZZ_TARGET(
    [](base::View in) {
      wire::fuzz_one<tdxproto::Quote>(in.data(), in.size());
      const auto quote = tdxproto::read_quote(in);
      if (!quote) return;
      base::Bytes again =
          tdxproto::encode_quote(quote->signed_bytes, quote->signature, quote->certification, quote->qe_report_bytes);
      base::check(again.size() <= in.size(), "a quote is no longer than what it was read from");
      again.resize(in.size());
      base::check(again == base::bytes_of(in), "a quote is written back as it was read");
    },
    seed())
