#include "platform/protocol/tdx/report.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

namespace tdxproto {
namespace {

template <class M>
std::size_t offset_of(std::string_view name) {
  return wire::field_span<M>(name).value().offset;
}

template <class Block>
void fill(Block& into, std::string_view hex) {
  std::ranges::copy(base::from_hex(hex).value(), into.begin());
}

TEST(Report, FieldsLieWhereTheAbiPutsThem) {
  const std::pair<const char*, std::size_t> kOffsets[] = {{"report_type.type", 0},
                                                          {"cpu_svn", 16},
                                                          {"tee_tcb_info_hash", 32},
                                                          {"tee_info_hash", 80},
                                                          {"report_data", 128},
                                                          {"mac", 224},
                                                          {"valid", 256},
                                                          {"tee_tcb_svn", 264},
                                                          {"mr_seam", 280},
                                                          {"mr_signer_seam", 328},
                                                          {"tee_tcb_info.attributes", 376},
                                                          {"tee_tcb_svn2", 384},
                                                          {"td_info.attributes", 512},
                                                          {"xfam", 520},
                                                          {"mr_td", 528},
                                                          {"mr_config_id", 576},
                                                          {"mr_owner", 624},
                                                          {"mr_owner_config", 672},
                                                          {"rtmr[0]", 720},
                                                          {"rtmr[3]", 864},
                                                          {"servtd_hash", 912}};
  for (auto [name, offset] : kOffsets) EXPECT_EQ(offset_of<Report>(name), offset) << name;
  EXPECT_EQ(wire::encode(Report{}).size(), 1024u);
}

TEST(Report, RefusesEveryTruncationATailAndReservedBytes) {
  base::Bytes raw = wire::encode(Report{});
  for (std::size_t n = 0; n < raw.size(); ++n) EXPECT_FALSE(wire::decode<Report>(base::View(raw).first(n))) << n;
  raw.push_back(0);
  EXPECT_FALSE(wire::decode<Report>(raw));
  raw.pop_back();
  for (std::size_t at : {3, 4, 15, 192, 223, 400, 494, 495, 511, 960, 1023}) {
    raw[at] = 1;
    EXPECT_FALSE(wire::decode<Report>(raw)) << at;
    raw[at] = 0;
  }
}

// The report that the tests of github.com/google/go-tdx-guest come with (testing/testdata/report.dat): it is cut, so
// that only the last 32 bytes of this hash are there. They are of 239 bytes, without what pads the structure to 256.
TEST(Report, TheHashOfTeeTcbInfoIsThatOfARealPlatform) {
  TeeTcbInfo info;
  info.valid = 0x1ff;
  info.tee_tcb_svn = {3, 0, 5};
  fill(info.mr_seam,
       "2fd279c16164a93dd5bf373d834328d46008c2b693af9ebb865b08b2ced320c9a89b4869a9fab60fbe9d0c5a5363c656");
  EXPECT_EQ(base::to_hex(base::View(tee_tcb_info_hash(info)).last(32)),
            "0fd720d15503d24d018f6e0fa50ba82eab85acdd56908227b01d158b232736fc");
}

TEST(Report, TheHashOfTdInfoCoversAll512Bytes) {
  TdInfo info;
  info.attributes = kAttributesSeptVeDisable;
  info.xfam = 3;
  EXPECT_EQ(base::to_hex(tee_info_hash(info)),
            "19e63c539eaea9ae4bc01da5f005ca7927f49288244c559614c27339c00138abfaeb5d2f536f62cec6d5a07bad881389");
}

TEST(Report, TheMacCoversWhatLiesInFrontOfIt) {
  ReportMac report;
  report.report_data[63] = 1;
  report.mac[0] = 7;
  const base::Bytes part = mac_part(report);
  EXPECT_EQ(part.size(), 224u);
  report.mac[0] = 8;
  EXPECT_EQ(mac_part(report), part);
  report.report_data[63] = 2;
  EXPECT_NE(mac_part(report), part);
}

}  // namespace
}  // namespace tdxproto
