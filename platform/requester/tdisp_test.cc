#include "platform/requester/tdisp.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "platform/requester/rows.h"

namespace requester {
namespace {

using base::Bytes;
using tdisp::Code;

constexpr tdisp::FunctionId kFunction{0x0100};

const Bytes& report_bytes() {
  static const Bytes kReport = wire::encode(tdisp::InterfaceReport{.interface_info = 3,
                                                                   .mmio_range_count = 1,
                                                                   .mmio_ranges = {{0x83d0000, 16, 0, 0}},
                                                                   .device_specific_info_length = 4,
                                                                   .device_specific_info = {'D', 'E', 'M', 'O'}});
  return kReport;
}

// What an honest device answers.
Bytes answer_to(base::View request) {
  const tdisp::Header asked = *tdisp::header_of(request);
  tdisp::Header header = asked;
  header.code = static_cast<Code>(static_cast<std::uint8_t>(asked.code) & 0x7f);
  switch (asked.code) {
    case Code::kGetVersion:
      return wire::encode(tdisp::Version{header});
    case Code::kGetCapabilities:
      return wire::encode(tdisp::Capabilities{.header = header, .lock_flags_supported = 5});
    case Code::kLockInterfaceRequest: {
      tdisp::LockInterfaceResponse response{.header = header};
      response.start_interface_nonce.fill(0xab);
      return wire::encode(response);
    }
    case Code::kGetDeviceInterfaceReport: {
      const auto ask = wire::decode<tdisp::GetDeviceInterfaceReport>(request);
      const Bytes& all = report_bytes();
      const std::size_t size = std::min<std::size_t>(ask->length, all.size() - ask->offset);
      return wire::encode(tdisp::DeviceInterfaceReport{header, static_cast<std::uint16_t>(size),
                                                       static_cast<std::uint16_t>(all.size() - ask->offset - size),
                                                       base::bytes_of(base::View(all).subspan(ask->offset, size))});
    }
    case Code::kGetDeviceInterfaceState:
      return wire::encode(tdisp::DeviceInterfaceState{header, tdisp::State::kRun});
    default:
      return wire::encode(header);
  }
}

struct Device {
  trust::Defences defences;
  Tdisp tdisp{kFunction, defences, "x"};
  std::vector<Bytes> requests;
  std::function<void(Bytes&)> spoil;

  std::string run(const Tdisp::Goal& goal) {
    if (auto started = tdisp.start(goal); !started) return std::string(started.refusal().by->id);
    while (auto request = tdisp.next()) {
      requests.push_back(*request);
      Bytes answer = answer_to(*request);
      if (spoil) spoil(answer);
      if (auto r = tdisp.receive(answer); !r) return std::string(r.refusal().by->id);
    }
    return "";
  }
};

TEST(TdispRequester, LocksReadsAndStartsAnInterface) {
  Device device;
  EXPECT_EQ(device.run(Tdisp::GetVersion{}), "");
  EXPECT_EQ(device.run(Tdisp::GetCapabilities{}), "");
  EXPECT_EQ(device.run(Tdisp::Lock{.flags = 5, .default_stream = 1, .mmio_reporting_offset = 0x7f'0000'0000}), "");
  // The worked message of PCIe 01:00.0 without its SPDM envelope.
  EXPECT_EQ(base::to_hex(device.requests.back()),
            "01108300000001000000000000000000000500010000000000"
            "7f0000000000000000000000");
  EXPECT_EQ(device.run(Tdisp::ReadReport{.portion = 7}), "");
  EXPECT_EQ(device.tdisp.report_bytes(), report_bytes());
  EXPECT_EQ(device.tdisp.report()->mmio_ranges.at(0).page_count, 16u);
  EXPECT_EQ(device.run(Tdisp::Start{}), "");
  EXPECT_EQ(Bytes(device.requests.back().begin() + tdisp::kHeaderSize, device.requests.back().end()), Bytes(32, 0xab));
  EXPECT_EQ(device.run(Tdisp::GetState{}), "");
  EXPECT_EQ(device.tdisp.state(), tdisp::State::kRun);
  EXPECT_EQ(device.run(Tdisp::BindP2p{2}), "");
  EXPECT_EQ(device.run(Tdisp::SetMmioAttribute{device.tdisp.report()->mmio_ranges[0]}), "");
  EXPECT_EQ(device.run(Tdisp::UnbindP2p{2}), "");
  EXPECT_EQ(device.run(Tdisp::Stop{}), "");
}

TEST(TdispRequester, UsesANonceOnce) {
  Device device;
  ASSERT_EQ(device.run(Tdisp::Lock{}), "");
  ASSERT_EQ(device.run(Tdisp::Start{}), "");
  EXPECT_EQ(device.run(Tdisp::Start{}), "tdisp.goal.nonce");
  ASSERT_EQ(device.run(Tdisp::Lock{}), "");
  ASSERT_EQ(device.run(Tdisp::Stop{}), "");
  EXPECT_EQ(device.run(Tdisp::Start{}), "tdisp.goal.nonce");
}

TEST(TdispRequester, TellsWhatAnErrorSaid) {
  Device device;
  device.spoil = [](Bytes& b) {
    tdisp::Header header = *tdisp::header_of(b);
    header.code = Code::kError;
    b = wire::encode(tdisp::Error{header, tdisp::ErrorCode::kInvalidInterfaceState});
  };
  EXPECT_EQ(device.run(Tdisp::Stop{}), "tdisp.response.error");
  EXPECT_EQ(device.tdisp.last_error()->error_code, tdisp::ErrorCode::kInvalidInterfaceState);
}

TEST(TdispRequester, RefusesEachWrongStepByItsRule) {
  struct Wrong {
    const char* rule;
    std::vector<Tdisp::Goal> goals;
    std::function<void(Bytes&)> spoil{};
  };
  constexpr std::size_t kPortionLength = tdisp::kHeaderSize, kRemainder = kPortionLength + 2;
  const auto flip = [](std::size_t at, std::uint8_t bits = 1) { return [=](Bytes& b) { b.at(at) ^= bits; }; };
  const auto cut = [](Bytes& b) { b.pop_back(); };
  const Wrong kWrongs[] = {
      {"tdisp.goal.nonce", {Tdisp::Start{}}},
      {"tdisp.goal.flags", {Tdisp::GetCapabilities{}, Tdisp::Lock{.flags = 2}}},
      {"tdisp.response.header", {Tdisp::GetState{}}, [](Bytes& b) { b.resize(tdisp::kHeaderSize - 1); }},
      {"tdisp.response.header", {Tdisp::GetState{}}, flip(0)},
      {"tdisp.response.version", {Tdisp::GetState{}}, flip(1)},
      {"tdisp.response.function", {Tdisp::GetState{}}, flip(5)},
      {"tdisp.response.error", {Tdisp::GetState{}}, [](Bytes& b) { b[2] = 0x7f; }},
      {"tdisp.response.code", {Tdisp::GetState{}}, flip(2)},
      {"tdisp.response.form", {Tdisp::GetVersion{}}, cut},
      {"tdisp.response.form", {Tdisp::GetCapabilities{}}, cut},
      {"tdisp.response.form", {Tdisp::Lock{}}, cut},
      {"tdisp.response.form", {Tdisp::ReadReport{}}, cut},
      {"tdisp.response.form", {Tdisp::GetState{}}, cut},
      {"tdisp.response.form", {Tdisp::Stop{}}, [](Bytes& b) { b.push_back(0); }},
      {"tdisp.version.offered", {Tdisp::GetVersion{}}, [](Bytes& b) { b.back() = 0x20; }},
      {"tdisp.state.known", {Tdisp::GetState{}}, [](Bytes& b) { b.back() = 4; }},
      {"tdisp.report.portion",
       {Tdisp::ReadReport{}},
       [](Bytes& b) { b.resize(kRemainder + 2), b[kPortionLength] = 0; }},
      {"tdisp.report.portion",
       {Tdisp::ReadReport{.portion = 8}},
       [](Bytes& b) { b.push_back(0), ++b[kPortionLength]; }},
      {"tdisp.report.length",
       {Tdisp::ReadReport{.portion = 8}},
       [n = 0](Bytes& b) mutable { b[kRemainder] = static_cast<std::uint8_t>(b[kRemainder] + n++); }},
      {"tdisp.report.bound", {Tdisp::ReadReport{}}, [](Bytes& b) { b[kRemainder] = b[kRemainder + 1] = 0xff; }},
      {"tdisp.report.form", {Tdisp::ReadReport{}}, [](Bytes& b) { b[kRemainder + 2 + 12] = 9; }},
  };
  std::set<std::string_view> refused{"tdisp.response.expected"};
  for (const Wrong& wrong : kWrongs) {
    Device device;
    for (std::size_t i = 0; i < wrong.goals.size(); ++i) {
      const bool is_last = i + 1 == wrong.goals.size();
      if (is_last) device.spoil = wrong.spoil;
      EXPECT_EQ(device.run(wrong.goals[i]), is_last ? wrong.rule : "") << wrong.rule;
    }
    EXPECT_FALSE(device.tdisp.next());
    EXPECT_LT(device.requests.size(), 20u);
    refused.insert(wrong.rule);
  }
  Device device;
  EXPECT_EQ(device.tdisp.receive(Bytes(17)).refusal().by->id, "tdisp.response.expected");
  for (const trust::Defence* row : rows())
    EXPECT_EQ(refused.contains(row->id), row->id.starts_with("tdisp.")) << row->id;
}

}  // namespace
}  // namespace requester
