// Words of the interface, against the vectors of independent computations.
#include <gtest/gtest.h>

#include <set>

#include "platform/crypto/hash.h"
#include "platform/protocol/cca/call_schemas.h"
#include "platform/protocol/cca/measurement.h"
#include "platform/protocol/cca/rsi.h"

namespace ccaproto {
namespace {

RealmParams params(HashAlgorithm algorithm = HashAlgorithm::kSha256) {
  RealmParams out{.s2sz = 40, .num_bps = 5, .num_wps = 3, .hash_algo = algorithm};
  out.rpv.fill(0xEE);  // the host's to choose, and in no measurement
  out.vmid = 7, out.rtt_base = 0x8000'0000;
  return out;
}
std::string hex(const Measurement& m, std::size_t bytes = 32) { return base::to_hex(base::View(m).first(bytes)); }

TEST(Rim, HasTheKnownValuesStepByStep) {
  Rim rim(params());
  EXPECT_EQ(hex(rim.value()), "f33498f22eed8d51fb28b95769b27275a8c69a469e26b0050f1e809c4e0146b4");
  const base::Bytes page(kGranule, 0xAA);
  rim.add_data(0x8000'0000, kMeasureContent, page);
  EXPECT_EQ(hex(rim.value()), "386c755ff57654e1552704a66c162ec39ff78bc35f1be6c3c682a9a55d0c2d03");
  rim.add_data(0x8000'1000, 0, page);
  EXPECT_EQ(hex(rim.value()), "0cb89e8427d2da11162db5d0aea66d11122224c527617d6c5905fceb95ef240f");
  Rim with_ripas = rim;
  RecParams rec{.flags = kRecRunnable, .mpidr = 0, .pc = 0x8000'0000, .num_aux = 16};
  rec.aux.fill(0x9000'0000);
  rim.add_rec(rec);
  EXPECT_EQ(hex(rim.value()), "a019a8c39f36c5433822c6355e342d143c8f6f55ff7db798156842f890e5f3d8");
  with_ripas.add_ripas(0x8000'0000, 0x8000'2000);
  EXPECT_EQ(hex(with_ripas.value()), "8c0d4657ffea38e07a39130dee8417653fe981abed54553ba46cc29cb6b5cde9");
  EXPECT_EQ(hex(rim.value()).size(), 64u);
  EXPECT_EQ(base::Bytes(rim.value().begin() + 32, rim.value().end()), base::Bytes(32)) << "shorter hashes are followed by zeroes";
}

TEST(Rim, OfASha512RealmHasTheKnownValue) {
  EXPECT_EQ(hex(Rim(params(HashAlgorithm::kSha512)).value(), 64),
            "1cda1fc639e5604da537f04e7f2d6f8e18894c86f4b64f3397783b090053ba0d81dd585810b5aad1e5c2ac5c65fa0c8ad8b125031ae2d3a987f0d84dd7"
            "75c4c6");
}

TEST(Rem, HasTheKnownValue) {
  const auto event = crypto::sha256(base::view_of("event-1"));
  EXPECT_EQ(hex(extended(HashAlgorithm::kSha256, {}, event)), "ed3e31ddfc05890b8f86977c4ff8755d7d8bdfa4faecb0aa3f80d1a1187b33d6");
}

TEST(Layouts, StandWhereTheSpecificationHasThem) {
  struct Place {
    const char* schema;
    const char* field;
    std::size_t offset, bytes;
  };
  const Place kPlaces[] = {
      {"cca.REALM_PARAMS", "flags", 0, 8},          {"cca.REALM_PARAMS", "s2sz", 8, 4},           {"cca.REALM_PARAMS", "sve_vl", 0x10, 1},
      {"cca.REALM_PARAMS", "num_bps", 0x18, 1},     {"cca.REALM_PARAMS", "num_wps", 0x20, 1},     {"cca.REALM_PARAMS", "pmu_num_ctrs", 0x28, 1},
      {"cca.REALM_PARAMS", "hash_algo", 0x30, 1},   {"cca.REALM_PARAMS", "rpv", 0x400, 64},       {"cca.REALM_PARAMS", "vmid", 0x800, 2},
      {"cca.REALM_PARAMS", "rtt_base", 0x808, 8},   {"cca.REALM_PARAMS", "rtt_level_start", 0x810, 8},
      {"cca.REALM_PARAMS", "rtt_num_start", 0x818, 4},
      {"cca.REC_PARAMS", "mpidr", 0x100, 8},        {"cca.REC_PARAMS", "pc", 0x200, 8},           {"cca.REC_PARAMS", "gprs[0]", 0x300, 8},
      {"cca.REC_PARAMS", "num_aux", 0x800, 8},      {"cca.REC_PARAMS", "aux[0]", 0x808, 8},
      {"cca.REC_RUN", "enter.gprs[0]", 0x200, 8},   {"cca.REC_RUN", "enter.gicv3_hcr", 0x300, 8}, {"cca.REC_RUN", "exit.reason", 0x800, 1},
      {"cca.REC_RUN", "exit.esr", 0x900, 8},        {"cca.REC_RUN", "exit.far", 0x908, 8},        {"cca.REC_RUN", "exit.hpfar", 0x910, 8},
      {"cca.REC_RUN", "exit.gprs[30]", 0xAF0, 8},   {"cca.REC_RUN", "exit.ripas_base", 0xD00, 8}, {"cca.REC_RUN", "exit.ripas_top", 0xD08, 8},
      {"cca.REC_RUN", "exit.ripas_value", 0xD10, 1}, {"cca.REC_RUN", "exit.imm", 0xE00, 2},       {"cca.REC_RUN", "exit.pmu_ovf_status", 0xF00, 8},
      {"cca.REALM_CONFIG", "algorithm", 8, 1},      {"cca.REALM_CONFIG", "rpv", 0x200, 64},       {"cca.HOST_CALL", "gprs[0]", 8, 8},
      {"cca.REC_RUN", "exit.vdev_id_1", 0xD30, 8},  {"cca.REC_RUN", "exit.dev_mem_base", 0xD40, 8}, {"cca.REC_RUN", "exit.dev_mem_pa", 0xD50, 8},
      {"cca.PDEV_PARAMS", "pdev_id", 0x10, 8},      {"cca.PDEV_PARAMS", "id_index", 0x20, 8},   {"cca.PDEV_PARAMS", "rid_base", 0x28, 4},
      {"cca.PDEV_PARAMS", "rid_top", 0x30, 4},      {"cca.PDEV_PARAMS", "hash_algo", 0x38, 1},
      {"cca.PUBLIC_KEY_PARAMS", "metadata", 0x400, 1024}, {"cca.PUBLIC_KEY_PARAMS", "key_len", 0x800, 8}, {"cca.PUBLIC_KEY_PARAMS", "algo", 0x810, 1},
      {"cca.PDEV_STREAM_PARAMS", "stream_type", 8, 1}, {"cca.PDEV_STREAM_PARAMS", "pdev_2", 0x18, 8}, {"cca.PDEV_STREAM_PARAMS", "ide_sid", 0x20, 8},
      {"cca.PDEV_STREAM_PARAMS", "num_addr_range", 0x28, 8}, {"cca.PDEV_STREAM_PARAMS", "addr_range[1].base", 0x110, 8},
      {"cca.VDEV_PARAMS", "vdev_id", 8, 8},         {"cca.VDEV_PARAMS", "tdi_id", 0x10, 8},     {"cca.VDEV_PARAMS", "vsmmu_addr", 0x20, 8},
      {"cca.VDEV_PARAMS", "num_addr_range", 0x30, 8}, {"cca.VDEV_PARAMS", "addr_range[0].top", 0x208, 8},
      {"cca.VDEV_MEASURE_PARAMS", "nonce", 0x100, 32},
      {"cca.DEV_COMM_DATA", "enter.req_addr", 8, 8}, {"cca.DEV_COMM_DATA", "enter.resp_len", 0x18, 8}, {"cca.DEV_COMM_DATA", "exit.flags", 0x800, 8},
      {"cca.DEV_COMM_DATA", "exit.cache_rsp_len", 0x820, 8}, {"cca.DEV_COMM_DATA", "exit.cache_obj_id", 0x828, 1},
      {"cca.DEV_COMM_DATA", "exit.protocol", 0x830, 1}, {"cca.DEV_COMM_DATA", "exit.req_len", 0x840, 8}, {"cca.DEV_COMM_DATA", "exit.timeout", 0x848, 8},
      {"cca.VDEV_INFO", "cert_id", 8, 8},           {"cca.VDEV_INFO", "hash_algo", 0x10, 1},    {"cca.VDEV_INFO", "lock_nonce", 0x18, 8},
      {"cca.VDEV_INFO", "meas_nonce", 0x20, 8},     {"cca.VDEV_INFO", "report_nonce", 0x28, 8}, {"cca.VDEV_INFO", "format_type", 0x30, 1},
      {"cca.VDEV_INFO", "format_version", 0x38, 8}, {"cca.VDEV_INFO", "state", 0x40, 1},        {"cca.VDEV_INFO", "vca_digest", 0x80, 64},
      {"cca.VDEV_INFO", "cert_digest", 0xC0, 64},   {"cca.VDEV_INFO", "pubkey_digest", 0x100, 64}, {"cca.VDEV_INFO", "meas_digest", 0x140, 64},
      {"cca.VDEV_INFO", "report_digest", 0x180, 64}, {"cca.VDEV_INFO", "vsmmu_addr", 0x1C0, 8}, {"cca.VDEV_INFO", "vsmmu_vsid", 0x1C8, 8},
      {"cca.MEASUREMENT_DATA", "length", 8, 8},     {"cca.MEASUREMENT_DATA", "rim", 0x10, 64},    {"cca.MEASUREMENT_DATA", "ipa", 0x50, 8},
      {"cca.MEASUREMENT_DATA", "flags", 0x58, 8},   {"cca.MEASUREMENT_DATA", "content", 0x60, 64}, {"cca.MEASUREMENT_REC", "content", 0x50, 64},
      {"cca.MEASUREMENT_RIPAS", "base", 0x50, 8},   {"cca.MEASUREMENT_RIPAS", "top", 0x58, 8},
  };
  for (const auto& place : kPlaces) {
    const auto& all = call_schemas();
    const auto schema = std::find_if(all.begin(), all.end(), [&](const auto& s) { return s.name == place.schema; });
    ASSERT_NE(schema, all.end()) << place.schema;
    const auto field = schema->find(schema->empty, place.field);
    ASSERT_TRUE(field) << place.schema << " " << place.field;
    EXPECT_EQ(field->offset, place.offset) << place.schema << " " << place.field;
    EXPECT_EQ(field->size, place.bytes) << place.schema << " " << place.field;
  }
}

TEST(Names, EachFunctionHasOneOfEachVersionAndBack) {
  for (const auto names : {rmi_names(), rsi_names()}) {
    std::set<std::string_view> seen;
    std::set<std::uint64_t> numbers;
    for (const auto& row : names) {
      EXPECT_TRUE(seen.insert(row.name).second) << row.name;
      EXPECT_TRUE(numbers.insert(row.function).second) << row.name;
    }
  }
  EXPECT_EQ(rmi_named("RMI_DATA_DESTROY"), Rmi::kDataDestroy);
  EXPECT_EQ(name_of(Rmi::kRttSetRipas), "RMI_RTT_SET_RIPAS");
  EXPECT_EQ(name_of(Rsi::kHostCall), "RSI_HOST_CALL");
  EXPECT_FALSE(rmi_named("RMI_NOTHING"));
}

TEST(Status, CarriesItsIndexAboveIt) {
  EXPECT_EQ(with(RmiStatus::kErrorRtt, 2), 0x204u);
  EXPECT_EQ(rmi_status_of(0x204), RmiStatus::kErrorRtt);
  EXPECT_EQ(rmi_index_of(0x204), 2u);
  EXPECT_EQ(rtt_entry_bytes(3), 0x1000u);
  EXPECT_EQ(rtt_entry_bytes(1), 1u << 30);
}

}  // namespace
}  // namespace ccaproto
