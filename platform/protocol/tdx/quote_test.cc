#include "platform/protocol/tdx/quote.h"

#include <gtest/gtest.h>

#include <numeric>
#include <utility>

namespace tdxproto {
namespace {

Report report() {
  Report out;
  out.tee_tcb_info.tee_tcb_svn.fill(0x11);
  out.tee_tcb_info.tee_tcb_svn2.fill(0x12);
  out.tee_tcb_info.mr_seam.fill(0x13);
  out.tee_tcb_info.attributes = 0x14;
  out.td_info.attributes = 0x21;
  out.td_info.xfam = 0x22;
  out.td_info.mr_td.fill(0x23);
  for (auto& rtmr : out.td_info.rtmr) rtmr.fill(static_cast<std::uint8_t>(0x30 + (&rtmr - out.td_info.rtmr.data())));
  out.td_info.servtd_hash.fill(0x24);
  out.mac_struct.report_data.fill(0x41);
  return out;
}

base::Bytes quote(std::uint16_t version) {
  QuoteSignature signature;
  signature.signature.fill(0x51);
  signature.attestation_key.fill(0x52);
  QeCertification certification;
  certification.qe_report_signature.fill(0x61);
  certification.auth_data = base::Bytes(32, 0x62);
  certification.data = base::bytes_of("a chain");
  return encode_quote(wire::encode(content_for(report(), version)), signature, certification,
                      wire::encode(EnclaveReport{.isv_svn = 7}));
}

// Offsets of DCAP's sgx_quote_4.h and sgx_quote_5.h, from the start of the quote.
TEST(Quote, FieldsLieWhereTheFormatPutsThem) {
  struct Row {
    const char* name;
    std::size_t in_v4, in_v5;
  };
  const Row kRows[] = {{"tee_type", 4, 4},
                       {"qe_vendor_id", 12, 12},
                       {"user_data", 28, 28},
                       {"body.tee_tcb_svn", 0x30, 0x36},
                       {"mr_seam", 0x40, 0x46},
                       {"mr_signer_seam", 0x70, 0x76},
                       {"seam_attributes", 0xa0, 0xa6},
                       {"td_attributes", 0xa8, 0xae},
                       {"xfam", 0xb0, 0xb6},
                       {"mr_td", 0xb8, 0xbe},
                       {"mr_config_id", 0xe8, 0xee},
                       {"mr_owner", 0x118, 0x11e},
                       {"mr_owner_config", 0x148, 0x14e},
                       {"rtmr[0]", 0x178, 0x17e},
                       {"report_data", 0x238, 0x23e},
                       {"signature_size", 0x278, 0x2be}};
  const auto v4 = quote(4), v5 = quote(5);
  for (const Row& row : kRows) {
    EXPECT_EQ(wire::field_span<Quote>(v4, row.name).value().offset, row.in_v4) << row.name;
    EXPECT_EQ(wire::field_span<Quote>(v5, row.name).value().offset, row.in_v5) << row.name;
  }
  EXPECT_EQ(wire::field_span<Quote>(v5, "tee_tcb_svn2").value().offset, 0x27eu);
  EXPECT_EQ(wire::field_span<Quote>(v5, "mr_service_td").value().offset, 0x28eu);
  EXPECT_EQ(v5[48], 3);
  EXPECT_EQ(base::load_le<std::uint32_t>(v5, 50), 648u);
}

TEST(Quote, TheEnclaveReportIsThatOfSgx) {
  const std::pair<const char*, std::size_t> kOffsets[] = {
      {"cpu_svn", 0},     {"misc_select", 16}, {"isv_ext_prod_id", 32}, {"attributes", 48},
      {"mr_enclave", 64}, {"mr_signer", 128},  {"config_id", 192},      {"isv_prod_id", 256},
      {"isv_svn", 258},   {"config_svn", 260}, {"isv_family_id", 304},  {"report_data", 320}};
  for (auto [name, offset] : kOffsets) EXPECT_EQ(wire::field_span<EnclaveReport>(name).value().offset, offset) << name;
}

TEST(Quote, IsReadAsItWasWritten) {
  for (std::uint16_t version : {4, 5}) {
    const auto raw = quote(version);
    const auto got = read_quote(raw);
    ASSERT_TRUE(got);
    EXPECT_EQ(got->content, content_for(report(), version));
    EXPECT_EQ(got->signed_bytes, wire::encode(got->content));
    EXPECT_EQ(got->certification.auth_data.size(), 32u);
    EXPECT_EQ(got->certification.data, base::bytes_of("a chain"));
    EXPECT_EQ(base::load_le<std::uint16_t>(got->qe_report_bytes, 258), 7);
  }
}

TEST(Quote, SaysOfTheReportWhatTheReportSays) {
  const auto content = content_for(report(), 5);
  EXPECT_EQ(content.body.tee_tcb_svn, report().tee_tcb_info.tee_tcb_svn);
  EXPECT_EQ(content.body.mr_seam, report().tee_tcb_info.mr_seam);
  EXPECT_EQ(content.body.seam_attributes, 0x14u);
  EXPECT_EQ(content.body.td_attributes, 0x21u);
  EXPECT_EQ(content.body.rtmr, report().td_info.rtmr);
  EXPECT_EQ(content.body.report_data, report().mac_struct.report_data);
  EXPECT_EQ(content.body15.mr_service_td, report().td_info.servtd_hash);
  EXPECT_EQ(content_for(report(), 4).body15, TdQuoteBody15{});
}

TEST(Quote, RefusesEveryTruncationAndATailThatIsNotZero) {
  for (std::uint16_t version : {4, 5}) {
    auto raw = quote(version);
    for (std::size_t n = 0; n < raw.size(); ++n) ASSERT_FALSE(read_quote(base::View(raw).first(n))) << n;
    raw.resize(raw.size() + 70);
    EXPECT_TRUE(read_quote(raw));
    raw.back() = 1;
    EXPECT_FALSE(read_quote(raw));
  }
}

TEST(Quote, RefusesSizesThatLie) {
  const auto good = quote(4);
  const std::size_t sizes[] = {632, 636 + 128 + 2, 636 + 134 + 384 + 64, 636 + 134 + 384 + 64 + 2 + 32 + 2};
  for (std::size_t at : sizes) {
    for (int by : {-1, 1, 100}) {
      auto raw = good;
      raw[at] = static_cast<std::uint8_t>(raw[at] + by);
      EXPECT_FALSE(read_quote(raw)) << at << " " << by;
    }
  }
}

TEST(Quote, ADescriptorsSizeIsThatOfItsType) {
  auto raw = quote(5);
  for (std::uint16_t type : {0, 1, 2, 4}) {
    raw[48] = static_cast<std::uint8_t>(type);
    EXPECT_FALSE(read_quote(raw)) << type;
  }
  raw[48] = 3;
  EXPECT_TRUE(read_quote(raw));
  raw[50] ^= 1;
  EXPECT_FALSE(read_quote(raw));
  // A body of type 2, which is as long as that of version 4.
  QuoteContent content = content_for(report(), 5);
  content.descriptor = {BodyType::kTd10, 584};
  EXPECT_EQ(wire::encode(content).size(), 48u + 6 + 584);
  EXPECT_TRUE(wire::decode<QuoteContent>(wire::encode(content)));
}

TEST(Quote, AnAttestationKeyIsBoundByItsHash) {
  RawKey key;
  std::iota(key.begin(), key.end(), std::uint8_t{0});
  base::Bytes auth(32);
  std::iota(auth.begin(), auth.end(), std::uint8_t{0});
  EXPECT_EQ(base::to_hex(key_binding(key, auth)),
            "d8b79a1b95ca49eaa9dd13809855802edb3d8b2b9e6352a40af022e93360b163" + std::string(64, '0'));
}

}  // namespace
}  // namespace tdxproto
