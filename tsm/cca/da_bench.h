#pragma once
// For tests: a bare RMM with device assignment, a root port, and behind it a device that answers as an honest one does, or not at all.
// What it answers is put together from formats; its mailbox is carried without a host.
#include <functional>
#include <stdexcept>
#include <string>

#include "platform/pcie/test_machine.h"
#include "platform/protocol/ide_km/ide_km.h"
#include "platform/protocol/tdisp/tdisp.h"
#include "platform/requester/doe.h"
#include "platform/requester/test_responder.h"
#include "tsm/cca/bare_rmm.h"

namespace cca {

class TestDevice {
 public:
  static constexpr std::uint64_t kBar = 0x4'1000'0000, kPages = 4;

  TestDevice() {
    spdm.vendor = [this](base::View payload) { return payload[0] == tdisp::kProtocolId ? tdisp_answer(payload) : ide_km_answer(payload); };
  }
  std::optional<base::Bytes> operator()(base::View object) {
    if (dead) return std::nullopt;
    if (object[2] != 0) {
      auto message = *requester::doe_unwrap(object);
      // A record says its length behind the session's number.
      if (message.secured) message.bytes.resize(6 + base::load_le<std::uint16_t>(message.bytes, 4));
      // Of the requests in the clear only KEY_EXCHANGE does not fill its last DW: 136 bytes before the length of what is opaque.
      if (!message.secured && message.bytes[1] == static_cast<std::uint8_t>(spdm::Code::kKeyExchange))
        message.bytes.resize(138 + base::load_le<std::uint16_t>(message.bytes, 136));
      const auto answer = spdm(message);
      return answer ? std::optional(requester::doe_wrap(*answer)) : std::nullopt;
    }
    const std::uint8_t index = object[8];
    const doe::DiscoveryResponse known{1, doe::ObjectType{index}, static_cast<std::uint8_t>(index < 2 ? index + 1 : 0)};
    return wire::encode(doe::object_of(doe::ObjectType::kDiscovery, wire::encode(known)));
  }
  tdisp::InterfaceReport report() const {
    return {.interface_info = 1, .mmio_range_count = 1, .mmio_ranges = {{kBar >> 12, kPages, 0, 0}}, .device_specific_info_length = 0,
            .device_specific_info = {}};
  }

  requester::TestResponder spdm;
  tdisp::State state = tdisp::State::kConfigUnlocked;
  bool dead = false;

 private:
  base::Bytes ide_km_answer(base::View request) const {
    base::Bytes out = base::bytes_of(request);
    switch (*ide_km::object_of(request)) {
      case ide_km::Object::kQuery: return wire::encode(ide_km::QueryResp{.port_index = request[3], .bus = 1, .max_port_index = 2, .registers = base::Bytes(8)});
      case ide_km::Object::kKeyProg: out.resize(8), out[1] = static_cast<std::uint8_t>(ide_km::Object::kKpAck); return out;
      default: out[1] = static_cast<std::uint8_t>(ide_km::Object::kGoStopAck); return out;
    }
  }
  base::Bytes tdisp_answer(base::View request) {
    using tdisp::Code;
    tdisp::Header header = *tdisp::header_of(request);
    const Code asked = header.code;
    header.code = static_cast<Code>(static_cast<std::uint8_t>(asked) & 0x7f);
    switch (asked) {
      case Code::kGetVersion: return wire::encode(tdisp::Version{header});
      case Code::kGetCapabilities: return wire::encode(tdisp::Capabilities{.header = header, .lock_flags_supported = tdisp::kLockNoFwUpdate});
      case Code::kLockInterfaceRequest: {
        state = tdisp::State::kConfigLocked;
        tdisp::LockInterfaceResponse response{.header = header};
        response.start_interface_nonce.fill(0xab);
        return wire::encode(response);
      }
      case Code::kGetDeviceInterfaceReport: {
        const auto ask = wire::decode<tdisp::GetDeviceInterfaceReport>(request);
        const base::Bytes all = wire::encode(report());
        const std::size_t size = std::min<std::size_t>(ask->length, all.size() - ask->offset);
        return wire::encode(tdisp::DeviceInterfaceReport{header, static_cast<std::uint16_t>(size),
                                                         static_cast<std::uint16_t>(all.size() - ask->offset - size),
                                                         base::bytes_of(base::View(all).subspan(ask->offset, size))});
      }
      case Code::kGetDeviceInterfaceState: return wire::encode(tdisp::DeviceInterfaceState{header, state});
      case Code::kStartInterfaceRequest: state = tdisp::State::kRun; return wire::encode(header);
      case Code::kStopInterfaceRequest: state = tdisp::State::kConfigUnlocked; return wire::encode(header);
      default: return wire::encode(header);
    }
  }
};

// How far the device is, in the order of its life.
enum class Stage { kPort, kNew, kNeedsKey, kHasKey, kReady, kStream, kUnlocked, kLocked, kReported, kStarted };

struct DaBench : BareRmm {
  static constexpr std::uint64_t kPort = 0x50'0000, kPdev = 0x50'1000, kVdev = 0x50'2000, kSpare = 0x50'3000;
  static constexpr std::uint64_t kComm = 0x90'0000, kPage0 = 0x90'1000, kMeasure = 0x90'2000;  // the host's own
  static constexpr std::uint64_t kBar = TestDevice::kBar, kId = pcie::kEndpointId, kBridge = tlp::requester_id(0, 1, 0), kName = 0x77;
  static constexpr std::uint64_t kInfo = kMapped + 0x200;  // in the realm's page
  static constexpr std::uint8_t kStreamId = 1;

  explicit DaBench(Stage stage = Stage::kPort, const std::vector<std::string>& lifted = {}) : BareRmm(true, lifted, true) {
    const unsigned at = pcie::ide_block(pci.port_config, pcie::find(pci.port_config, pcie::ExtendedCapability::kIde), 0);
    pci.root.config_write(kBridge, at + pcie::kIdeRid1, 4, std::uint32_t{pcie::kEndpointId} << 8);
    pci.root.config_write(kBridge, at + pcie::kIdeRid2, 4, std::uint32_t{pcie::kEndpointId} << 8 | 1);
    pci.root.config_write(kBridge, at + pcie::kIdeStreamControl, 4, std::uint32_t{kStreamId} << 24 | pcie::kIdeEnable);
    rmm.attach(Card{.device = &manager, .mmio = &mmio, .root_port = static_cast<std::uint16_t>(kBridge)});
    for (const std::uint64_t page : {kPort, kPdev, kVdev, kSpare}) delegate(page);
    put_comm();
    put(ccaproto::PdevParams{.pdev_id = kBridge});
    must(call(Rmi::kPdevCreate, {.x1 = kPort, .x2 = kPage0}));
    must(call(Rmi::kPdevCommunicate, {.x1 = kPort, .x2 = kComm}));
    // The tables of the device's memory are there.
    for (std::uint64_t level = 1; level <= 3; ++level) (void)call(Rmi::kRttCreate, {.x1 = kRd, .x2 = fresh(), .x3 = kBar & ~((std::uint64_t{0x1000} << 9 * (4 - level)) - 1), .x4 = level});
    go(stage);
  }

  // Parameters, in the host's page for them.
  template <class Params>
  void put(const Params& params) { write(kPage0, wire::encode(params)); }
  void put_comm(const ccaproto::DevCommEnter& enter = {.req_addr = kHost, .resp_addr = kHost}) { write(kComm, wire::encode(ccaproto::DevCommData{enter, {}})); }
  static ccaproto::PdevParams device_params() {
    return {.flags = ccaproto::pdev_flags(ccaproto::PdevCategory::kOffChip, true), .pdev_id = kId, .rid_base = kId, .rid_top = kId + 1};
  }
  static ccaproto::PdevStreamParams stream_params() { return {.pdev_1 = kPdev, .pdev_2 = kPort, .ide_sid = kStreamId}; }
  static ccaproto::VdevParams vdev_params() {
    ccaproto::VdevParams out{.vdev_id = kName, .tdi_id = kId, .num_addr_range = 1};
    out.addr_range[0] = {kBar, kBar + TestDevice::kPages * kPage};
    return out;
  }
  ccaproto::PublicKeyParams key_params() const {
    const auto all = spdm_certificates();
    const auto point = *crypto::Certificate::from_der(all.back())->public_point();
    ccaproto::PublicKeyParams out{.key_len = 1 + point.size(),
                                  .algo = point.size() == 64 ? ccaproto::SignatureAlgorithm::kEcdsaP256 : ccaproto::SignatureAlgorithm::kEcdsaP384};
    out.key[0] = 4;
    std::copy(point.begin(), point.end(), out.key.begin() + 1);
    return out;
  }
  std::vector<base::Bytes> spdm_certificates() const {
    const auto chain = manager.evidence({}, tio::EvidencePart::kCertificates);
    for (const std::size_t hash : {std::size_t{48}, std::size_t{32}})
      if (auto all = spdm::split_certificates(base::View(chain).subspan(4 + hash)); !all.empty()) return all;
    throw std::runtime_error("no certificates");
  }

  Registers vdev_names() const { return {.x1 = kRd, .x2 = kPdev, .x3 = kVdev, .x4 = kComm}; }
  CallResult talk_to_pdev(std::uint64_t pdev = kPdev) { return call(Rmi::kPdevCommunicate, {.x1 = pdev, .x2 = kComm}); }
  void turns() {
    for (const std::uint64_t end : {kPort, kPdev, kPort, kPdev}) must(talk_to_pdev(end));
    must(call(Rmi::kPdevStreamComplete, {.x1 = kPdev, .x2 = kPort, .x3 = kPdev | 1}));
  }
  void step(Rmi command) {
    must(call(command, vdev_names()));
    must(call(Rmi::kVdevCommunicate, vdev_names()));
  }
  std::uint64_t pdev_state() { return call(Rmi::kPdevGetState, {.x1 = kPdev}).out.x1; }
  VdevState vdev_state() { return static_cast<VdevState>(call(Rmi::kVdevGetState, {.x1 = kVdev}).out.x1); }

  void go(Stage to) {
    for (; stage_ < to; stage_ = static_cast<Stage>(static_cast<int>(stage_) + 1)) switch (stage_) {
        case Stage::kPort: put(device_params()), must(call(Rmi::kPdevCreate, {.x1 = kPdev, .x2 = kPage0})); break;
        case Stage::kNew: must(talk_to_pdev()); break;
        case Stage::kNeedsKey: put(key_params()), must(call(Rmi::kPdevSetPubkey, {.x1 = kPdev, .x2 = kPage0})); break;
        case Stage::kHasKey: must(talk_to_pdev()); break;
        case Stage::kReady: put(stream_params()), must(call(Rmi::kPdevStreamConnect, {.x1 = kPage0})), turns(); break;
        case Stage::kStream:
          put(vdev_params());
          must(call(Rmi::kVdevCreate, {.x1 = kRd, .x2 = kPdev, .x3 = kVdev, .x4 = kPage0}));
          must(call(Rmi::kVdevCommunicate, vdev_names()));
          break;
        case Stage::kUnlocked: step(Rmi::kVdevLock); break;
        case Stage::kLocked: step(Rmi::kVdevGetMeasurements), step(Rmi::kVdevGetInterfaceReport); break;
        case Stage::kReported: step(Rmi::kVdevStart); break;
        default: break;
      }
  }

  // ---- the realm
  // A call to its end, with the host saying which VDEV is meant.
  RsiResult ask(Rsi function, Registers in, std::uint64_t vdev = kVdev) {
    in.x1 = kName;
    const auto left = rsi(function, in);
    if (!left.exit) return left;
    if (vdev != 0) must(call(Rmi::kVdevComplete, {.x1 = kRec, .x2 = vdev}));
    return back(function, in);
  }
  RsiResult back(Rsi function, Registers in, std::uint64_t flags = 0) {
    put_enter(flags);
    must(enter());
    if (const auto answer = rmm.resumed(1)) return {.out = *answer};
    in.x1 = kName;
    return rsi(function, in);
  }
  ccaproto::VdevInfo info() {
    if (ask(Rsi::kVdevGetInfo, {.x2 = kInfo}).out.x0 != 0) throw std::runtime_error("no information");
    base::Bytes bytes(ccaproto::kVdevInfoBytes);
    (void)static_cast<bool>(memory.read(realm().key, entry(kMapped).pa + 0x200, bytes));
    return *wire::decode<ccaproto::VdevInfo>(bytes);
  }
  Registers mapping(const ccaproto::VdevInfo& as, std::uint64_t pages = 1) const {
    return {.x2 = kBar, .x3 = kBar + pages * kPage, .x4 = kBar, .x6 = as.lock_nonce, .x7 = as.meas_nonce, .x8 = as.report_nonce};
  }
  CallResult map(std::uint64_t ipa, std::uint64_t pa, std::uint64_t count = 1) {
    return call(Rmi::kRttDevMap, {.x1 = kRd, .x2 = kVdev, .x3 = ipa, .x4 = ipa + count * kPage, .x5 = ccaproto::kAddressSingle,
                                  .x6 = ccaproto::address_range(pa, count)});
  }

  pcie::TestMachine pci;
  TestDevice device;
  tio::PortFirmware port{"rmm0", pci.port, pci.iommu, *defences};
  tio::MmioTable mmio{*defences, "cpu0"};
  tio::DeviceManager manager{"rmm0", {{.id = static_cast<tlp::RequesterId>(kId), .interface = {static_cast<std::uint32_t>(kId)}}}, port,
                             requester::counting_random(), [this](base::View object) { return device(object); }, *defences};

 private:
  Stage stage_ = Stage::kPort;
};

}  // namespace cca
