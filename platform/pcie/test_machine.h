#pragma once
// A root complex with one port and one endpoint for tests, a memory behind them, and a tap that can do to packets what
// a wire can.
#include <algorithm>
#include <deque>
#include <functional>

#include "platform/pcie/doe_mailbox.h"
#include "platform/pcie/endpoint.h"
#include "platform/pcie/root_complex.h"
#include "platform/pcie/test_config.h"

namespace pcie {

inline constexpr tlp::RequesterId kEndpointId = tlp::requester_id(1, 0, 0);
inline constexpr std::uint64_t kBarBase = 0x410000000, kMsixBase = 0x410100000;

struct TestMemory final : HostMemory {
  base::Bytes bytes = base::Bytes(0x10000);
  std::vector<DmaAccess> seen;
  std::optional<base::Bytes> dma_read(const DmaAccess& access, std::size_t size) override {
    seen.push_back(access);
    if (access.address + size > bytes.size()) return std::nullopt;
    return base::bytes_of(base::View(bytes).subspan(access.address, size));
  }
  bool dma_write(const DmaAccess& access, base::View data) override {
    seen.push_back(access);
    if (access.address + data.size() > bytes.size()) return false;
    std::copy(data.begin(), data.end(), bytes.begin() + static_cast<std::ptrdiff_t>(access.address));
    return true;
  }
};

// 64 KiB of registers that remember, and who touched them.
struct TestFunction final : Function {
  explicit TestFunction(const IdeShape& ide = {.selective_streams = 2, .address_associations = 1})
      : at(build_endpoint(space, ide)) {}
  ConfigSpace space;
  EndpointOffsets at;
  base::Bytes registers = base::Bytes(0x10000);
  std::vector<Origin> origins;
  std::vector<Reset> resets;
  std::vector<std::uint8_t> failed;

  ConfigSpace& config() override { return space; }
  std::optional<base::Bytes> mmio_read(unsigned bar, std::uint64_t offset, std::size_t size, const Origin& o) override {
    origins.push_back(o);
    if (bar != 0) return std::nullopt;
    return base::bytes_of(base::View(registers).subspan(offset, size));
  }
  bool mmio_write(unsigned bar, std::uint64_t offset, base::View bytes, const Origin& o) override {
    origins.push_back(o);
    if (bar != 0) return false;
    std::copy(bytes.begin(), bytes.end(), registers.begin() + static_cast<std::ptrdiff_t>(offset));
    return true;
  }
  void reset(Reset kind) override { resets.push_back(kind); }
  void stream_failed(std::uint8_t stream) override { failed.push_back(stream); }
};

// Does to each message what `act` says; without one it only looks.
struct TestTap final : trust::Tap {
  std::vector<trust::Message> seen;
  std::function<bool(const trust::Boundary&, trust::Message&)> act;
  bool cross(const trust::Boundary& at, trust::Message& message) override {
    seen.push_back(message);
    return !act || act(at, message);
  }
};

struct Ears final : trust::Defences::Listener {
  std::vector<std::string> ids;
  void spoke(const trust::Defence& defence, std::string_view) override { ids.emplace_back(defence.id); }
  void missed(const trust::Defence&, std::string_view) override {}
};

struct TestMachine {
  // `ide` at both ends. `held`: the tap holds the wire; else packets in the clear may cross as they are.
  explicit TestMachine(PortSettings settings = {},
                       IdeShape ide = {.selective_streams = 2, .address_associations = 1}, bool held = true)
      : settings(settings), port_config(ide), function(ide) {
    defences.listen(&ears);
    root.add(port, 8);
    if (held) link.attach(tap);
    enumerate();
  }

  // What firmware does at boot.
  void enumerate() {
    const tlp::RequesterId bridge = tlp::requester_id(0, 1, 0);
    root.config_write(bridge, kPrimaryBus, 4, 0x00010100);
    root.config_write(bridge, kPrefetchBase, 4, 0x1ff1'1001);
    root.config_write(bridge, kPrefetchBaseUpper, 4, 4);
    root.config_write(bridge, kPrefetchLimitUpper, 4, 4);
    root.config_write(bridge, kCommand, 2, kCommandMemory | kCommandMaster);
    root.config_write(kEndpointId, kBar0, 4, kBarBase & 0xffffffff);
    root.config_write(kEndpointId, kBar0 + 4, 4, kBarBase >> 32);
    root.config_write(kEndpointId, kBar0 + 8, 4, kMsixBase & 0xffffffff);
    root.config_write(kEndpointId, kBar0 + 12, 4, kMsixBase >> 32);
    root.config_write(kEndpointId, kCommand, 2, kCommandMemory | kCommandMaster);
  }

  static ide::Key key_of(unsigned set, unsigned direction, unsigned sub, unsigned generation) {
    ide::Key key{};
    key[0] = static_cast<std::uint8_t>(set), key[1] = static_cast<std::uint8_t>(direction);
    key[2] = static_cast<std::uint8_t>(sub), key[3] = static_cast<std::uint8_t>(generation);
    return key;
  }
  // Both ends of stream 1, all six keys; `device_receives` is direction 0.
  void program(unsigned set, unsigned generation = 0) {
    for (unsigned s = 0; s < 3; ++s)
      for (unsigned d = 0; d < 2; ++d) {
        const auto key = key_of(set, d, s, generation);
        const auto sub = static_cast<ide::SubStream>(s);
        endpoint.ide().block(0).program({set, static_cast<ide::Direction>(d), sub}, key);
        port.ide().block(0).program({set, static_cast<ide::Direction>(1 - d), sub}, key);
      }
  }
  void go(unsigned set) {
    for (auto direction : {ide::Direction::kReceive, ide::Direction::kTransmit})
      for (auto* end : {&endpoint.ide(), &port.ide()})
        for (unsigned s = 0; s < 3; ++s) end->block(0).go({set, direction, static_cast<ide::SubStream>(s)});
    endpoint.ide().refresh();
    port.ide().refresh();
  }
  // Stream 1 for all of the endpoint's memory, default at the device. `features` are bits of both control registers.
  void secure(std::uint32_t features = 0) {
    const tlp::RequesterId bridge = tlp::requester_id(0, 1, 0);
    const unsigned there = ide_block(function.space, function.at.ide, 0);
    const unsigned here = ide_block(port_config, find(port_config, ExtendedCapability::kIde), 0);
    root.config_write(bridge, here + kIdeRid1, 4, 0x0001ff00);
    root.config_write(bridge, here + kIdeRid2, 4, 0x00010001);
    root.config_write(bridge, here + kIdeAddress, 4, 0x101u << 20 | 0x100 << 8 | 1);
    root.config_write(bridge, here + kIdeAddress + 4, 4, 4);
    root.config_write(bridge, here + kIdeAddress + 8, 4, 4);
    root.config_write(kEndpointId, there + kIdeRid1, 4, 0x00ffff00);
    root.config_write(kEndpointId, there + kIdeRid2, 4, 0x00000001);
    program(0);
    go(0);
    root.config_write(kEndpointId, there + kIdeStreamControl, 4, 0x01000000 | kIdeDefault | kIdeEnable | features);
    root.config_write(bridge, here + kIdeStreamControl, 4, 0x01000000 | kIdeEnable | features);
    tap.seen.clear();
  }
  bool is_secure() { return endpoint.ide().block(0).secure() && port.ide().block(0).secure(); }
  bool spoke(std::string_view id) { return std::find(ears.ids.begin(), ears.ids.end(), id) != ears.ids.end(); }

  struct BuiltPort : ConfigSpace {
    explicit BuiltPort(IdeShape ide = {.selective_streams = 2}) {
      ide.address_associations = 2;
      RootPort::build(*this, {.ide = ide});
    }
  };

  PortSettings settings;
  trust::Defences defences;
  Ears ears;
  TestMemory memory;
  TestTap tap;
  Iommu iommu{"iommu0", defences};
  RootComplex root{"rc0", memory, iommu, defences};
  Link link{"link0"};
  BuiltPort port_config;
  RootPort port{"rp0", port_config, link, defences, settings};
  TestFunction function;
  Endpoint endpoint{"dev0", link, function, defences, settings};
};

inline base::Bytes hex(std::string_view text) { return *base::from_hex(text); }

}  // namespace pcie
