#pragma once
// A device for tests of CoVE-IO, as far as a TSM can tell: an honest SPDM responder behind a mailbox that takes keys by IDE_KM and has
// one interface by TDISP; and the root port above it. What it is told is kept.
#include <memory>
#include <optional>
#include <vector>

#include "platform/pcie/config_builder.h"
#include "platform/pcie/registers.h"
#include "platform/pcie/root_port.h"
#include "platform/protocol/doe/discovery.h"
#include "platform/protocol/ide_km/ide_km.h"
#include "platform/protocol/spdm/key_exchange.h"
#include "platform/protocol/spdm/secured_message.h"
#include "platform/protocol/spdm/vendor_defined.h"
#include "platform/protocol/tdisp/tdisp.h"
#include "platform/requester/doe.h"
#include "platform/requester/test_responder.h"
#include "tsm/cove/test_machine.h"
#include "tsm/tio/device_manager.h"
#include "tsm/tio/mmio_table.h"

namespace cove {

class TestDevice {
 public:
  static constexpr std::uint16_t kId = 0x0100, kRootPort = 0x0008;
  static constexpr std::uint8_t kStream = 1;
  static constexpr std::uint64_t kBar = 0x4100'0000, kBarBytes = 4 * kPage;

  // `attach`: the TSM knows it at once, else through its host.
  explicit TestDevice(TestMachine& machine, bool attach = true)
      : link_("link"), port_("rp0", config(), link_, *machine.defences, {}), iommu_("iommu0", *machine.defences),
        firmware_("rdsm0", port_, iommu_, *machine.defences),
        manager_("cove0", {{.id = kId, .interface = {.bits = kId}}}, firmware_, requester::counting_random(),
                 [this](base::View object) { return carry(object); }, *machine.defences),
        mmio_(*machine.defences, "cpu0") {
    responder_.spoil = [this](spdm::Code request, base::Bytes& answer) { vendor(request, answer); };
    set_control(false);
    if (attach) machine.tsm.attach_device(manager_, mmio_, kRootPort);
  }

  // Both ends of the stream are switched on, as the host does once keys are in place.
  void enable() { set_control(true); }
  // The root port's end has failed, as after a reset of the card.
  void fail() { port_.ide().find(kStream)->fail(); }
  coveproto::IdeStreamDescriptor stream() const {
    return {.stream_id = kStream, .num_addr_assoc = 1, .rid_assoc_1 = 0x1ff00, .rid_assoc_2 = 0x10001,
            .addr_assoc = {{0x410u << 20 | 0x410 << 8 | 1, 0, 0}}};
  }

  tio::DeviceManager& manager() { return manager_; }
  tio::PortFirmware& firmware() { return firmware_; }
  tio::MmioTable& mmio() { return mmio_; }
  pcie::Iommu& iommu() { return iommu_; }
  bool silent = false;
  tdisp::State state = tdisp::State::kConfigUnlocked;
  std::uint16_t lock_flags = 0;
  std::uint16_t reports = tdisp::kInfoNoFwUpdateAfterLock;  // INTERFACE_INFO of its report
  std::size_t keys = 0;  // that it was given

 private:
  pcie::ConfigSpace& config() {
    pcie::RootPort::build(space_, {});
    return space_;
  }
  void set_control(bool enabled) {
    const unsigned at = pcie::ide_block(space_, pcie::find(space_, pcie::ExtendedCapability::kIde), 0);
    space_.write(at + pcie::kIdeStreamControl, 4, std::uint32_t{kStream} << 24 | (enabled ? pcie::kIdeEnable : 0));
  }
  std::optional<base::Bytes> carry(base::View object) {
    if (silent) return std::nullopt;
    const auto outer = doe::decode_object(object);
    if (outer && outer->header.type == doe::ObjectType::kDiscovery) {
      const auto index = wire::decode<doe::DiscoveryRequest>(outer->content)->index;
      const doe::DiscoveryResponse out{.type = static_cast<doe::ObjectType>(index % 3), .next_index = static_cast<std::uint8_t>(index < 2 ? index + 1 : 0)};
      return wire::encode(doe::object_of(doe::ObjectType::kDiscovery, wire::encode(out)));
    }
    auto message = requester::doe_unwrap(object);
    if (message) message->bytes = without_padding(*message);
    const auto answer = message ? responder_(*message) : std::nullopt;
    if (!answer) return std::nullopt;
    return requester::doe_wrap(*answer);
  }
  // The responder takes messages as they are, and an object is whole words.
  base::Bytes without_padding(const requester::Message& message) const {
    if (message.secured) {
      const auto record = doe::decode_padded<spdm::SecuredRecord>(message.bytes);
      return record ? record->raw : message.bytes;
    }
    const auto header = spdm::header_of(message.bytes);
    if (!header || header->code != spdm::Code::kKeyExchange) return message.bytes;
    const auto exchange = doe::decode_padded<spdm::KeyExchange>(message.bytes, {.shape = spdm::shape_of(responder_.algorithms)});
    return exchange ? exchange->raw : message.bytes;
  }
  // The responder gives a payload back as it came, from behind.
  void vendor(spdm::Code request, base::Bytes& answer) {
    if (request != spdm::Code::kVendorDefinedRequest) return;
    auto message = wire::decode<spdm::VendorDefinedResponse>(answer);
    if (!message) return;
    const base::Bytes asked(message->payload.rbegin(), message->payload.rend());
    message->payload = asked.empty() ? base::Bytes{} : asked[0] == ide_km::kProtocolId ? key_answer(asked) : interface_answer(asked);
    message->payload_length = static_cast<std::uint16_t>(message->payload.size());
    answer = wire::encode(*message);
  }
  base::Bytes key_answer(base::View asked) {
    if (const auto prog = wire::decode<ide_km::KeyProg>(asked)) {
      ++keys;
      return wire::encode(ide_km::KpAck{.stream_id = prog->stream_id, .status = ide_km::Status::kSuccess,
                                        .key_sub_stream = prog->key_sub_stream, .port_index = prog->port_index});
    }
    base::Bytes ack = base::bytes_of(asked);
    ack[1] = static_cast<std::uint8_t>(ide_km::Object::kGoStopAck);
    return ack;
  }
  base::Bytes interface_answer(base::View asked) {
    using tdisp::Code;
    const auto header = tdisp::header_of(asked);
    if (!header) return {};
    const auto with = [&](Code code) { return tdisp::Header{.code = code, .function_id = header->function_id}; };
    switch (header->code) {
      case Code::kGetVersion: return wire::encode(tdisp::Version{.header = with(Code::kVersion)});
      case Code::kGetCapabilities: return wire::encode(tdisp::Capabilities{.header = with(Code::kCapabilities), .lock_flags_supported = 1});
      case Code::kLockInterfaceRequest:
        state = tdisp::State::kConfigLocked;
        lock_flags = wire::decode<tdisp::LockInterfaceRequest>(asked)->flags;
        return wire::encode(tdisp::LockInterfaceResponse{.header = with(Code::kLockInterfaceResponse), .start_interface_nonce = {1}});
      case Code::kGetDeviceInterfaceReport: {
        const auto bytes = wire::encode(report());
        return wire::encode(tdisp::DeviceInterfaceReport{.header = with(Code::kDeviceInterfaceReport),
                                                         .portion_length = static_cast<std::uint16_t>(bytes.size()), .report_bytes = bytes});
      }
      case Code::kGetDeviceInterfaceState: return wire::encode(tdisp::DeviceInterfaceState{with(Code::kDeviceInterfaceState), state});
      case Code::kStartInterfaceRequest:
        state = tdisp::State::kRun;
        return wire::encode(tdisp::StartInterfaceResponse{with(Code::kStartInterfaceResponse)});
      case Code::kStopInterfaceRequest:
        state = tdisp::State::kConfigUnlocked;
        return wire::encode(tdisp::StopInterfaceResponse{with(Code::kStopInterfaceResponse)});
      default: return {};
    }
  }
  tdisp::InterfaceReport report() const {
    return {.interface_info = reports,
            .mmio_range_count = 1,
            .mmio_ranges = {{.first_page = kBar / kPage, .page_count = kBarBytes / kPage}}};
  }

  requester::TestResponder responder_;
  pcie::ConfigSpace space_;
  pcie::Link link_;
  pcie::RootPort port_;
  pcie::Iommu iommu_;
  tio::PortFirmware firmware_;
  tio::DeviceManager manager_;
  tio::MmioTable mmio_;
};

}  // namespace cove
