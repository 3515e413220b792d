// Measurement registers as files, and the two tables that say which PCR is which register.
#include "guest/tsm/measurements.h"

#include <gtest/gtest.h>

#include "guest/tsm/pcr_map.h"

namespace tsm {
namespace {

using base::Bytes;

// Registers that add what they are extended with, byte by byte.
class Adding final : public RegisterPlatform {
 public:
  explicit Adding(std::size_t count) : values(count, Bytes(48, 1)) {}
  Errno refresh(std::vector<Bytes>& out) override {
    ++refreshes;
    if (error == Errno::kOk) out = values;
    return error;
  }
  Errno extend(std::size_t index, base::View digest) override {
    if (error != Errno::kOk) return error;
    for (std::size_t i = 0; i < digest.size(); ++i) values[index][i] = static_cast<std::uint8_t>(values[index][i] + digest[i]);
    return Errno::kOk;
  }
  std::vector<Bytes> values;
  int refreshes = 0;
  Errno error = Errno::kOk;
};

struct Write {
  std::size_t size, offset;
  Errno error;
};
constexpr Write kWrites[] = {{48, 0, Errno::kOk},      {47, 0, Errno::kInvalid}, {49, 0, Errno::kInvalid},
                             {48, 1, Errno::kInvalid}, {0, 0, Errno::kInvalid},  {1, 48, Errno::kInvalid}};

TEST(Measurements, ARegisterIsExtendedByOneWholeWriteAlone) {
  for (const auto& row : kWrites) {
    SCOPED_TRACE(std::to_string(row.size) + " at " + std::to_string(row.offset));
    Adding platform(8);
    Measurements files(tdx_registers(), platform);
    EXPECT_EQ(files.write("rtmr2:sha384", row.offset, Bytes(row.size, 5)), row.error);
    EXPECT_EQ(files.read("rtmr2:sha384", 0, 48).bytes, Bytes(48, row.error == Errno::kOk ? 6 : 1));
    EXPECT_EQ(files.read("rtmr3:sha384", 0, 48).bytes, Bytes(48, 1));
  }
}

TEST(Measurements, NamesAndModesAreTheDrivers) {
  Adding platform(8);
  Measurements files(tdx_registers(), platform);
  std::vector<std::string> names;
  for (const auto& one : files.registers()) names.push_back(one.file());
  EXPECT_EQ(names, (std::vector<std::string>{"mrconfigid", "mrowner", "mrownerconfig", "mrtd:sha384", "rtmr0:sha384", "rtmr1:sha384",
                                             "rtmr2:sha384", "rtmr3:sha384"}));
  EXPECT_EQ(files.write("mrtd:sha384", 0, Bytes(48)), Errno::kAccess);
  EXPECT_EQ(files.write("rtmr4:sha384", 0, Bytes(48)), Errno::kNoEntry);
  EXPECT_EQ(files.read("rtmr4:sha384", 0, 48).error, Errno::kNoEntry);
  EXPECT_EQ(files.read("rtmr0:sha384", 40, 48).bytes.size(), 8u);
  EXPECT_EQ(files.read("rtmr0:sha384", 48, 48).bytes.size(), 0u);
}

TEST(Measurements, OnlyAWriteMakesALiveRegisterStale) {
  Adding platform(8);
  Measurements files(tdx_registers(), platform);
  for (int i = 0; i < 3; ++i) (void)files.read("rtmr0:sha384", 0, 48);
  EXPECT_EQ(platform.refreshes, 1);
  ASSERT_EQ(files.write("rtmr1:sha384", 0, Bytes(48, 1)), Errno::kOk);
  (void)files.read("mrtd:sha384", 0, 48);
  EXPECT_EQ(platform.refreshes, 1);
  (void)files.read("rtmr0:sha384", 0, 48);  // one flag for all of them
  EXPECT_EQ(platform.refreshes, 2);
}

TEST(Measurements, AnErrorBelowIsTheReadersAndTheWriters) {
  Adding platform(8);
  Measurements files(tdx_registers(), platform);
  platform.error = Errno::kIo;
  EXPECT_EQ(files.read("rtmr0:sha384", 0, 48).error, Errno::kIo);
  EXPECT_EQ(files.write("rtmr0:sha384", 0, Bytes(48)), Errno::kIo);
  platform.error = Errno::kOk;
  EXPECT_EQ(files.read("rtmr0:sha384", 0, 48).bytes, Bytes(48, 1));
}

TEST(Measurements, AListIsChecked) {
  EXPECT_EQ(Measurements::check({{.name = "a"}, {.name = "a"}}), Errno::kInvalid);
  EXPECT_EQ(Measurements::check({{.name = ""}}), Errno::kInvalid);
  EXPECT_EQ(Measurements::check({{.name = "a", .size = 0}}), Errno::kInvalid);
  EXPECT_EQ(Measurements::check({{.name = "a"}, {.name = "a", .hash = "sha256"}}), Errno::kOk);
  for (const auto& list : {tdx_registers(), cca_registers("sha256", 32), cca_registers("sha512", 64), cove_registers()})
    EXPECT_EQ(Measurements::check(list), Errno::kOk);
}

// By hand from the two tables: PCR, register of the firmware guide, register of UEFI; -1: none.
struct PcrRow {
  std::uint32_t pcr;
  int guide, uefi;
};
constexpr PcrRow kPcrs[] = {{0, 0, 0}, {1, 1, 1}, {2, -1, 2}, {3, -1, 2}, {4, 2, 2},  {5, 2, 2},  {6, -1, 2}, {7, 1, 1},    {8, 3, 3},
                            {9, 3, 3}, {10, 3, 3}, {11, 3, 3}, {14, 3, 3}, {15, 3, 3}, {16, -1, -1}, {17, -1, -1}, {23, -1, -1}, {24, -1, -1}};

TEST(PcrMap, BothTables) {
  for (const auto& row : kPcrs) {
    SCOPED_TRACE(row.pcr);
    EXPECT_EQ(register_of_pcr(PcrMap::kFirmwareGuide, row.pcr).value_or(99), row.guide < 0 ? 99u : static_cast<unsigned>(row.guide));
    EXPECT_EQ(register_of_pcr(PcrMap::kUefi, row.pcr).value_or(99), row.uefi < 0 ? 99u : static_cast<unsigned>(row.uefi));
  }
  EXPECT_EQ(text_of(PcrMap::kFirmwareGuide), "mrtd 0\nrtmr0 1 7\nrtmr1 4 5\nrtmr2 8 9 10 11 12 13 14 15\nrtmr3\n");
  EXPECT_EQ(text_of(PcrMap::kUefi), "mrtd 0\nrtmr0 1 7\nrtmr1 2 3 4 5 6\nrtmr2 8 9 10 11 12 13 14 15\nrtmr3\n");
  EXPECT_FALSE(find_pcr_map("tpm"));
}

}  // namespace
}  // namespace tsm
