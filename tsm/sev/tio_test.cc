#include "tsm/sev/tio.h"

#include <gtest/gtest.h>

#include "platform/wire/wire.h"
#include "tsm/sev/test_firmware.h"

namespace sev {
namespace {

using C = sevproto::Command;
using sevproto::Status;

constexpr std::uint64_t kDev = 0x30'0000, kTdi = 0x30'1000, kRequest = 0x30'2000, kResponse = 0x30'3000;

TEST(Tio, AMachineWithoutItSaysSo) {
  Firmware f(false);
  EXPECT_EQ(f.call(C::kTioInit), Status::kUnsupported);
  const auto status = wire::decode<command::TioStatus>(f.machine.call(C::kTioStatus).out);
  ASSERT_TRUE(status);
  EXPECT_EQ(status->flags, 0);
}

TEST(Tio, CommandsComeInOrder) {
  Firmware f;
  EXPECT_EQ(f.call(C::kTioDevCreate, command::TioDevCreate{.dev_ctx = kDev, .device_id = 0x100}), Status::kInvalidPlatformState);
  EXPECT_EQ(f.call(C::kTioInit), Status::kSuccess);
  EXPECT_EQ(f.call(C::kTioInit), Status::kInvalidPlatformState);
  EXPECT_EQ(f.call(C::kTioDevConnect, command::TioDevConnect{.dev_ctx = kDev}), Status::kInvalidDevCtx);
  EXPECT_EQ(f.call(C::kTioDevCreate, command::TioDevCreate{.dev_ctx = kDev + 1, .device_id = 0x100}), Status::kInvalidAddress);
  EXPECT_EQ(f.call(C::kTioDevCreate, command::TioDevCreate{.dev_ctx = kDev, .device_id = 0x200}), Status::kInvalidParam);
  EXPECT_EQ(f.call(C::kTioDevCreate, command::TioDevCreate{.dev_ctx = kDev, .device_id = 0x100}), Status::kSuccess);
  EXPECT_EQ(f.call(C::kTioDevCreate, command::TioDevCreate{.dev_ctx = kDev, .device_id = 0x100}), Status::kInUse);
  EXPECT_EQ(f.call(C::kTioTdiBind, command::TioTdiBind{.dev_ctx = kDev, .tdi_ctx = kTdi, .gctx_paddr = TestMachine::kContext}),
            Status::kInvalidTdiCtx);
  EXPECT_EQ(f.call(C::kTioTdiCreate, command::TioTdiCreate{.dev_ctx = kDev, .tdi_ctx = kTdi, .function_id = 0x100}), Status::kSuccess);
  EXPECT_EQ(f.call(C::kTioTdiBind, command::TioTdiBind{.dev_ctx = kDev, .tdi_ctx = kTdi, .gctx_paddr = 0x1000}), Status::kInvalidGuest);
  EXPECT_EQ(f.call(C::kTioTdiUnbind, command::TioTdi{.dev_ctx = kDev, .tdi_ctx = kTdi}), Status::kInvalidTdiState);
  const command::TioTdiBind run{
      .dev_ctx = kDev, .tdi_ctx = kTdi, .gctx_paddr = TestMachine::kContext, .run_flags = command::TioTdiBind::kRun};
  EXPECT_EQ(f.call(C::kTioTdiBind, run), Status::kInvalidTdiState);
}

TEST(Tio, ADeviceThatDoesNotAnswerIsNotBound) {
  Firmware f;
  (void)f.call(C::kTioInit);
  (void)f.call(C::kTioDevCreate, command::TioDevCreate{.dev_ctx = kDev, .device_id = 0x100});
  (void)f.call(C::kTioTdiCreate, command::TioTdiCreate{.dev_ctx = kDev, .tdi_ctx = kTdi, .function_id = 0x100});
  const auto connected = f.machine.call(C::kTioDevConnect, command::TioDevConnect{.dev_ctx = kDev});
  EXPECT_EQ(connected.status, Status::kSpdmError);
  ASSERT_TRUE(connected.refusal);
  const auto bound = f.machine.call(C::kTioTdiBind, command::TioTdiBind{.dev_ctx = kDev, .tdi_ctx = kTdi, .gctx_paddr = TestMachine::kContext});
  EXPECT_EQ(bound.status, Status::kSpdmError);
  EXPECT_EQ(bound.refusal->by->id, "tio.command.order");
  EXPECT_EQ(f.call(C::kTioDevConnect, command::TioDevConnect{.dev_ctx = kDev, .tc_mask = 2}), Status::kInvalidParam);
}

// What a guest hears of an interface that it was never given, sealed like every answer.
TEST(Tio, AGuestHearsNothingOfAnUnboundInterface) {
  Firmware f;
  (void)f.call(C::kTioInit);
  (void)f.call(C::kTioDevCreate, command::TioDevCreate{.dev_ctx = kDev, .device_id = 0x100});
  (void)f.call(C::kTioTdiCreate, command::TioTdiCreate{.dev_ctx = kDev, .tdi_ctx = kTdi, .function_id = 0x100});
  const auto key = f.machine.context().vmpck[0];
  std::uint64_t count = 1;
  const auto ask = [&](sevproto::MessageType type, base::View payload, std::uint64_t tdi) {
    base::Bytes page = wire::encode(sevproto::seal_message(key, 0, count, type, payload));
    page.resize(4096);
    f.machine.write_host(kRequest, page);
    const auto done = f.machine.call(C::kTioGuestRequest, command::TioGuestRequest{kDev, tdi, TestMachine::kContext, kRequest, kResponse});
    if (done.status != Status::kSuccess) return wire::Decoded<base::Bytes>(wire::Error{0, std::string(sevproto::name_of(done.status)), ""});
    count += 2;
    return sevproto::open_message(key, f.machine.read(TestMachine::kNone, kResponse));
  };
  const auto info = ask(sevproto::MessageType::kTdiInfoReq, wire::encode(sevproto::TdiInfoRequest{.tdi_id = 1}), kTdi);
  ASSERT_TRUE(info);
  EXPECT_EQ(wire::decode<sevproto::TdiInfoResponse>(*info)->status, sevproto::kTdiInvalid);
  const auto sdte = ask(sevproto::MessageType::kSdteWriteReq, wire::encode(sevproto::SdteWriteRequest{.tdi_id = 1, .sdte = {}}), kTdi);
  ASSERT_TRUE(sdte);
  EXPECT_EQ(wire::decode<sevproto::SdteWriteResponse>(*sdte)->status, sevproto::kSdteInvalidTdi);
  const auto mmio = ask(sevproto::MessageType::kMmioValidateReq, wire::encode(sevproto::MmioValidateRequest{.tdi_id = 1}), kTdi);
  ASSERT_TRUE(mmio);
  EXPECT_EQ(wire::decode<sevproto::MmioValidateResponse>(*mmio)->status, sevproto::MmioStatus::kInvalidTdi);
  EXPECT_EQ(ask(sevproto::MessageType::kTdiInfoReq, {}, kTdi + 0x1000).error().field, "INVALID_TDI_CTX");
  EXPECT_EQ(ask(sevproto::MessageType::kReportReq, {}, kTdi).error().field, "INVALID_PARAM");  // no message about interfaces
}

// The bits of the entry that a guest writes (SEV-TIO, SDTE).
TEST(Tio, TheDeviceTableEntryHasItsBitsInPlace) {
  const auto bytes = wire::encode(sevproto::sdte(true, true, std::uint64_t{2} << 40));
  ASSERT_EQ(bytes.size(), 64u);
  EXPECT_EQ(base::load_le<std::uint64_t>(bytes, 0), 0x6000'0000'0000'0001u);          // V, IR at 61, IW at 62
  EXPECT_EQ(base::load_le<std::uint64_t>(bytes, 40), std::uint64_t{1} << (41 - 21 + 1) | 1);  // vTOM in 2 MiB, enabled
  EXPECT_EQ(sevproto::sdte(true, true, std::uint64_t{2} << 40).vtom(), std::uint64_t{2} << 40);
}

}  // namespace
}  // namespace sev
