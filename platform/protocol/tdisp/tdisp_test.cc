#include "platform/protocol/tdisp/tdisp.h"

#include <gtest/gtest.h>

namespace tdisp {
namespace {

std::string hex(base::View bytes) { return base::to_hex(bytes); }

template <class M>
M to_function(M message) {
  message.header.function_id = {0x0100};
  return message;
}

InterfaceReport report() {
  return {.interface_info = 3,
          .msix_message_control = 0x8003,
          .mmio_range_count = 2,
          .mmio_ranges = {{0x083d0000, 16, 0, 0}, {0x083d0100, 1, kRangeMsixTable | kRangeMsixPba, 2}},
          .device_specific_info_length = 4,
          .device_specific_info = base::bytes_of(base::view_of("DEMO"))};
}

TEST(Tdisp, HasTheBytesOfTheWorkedMessages) {
  EXPECT_EQ(hex(wire::encode(to_function(GetVersion{}))), "0110810000000100000000000000000000");
  EXPECT_EQ(hex(wire::encode(to_function(Version{}))), "01100100000001000000000000000000000110");
  auto caps = to_function(Capabilities{.lock_flags_supported = 7, .dev_addr_width = 0x34, .num_req_this = 1,
                                       .num_req_all = 1});
  EXPECT_EQ(hex(wire::encode(caps)),
            "011002000000010000000000000000000000000000fe0000000000000000000000000000000700000000340101");
  auto lock = to_function(LockInterfaceRequest{.flags = kLockNoFwUpdate | kLockMsix, .default_stream_id = 1,
                                               .mmio_reporting_offset = 0x7f00000000});
  EXPECT_EQ(hex(wire::encode(lock)), "01108300000001000000000000000000000500010000000000"
                                     "7f0000000000000000000000");
  EXPECT_EQ(hex(wire::encode(to_function(DeviceInterfaceState{.tdi_state = State::kConfigLocked}))),
            "011005000000010000000000000000000001");
  EXPECT_EQ(hex(wire::encode(to_function(GetDeviceInterfaceReport{}))), "01108400000001000000000000000000000000ffff");
  EXPECT_EQ(hex(wire::encode(to_function(Error{.error_code = ErrorCode::kInvalidNonce}))),
            "01107f0000000100000000000000000000" "0201000000000000");
  EXPECT_EQ(hex(wire::encode(to_function(Error{.error_code = ErrorCode::kUnsupportedRequest, .error_data = 0x88}))),
            "01107f0000000100000000000000000000" "0700000088000000");
}

TEST(Tdisp, HasTheBytesOfTheWorkedReport) {
  EXPECT_EQ(hex(wire::encode(report())),
            "03000000038000000000000002000000"
            "00003d080000000010000000000000000001"
            "3d08000000000100000003000200"
            "0400000044454d4f");
}

template <class M>
void refuses_cut_and_longer(const M& message) {
  auto bytes = wire::encode(message);
  auto back = wire::decode<M>(bytes);
  ASSERT_TRUE(back) << back.error().text();
  EXPECT_EQ(*back, message);
  for (std::size_t n = 0; n < bytes.size(); ++n) EXPECT_FALSE(wire::decode<M>(base::View(bytes).first(n))) << n;
  bytes.push_back(0);
  EXPECT_FALSE(wire::decode<M>(bytes));
}

TEST(Tdisp, EveryTruncationAndATailAreRefused) {
  refuses_cut_and_longer(GetVersion{});
  refuses_cut_and_longer(Version{});
  refuses_cut_and_longer(GetCapabilities{});
  refuses_cut_and_longer(Capabilities{});
  refuses_cut_and_longer(LockInterfaceRequest{});
  refuses_cut_and_longer(LockInterfaceResponse{});
  refuses_cut_and_longer(GetDeviceInterfaceReport{});
  refuses_cut_and_longer(DeviceInterfaceReport{.portion_length = 3, .report_bytes = {1, 2, 3}});
  refuses_cut_and_longer(GetDeviceInterfaceState{});
  refuses_cut_and_longer(DeviceInterfaceState{});
  refuses_cut_and_longer(StartInterfaceRequest{});
  refuses_cut_and_longer(StartInterfaceResponse{});
  refuses_cut_and_longer(StopInterfaceRequest{});
  refuses_cut_and_longer(BindP2pStreamRequest{});
  refuses_cut_and_longer(UnbindP2pStreamRequest{});
  refuses_cut_and_longer(SetMmioAttributeRequest{});
  refuses_cut_and_longer(report());
}

TEST(Tdisp, MessagesThatEndInVendorDataRefuseACutBeforeIt) {
  Error error{.error_code = ErrorCode::kBusy};
  auto bytes = wire::encode(error);
  for (std::size_t n = 0; n < bytes.size(); ++n) EXPECT_FALSE(wire::decode<Error>(base::View(bytes).first(n)));
  VdmRequest vdm{.vendor_id_length = 2, .vendor_id = {1, 2}, .vendor_data = {}};
  bytes = wire::encode(vdm);
  for (std::size_t n = 0; n < bytes.size(); ++n) EXPECT_FALSE(wire::decode<VdmRequest>(base::View(bytes).first(n)));
  vdm.vendor_data = {9, 9};
  EXPECT_EQ(*wire::decode<VdmRequest>(wire::encode(vdm)), vdm);
}

TEST(Tdisp, ACountThatLiesIsRefused) {
  auto lie = report();
  for (std::uint32_t count : {1u, 3u, 0xffffffffu}) {
    lie.mmio_range_count = count;
    EXPECT_FALSE(wire::decode<InterfaceReport>(wire::encode(lie))) << count;
  }
}

TEST(Tdisp, FindsTheHeaderOfItsOwnMessages) {
  auto bytes = wire::encode(to_function(StopInterfaceRequest{}));
  ASSERT_TRUE(header_of(bytes));
  EXPECT_EQ(header_of(bytes)->code, Code::kStopInterfaceRequest);
  EXPECT_EQ(header_of(bytes)->function_id.requester_id(), 0x0100);
  EXPECT_FALSE(header_of(base::View(bytes).first(16)));
  bytes[0] = 0;
  EXPECT_FALSE(header_of(bytes));
}

}  // namespace
}  // namespace tdisp
