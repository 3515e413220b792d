#include <gtest/gtest.h>

#include "platform/protocol/cove/exits.h"
#include "platform/protocol/cove/schemas.h"

namespace coveproto {
namespace {

TEST(Names, GoThereAndBack) {
  for (const auto name : all_call_names()) {
    const auto named = call_named(name);
    ASSERT_TRUE(named) << name;
    EXPECT_EQ(name_of(Ecall{.a6 = function_id(named->fid, 1), .a7 = named->eid}), name);
  }
  EXPECT_FALSE(call_named("sbi_covh_nothing"));
  EXPECT_EQ(name_of(Ecall{.a6 = 20, .a7 = kCovh}), "");
  EXPECT_EQ(name_of(Ecall{.a6 = 0, .a7 = 0x10}), "");
  EXPECT_EQ(name_of(Covh::kTvmRemovePages), "sbi_covh_tvm_remove_pages");
  EXPECT_EQ(name_of(Covi::kInjectTvmCpu), "sbi_covi_inject_tvm_cpu");
  EXPECT_EQ(name_of(Covg::kReadMeasurement), "sbi_covg_read_measurement");
  EXPECT_EQ(name_of(Supd::kGetActiveDomains), "sbi_supd_get_active_domains");
  EXPECT_EQ(name_of(Covh::kUnbindInterface), "sbi_covh_unbind_interface");
  EXPECT_EQ(name_of(Covg::kStopInterface), "sbi_covg_stop_interface");
  EXPECT_EQ(name_of(Covt::kProgramRpIdeStream), "sbi_covt_program_rp_ide_stream");
}

// RISC-V CoVE 0.7: extension ids are the ASCII of their names; a6 has the domain in its top six bits of 32.
TEST(Numbers, AreTheSpecifications) {
  const auto ascii = [](const char* name) { return std::uint64_t(name[0]) << 24 | std::uint64_t(name[1]) << 16 | std::uint64_t(name[2]) << 8 | std::uint64_t(name[3]); };
  EXPECT_EQ(kSupd, ascii("SUPD"));
  EXPECT_EQ(kCovh, ascii("COVH"));
  EXPECT_EQ(kCovi, ascii("COVI"));
  EXPECT_EQ(kCovg, ascii("COVG"));
  EXPECT_EQ(kCovt, ascii("COVT"));
  EXPECT_EQ(function_id(15, 63), 0xFC00'000Fu);
  EXPECT_EQ(sdid_of(0xFC00'000F), 63);
  EXPECT_EQ(fid_of(0xFC00'000F), 15);
  EXPECT_EQ(all_call_names().size(), 1u + 20 + 11 + 11 + 10 + 8 + 6);
}

// struct nacl_shmem: scratch[256], reserved[240], bitmap[16], csrs[1024], each of 8 bytes; CSR index {csr[11:10], csr[7:0]}.
TEST(Nacl, StandsWhereTheSpecificationHasIt) {
  EXPECT_EQ(kNaclBitmapAt, (256 + 240) * 8u);
  EXPECT_EQ(kNaclCsrsAt, (256 + 240 + 16) * 8u);
  EXPECT_EQ(kNaclSize, 12288u);
  EXPECT_EQ(nacl_gpr_at(kRegisterA0), 80u);
  EXPECT_EQ(nacl_csr_at(kCsrHtval), kNaclCsrsAt + 8 * (1 << 8 | 0x43));
  EXPECT_EQ(nacl_csr_at(kCsrVsie), kNaclCsrsAt + 8 * 0x04);
  EXPECT_EQ(fault_address(htval_of(0x12347), stval_of(0x12347)), 0x12347u);
}

template <class M>
void round_trip(const M& message) {
  const auto bytes = wire::encode(message);
  const auto back = wire::decode<M>(bytes);
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, message);
  for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(wire::decode<M>(base::View(bytes).first(size))) << size;
  auto tail = bytes;
  tail.push_back(0);
  EXPECT_FALSE(wire::decode<M>(tail));
}

TEST(Structures, GoThereAndBackAndNothingElseIsRead) {
  round_trip(Ecall{1, 2, 3, 4, 5, 6, 7, 8});
  round_trip(TsmInfo{TsmState::kReady, 1, 2, 3, 4, 5, 6});
  round_trip(TvmCreateParams{0x4000, 0x8000});
  AttestationCapabilities capabilities{.tcb_svn = 9, .certificate_formats = 3, .initial_measurements = 1, .runtime_measurements = 2};
  capabilities.msmt_regs[25] = {HashAlgorithm::kSha3_512, MeasurementType::kRuntime, 17};
  round_trip(capabilities);
}

// As a C compiler for RV64 lays them out.
TEST(Structures, LieWhereACompilerPutsThem) {
  const auto info = wire::encode(TsmInfo{.tsm_capabilities = 0x24, .tvm_vcpu_state_pages = 7});
  EXPECT_EQ(info[16], 0x24) << "8-byte fields after three of 4";
  EXPECT_EQ(info[40], 7);
  AttestationCapabilities capabilities{.initial_measurements = 6};
  capabilities.msmt_regs[1].tcg_pcr_index = 0x11;
  const auto bytes = wire::encode(capabilities);
  EXPECT_EQ(bytes[16], 6);
  EXPECT_EQ(bytes[20 + 12 + 8], 0x11) << "descriptors of 12 bytes from 20 on";
  EXPECT_EQ(bytes.size(), 336u);
}

TEST(Schemas, AreEachOnce) { EXPECT_EQ(schemas().size(), 8u); }

}  // namespace
}  // namespace coveproto
