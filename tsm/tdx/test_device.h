#pragma once
// For tests: a device that answers as one does that takes part in TDX Connect, in the least number of words; and a module that has it,
// with the host's calls in the order in which a host makes them. What it is asked is counted; what it says can be made worse.
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "platform/pcie/config_builder.h"
#include "platform/pcie/root_port.h"
#include "platform/protocol/doe/discovery.h"
#include "platform/protocol/ide_km/ide_km.h"
#include "platform/requester/test_responder.h"
#include "tsm/tdx/bare_module.h"
#include "tsm/tdx/connect.h"

namespace tdx {

class TestDevice {
 public:
  std::vector<tdisp::MmioRange> ranges;
  std::map<std::uint32_t, tdisp::State> states;  // by FUNCTION_ID
  unsigned locks = 0, starts = 0, stops = 0, keys = 0;
  bool silent = false;

  TestDevice() {
    responder_.vendor = [this](base::View payload) { return answer(payload); };
  }
  std::optional<base::Bytes> operator()(base::View bytes) {
    const auto object = wire::decode<doe::Object>(bytes);
    if (silent || !object) return std::nullopt;
    if (object->header.type == doe::ObjectType::kDiscovery) {
      const std::uint8_t index = object->content.at(0);
      const auto next = static_cast<std::uint8_t>(index < 2 ? index + 1 : 0);
      return wire::encode(doe::object_of(doe::ObjectType::kDiscovery,
                                         wire::encode(doe::DiscoveryResponse{.type = static_cast<doe::ObjectType>(index), .next_index = next})));
    }
    auto message = requester::doe_unwrap(bytes);
    if (!message) return std::nullopt;
    message->bytes.resize(size_of(*message));
    if (!message->secured) exchanged_ |= spdm::header_of(message->bytes)->code == spdm::Code::kKeyExchange;
    else if (!exchanged_) return std::nullopt;  // of a session that it knows nothing of
    const auto answered = responder_(*message);
    return answered ? std::optional(requester::doe_wrap(*answered)) : std::nullopt;
  }

 private:
  // Objects are padded, the responder takes messages as they are: those whose length is not of whole dwords say it themselves.
  static std::size_t size_of(const requester::Message& message) {
    const auto word = [&](std::size_t at) { return std::size_t{base::load_le<std::uint16_t>(message.bytes, at)}; };
    if (message.secured) return 6 + word(4);
    constexpr std::size_t kOpaqueAt = 136;
    const bool exchange = spdm::header_of(message.bytes)->code == spdm::Code::kKeyExchange;
    return exchange ? kOpaqueAt + 2 + word(kOpaqueAt) : message.bytes.size();
  }
  base::Bytes answer(base::View payload) {
    if (payload.empty()) return {};
    return payload[0] == ide_km::kProtocolId ? key(payload) : tdi(payload);
  }
  base::Bytes key(base::View payload) {
    const auto object = ide_km::object_of(payload);
    if (object == ide_km::Object::kQuery) return wire::encode(ide_km::QueryResp{.registers = base::Bytes(40)});
    if (object == ide_km::Object::kKeyProg) {
      const auto ask = wire::decode<ide_km::KeyProg>(payload);
      ++keys;
      return wire::encode(ide_km::KpAck{.stream_id = ask->stream_id, .key_sub_stream = ask->key_sub_stream});
    }
    const auto ask = wire::decode<ide_km::SetGo>(payload);
    return wire::encode(ide_km::GoStopAck{.stream_id = payload[4], .key_sub_stream = ask ? ask->key_sub_stream : std::uint8_t{0}});
  }
  base::Bytes tdi(base::View payload) {
    using C = tdisp::Code;
    const auto header = wire::decode<tdisp::Header>(payload.first(17));
    tdisp::Header back = *header;
    auto& state = states[back.function_id.bits];
    const auto say = [&](auto message, C code) {
      message.header = back, message.header.code = code;
      return wire::encode(message);
    };
    switch (header->code) {
      case C::kGetVersion: return say(tdisp::Version{}, C::kVersion);
      case C::kGetCapabilities: {
        tdisp::Capabilities caps;
        caps.lock_flags_supported = tdisp::kLockNoFwUpdate;
        caps.req_msgs_supported[0] = 0xfe;
        caps.dev_addr_width = 52, caps.num_req_this = caps.num_req_all = 1;
        return say(caps, C::kCapabilities);
      }
      case C::kLockInterfaceRequest: {
        ++locks, state = tdisp::State::kConfigLocked;
        tdisp::LockInterfaceResponse out;
        out.start_interface_nonce.fill(static_cast<std::uint8_t>(locks));
        return say(out, C::kLockInterfaceResponse);
      }
      case C::kGetDeviceInterfaceReport: {
        tdisp::InterfaceReport report{.mmio_range_count = static_cast<std::uint32_t>(ranges.size()), .mmio_ranges = ranges};
        const auto bytes = wire::encode(report);
        return say(tdisp::DeviceInterfaceReport{.portion_length = static_cast<std::uint16_t>(bytes.size()), .report_bytes = bytes},
                   C::kDeviceInterfaceReport);
      }
      case C::kGetDeviceInterfaceState: return say(tdisp::DeviceInterfaceState{.tdi_state = state}, C::kDeviceInterfaceState);
      case C::kStartInterfaceRequest: ++starts, state = tdisp::State::kRun, back.code = C::kStartInterfaceResponse; return wire::encode(back);
      case C::kStopInterfaceRequest: ++stops, state = tdisp::State::kConfigUnlocked, back.code = C::kStopInterfaceResponse; return wire::encode(back);
      default: return {};
    }
  }

  requester::TestResponder responder_;
  bool exchanged_ = false;  // keys: it has a session
};

// Function 01:00.0 of one device, and its neighbour 01:00.1, over stream 1. How far a host has got.
enum class Step { kNothing, kUnit, kSession, kConnected, kStream, kKeyed, kTdi, kBound, kMapped, kLed, kAccepted, kAsked, kRunning };

struct ConnectedModule : BareModule {
  static constexpr std::uint32_t kFunction = 0x100, kNeighbour = 0x101;
  static constexpr std::uint64_t kMemory = 0x4'1000'0000, kPages = 4, kDevicePages = 30ull << 20;
  static constexpr std::uint8_t kStream = 1;

  static tdxproto::TdParams params() {
    tdxproto::TdParams out;
    out.config_flags = tdxproto::kConfigTdxConnect;
    return out;
  }
  explicit ConnectedModule(Step step, const std::vector<std::string>& lifted = {})
      : BareModule(Stage::kRunnable, lifted, params()), port("rp0", config(), link, *defences, {}), keys("tdx0", port, iommu, *defences),
        firmware("tdx0", {{.id = 0x100, .interface = {.bits = kFunction}}, {.id = 0x101, .interface = {.bits = kNeighbour}}}, keys,
                 requester::counting_random(), [this](base::View object) { return device(object); }, *defences) {
    device.ranges = {{.first_page = kMemory / kPage, .page_count = kPages, .range_id = 0}};
    module.connect()->attach(firmware, mmio);
    must(enter());
    bring_to(step);
  }

  pcie::ConfigSpace& config() {
    pcie::RootPort::build(space, {.ide = {.selective_streams = 1}});
    const unsigned at = pcie::ide_block(space, pcie::find(space, pcie::ExtendedCapability::kIde), 0);
    space.set(at + pcie::kIdeRid1, 4, 0x101u << 8);
    space.set(at + pcie::kIdeRid2, 4, 0x100u << 8 | 1);
    space.set(at + pcie::kIdeStreamControl, 4, std::uint32_t{kStream} << 24 | pcie::kIdeEnable);
    return space;
  }
  std::uint64_t page() { return next_page_ += kPage; }
  static std::uint64_t number(tdxproto::KmOp op) { return static_cast<std::uint64_t>(op); }
  CallResult set_up() { return call(S::kIommuSetup, {.rcx = tdxproto::kUnitRegisters, .rdx = page()}); }
  CallResult create_session(std::uint64_t function = kFunction) { return call(S::kSpdmCreate, {.rcx = function, .rdx = page()}); }
  CallResult connect(std::uint64_t config = kSource) {
    (void)static_cast<bool>(memory.write(kNone, kSource, wire::encode(tdxproto::SpdmConfig{})));
    return call(S::kSpdmConnect, {.rcx = 0, .rdx = config});
  }
  Registers stream_operands() {
    return {.rcx = tdxproto::kStreamSelective, .rdx = 0, .r8 = page(), .r9 = tdxproto::stream_control(kStream),
            .r10 = tdxproto::rid_limit(0x101), .r11 = tdxproto::rid_base(0x100)};
  }
  CallResult on_stream(S leaf, std::uint64_t r8 = 0) { return call(leaf, {.rcx = 0, .rdx = kStream, .r8 = r8}); }
  CallResult create_tdi(std::uint32_t function = kFunction) {
    return call(S::kTdiCreate, {.rcx = tdxproto::interface_id(0, kStream, function), .rdx = kTdr, .r8 = page()});
  }
  CallResult bind(std::uint32_t function = kFunction) { return call(S::kTdiBind, {.rcx = function, .rdx = 1, .r8 = kSource}); }
  CallResult of_tdi(S leaf, std::uint32_t function = kFunction) { return call(leaf, {.rcx = function}); }
  CallResult metadata(std::uint64_t hpa, std::uint32_t function = kFunction) {
    return call(S::kMmiomtSet, {.rcx = hpa, .rdx = tdxproto::mmiomt_set(tdxproto::kMmiomtData, function)});
  }
  CallResult map(std::uint64_t gpa, std::uint64_t hpa) { return call(S::kMmioMap, {.rcx = gpa, .rdx = kTdr, .r8 = hpa}); }
  CallResult on_memory(S leaf, std::uint64_t gpa) { return call(leaf, {.rcx = gpa, .rdx = kTdr}); }
  CallResult dmar(S leaf, unsigned level, std::uint64_t rdx = 0, std::uint64_t r8 = 0) {
    return call(leaf, {.rcx = tdxproto::dmar_index(level, 0x100), .rdx = rdx, .r8 = r8});
  }
  CallResult forget(tdxproto::InvRequest what) {
    const bool pages = what == tdxproto::InvRequest::kIotlb;
    return call(S::kIqInvReq, {.rcx = 0, .rdx = static_cast<std::uint64_t>(what), .r8 = pages ? kTdr : 0x100, .r9 = tdxproto::kInvWait});
  }
  Registers accept_memory(std::uint64_t gpa, std::uint64_t count, std::uint64_t offset = 0, std::uint64_t range = 0) {
    return {.rcx = gpa, .rdx = range, .r8 = kFunction, .r9 = offset << 32 | count};
  }
  std::uint64_t guest(tdxproto::Tdcall leaf, const Registers& in) { return tdcall(leaf, in).rax; }
  // A trusted request of the device: where it leads, or nothing.
  std::optional<std::uint64_t> dma(std::uint64_t gpa) {
    auto led = iommu.translate({.requester = 0x100, .address = gpa, .write = true, .trusted = true});
    return led ? std::optional(led->address) : std::nullopt;
  }
  void device_tables() {
    for (unsigned level = tdxproto::kMmiomtTopLevel; level >= 1; --level) must(call(S::kMmiomtAdd, {.rcx = kMemory | level, .rdx = page()}));
    for (unsigned level = kSeptTopLevel; level >= 1; --level) {
      const std::uint64_t first = kMemory & ~(tdxproto::bytes_of_level(level) - 1);
      if (first != 0) must(call(S::kMemSeptAdd, {.rcx = tdxproto::gpa_and_level(first, level), .rdx = kTdr, .r8 = page()}));
    }
  }
  void bring_to(Step step) {
    using T = tdxproto::Tdcall;
    if (step >= Step::kUnit) must(set_up());
    if (step >= Step::kSession) must(create_session());
    if (step >= Step::kConnected) must(connect());
    if (step >= Step::kStream) must(call(S::kIdeStreamCreate, stream_operands()));
    if (step >= Step::kKeyed) must(on_stream(S::kIdeStreamKm, number(tdxproto::KmOp::kSetup)));
    if (step >= Step::kTdi) must(create_tdi());
    if (step >= Step::kBound) (void)bind().out.rax;
    if (step >= Step::kMapped) {
      device_tables();
      for (std::uint64_t i = 0; i < kPages; ++i) must(metadata(kMemory + i * kPage)), must(map(kMemory + i * kPage, kMemory + i * kPage));
    }
    if (step >= Step::kLed) {
      for (unsigned level = tdxproto::kDmarRoot; level >= tdxproto::kDmarDirectory; --level) must(dmar(S::kDmarAdd, level, 0, page()));
      must(dmar(S::kDmarAdd, tdxproto::kDmarPasidEntry, kTdr));
    }
    if (step >= Step::kAccepted) {
      (void)guest(T::kMmioAccept, accept_memory(kMemory, kPages));
      (void)guest(T::kDmarAccept, {.rcx = kFunction});
    }
    if (step >= Step::kAsked) (void)guest(T::kTdiStart, {.rcx = kFunction, .rdx = 1});
    if (step >= Step::kRunning) must(of_tdi(S::kTdiStart));
  }

  TestDevice device;
  pcie::ConfigSpace space;
  pcie::Link link{"link"};
  pcie::RootPort port;
  pcie::Iommu iommu{"iommu0", *defences};
  tio::PortFirmware keys;
  tio::DeviceManager firmware;
  tio::MmioTable mmio{*defences, "cpu0"};

 private:
  std::uint64_t next_page_ = kDevicePages;
};

}  // namespace tdx
