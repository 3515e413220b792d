#pragma once
// A card behind a root port for tests, enumerated as firmware does it, with a memory behind both IOMMU tables and what
// a TSM would do to take an interface into RUN, straight at the card's security manager.
#include <functional>
#include <memory>

#include <gtest/gtest.h>

#include "devices/endpoint/tee_endpoint.h"
#include "platform/pcie/test_machine.h"

namespace endpoint {

constexpr std::uint64_t kBar0At = 0x410000000;  // of function i, i MiB further
constexpr dsm::SessionId kSession = 0x10001;
constexpr tlp::RequesterId kBridge = tlp::requester_id(0, 1, 0);

constexpr tlp::RequesterId id_of(unsigned function) { return tlp::requester_id(1, 0, function); }

struct TestCard {
  using Nonces = std::function<std::optional<tdisp::Nonce>()>;
  using Make = std::function<std::unique_ptr<TeeEndpoint>(pcie::Link&, trust::Defences&, Nonces)>;

  explicit TestCard(const Make& make, unsigned functions = 1) {
    card = make(link, defences, [this] {
      tdisp::Nonce drawn_nonce{};
      drawn_nonce[0] = static_cast<std::uint8_t>(++drawn);
      return std::optional(drawn_nonce);
    });
    defences.listen(&ears);
    root.add(port, 8);
    link.attach(tap);
    enumerate(functions);
    for (unsigned i = 0; i < functions; ++i) iommu.bind(id_of(i), 1);
    for (unsigned i = 0; i < functions; ++i)
      for (std::uint64_t page = 0; page < 0x10000; page += 0x1000) {
        iommu.map(pcie::IommuTable::kHost, id_of(i), page, page);
        iommu.map(pcie::IommuTable::kTrusted, id_of(i), page, page);
      }
    for (std::size_t i = 0; i < memory.bytes.size(); ++i) memory.bytes[i] = static_cast<std::uint8_t>(i * 7 + i / 256);
  }

  void enumerate(unsigned functions) {
    root.config_write(kBridge, pcie::kPrimaryBus, 4, 0x00010100);
    root.config_write(kBridge, pcie::kPrefetchBase, 4, 0x1ff1'1001);
    root.config_write(kBridge, pcie::kPrefetchBaseUpper, 4, 4);
    root.config_write(kBridge, pcie::kPrefetchLimitUpper, 4, 4);
    root.config_write(kBridge, pcie::kCommand, 2, pcie::kCommandMemory | pcie::kCommandMaster);
    for (unsigned i = 0; i < functions; ++i) {
      const std::uint64_t base = kBar0At + i * 0x100000;
      root.config_write(id_of(i), pcie::kBar0, 4, base & 0xffffffff);
      root.config_write(id_of(i), pcie::kBar0 + 4, 4, base >> 32);
      root.config_write(id_of(i), pcie::kBar0 + 8, 4, (base + 0x80000) & 0xffffffff);
      root.config_write(id_of(i), pcie::kBar0 + 12, 4, base >> 32);
      root.config_write(id_of(i), pcie::kCommand, 2, pcie::kCommandMemory | pcie::kCommandMaster);
    }
  }

  // ---- as a TSM would ----
  base::Bytes ask(base::View payload) { return card->dsm().vendor(kSession, 3, base::Bytes{1, 0}, payload).value(); }
  void secure() {
    const auto& config = card->function(0).config();
    const unsigned there = pcie::ide_block(config, pcie::find(config, pcie::ExtendedCapability::kIde), 0);
    const unsigned here = pcie::ide_block(port_config, pcie::find(port_config, pcie::ExtendedCapability::kIde), 0);
    root.config_write(kBridge, here + pcie::kIdeRid1, 4, 0x0001ff00);
    root.config_write(kBridge, here + pcie::kIdeRid2, 4, 0x00010001);
    root.config_write(kBridge, here + pcie::kIdeAddress, 4, 0x110u << 20 | 0x100 << 8 | 1);
    root.config_write(kBridge, here + pcie::kIdeAddress + 4, 4, 4);
    root.config_write(kBridge, here + pcie::kIdeAddress + 8, 4, 4);
    root.config_write(id_of(0), there + pcie::kIdeRid1, 4, 0x00ffff00);
    root.config_write(id_of(0), there + pcie::kIdeRid2, 4, 0x00000001);
    root.config_write(id_of(0), there + pcie::kIdeStreamControl, 4, 0x01000000 | pcie::kIdeDefault);
    for (bool go : {false, true})
      for (unsigned d = 0; d < 2; ++d)
        for (unsigned s = 0; s < 3; ++s) {
          ide::Key key{};
          key[0] = static_cast<std::uint8_t>(1 + s + 4 * d);
          const auto which = static_cast<std::uint8_t>(d << 1 | s << 4);
          const pcie::KeySlot mirrored{0, static_cast<ide::Direction>(1 - d), static_cast<ide::SubStream>(s)};
          if (go) {
            ask(wire::encode(ide_km::SetGo{.stream_id = 1, .key_sub_stream = which}));
            port.ide().block(0).go(mirrored);
          } else {
            ask(wire::encode(ide_km::KeyProg{.stream_id = 1,
                                             .key_sub_stream = which,
                                             .key = ide_km::wire_key_of(key),
                                             .ifv = ide_km::wire_ifv_of(1)}));
            port.ide().block(0).program(mirrored, key);
          }
        }
    root.config_write(id_of(0), there + pcie::kIdeStreamControl, 4, 0x01000000 | pcie::kIdeDefault | pcie::kIdeEnable);
    root.config_write(kBridge, here + pcie::kIdeStreamControl, 4, 0x01000000 | pcie::kIdeEnable);
    port.ide().refresh();
  }
  bool lock(unsigned function) {
    tdisp::LockInterfaceRequest request{.flags = tdisp::kLockMsix, .default_stream_id = 1};
    request.header.function_id.bits = id_of(function);
    auto answer = wire::decode<tdisp::LockInterfaceResponse>(ask(wire::encode(request)));
    if (answer) nonce = answer->start_interface_nonce;
    return static_cast<bool>(answer);
  }
  bool start(unsigned function) {
    tdisp::StartInterfaceRequest request{.start_interface_nonce = nonce};
    request.header.function_id.bits = id_of(function);
    return static_cast<bool>(wire::decode<tdisp::StartInterfaceResponse>(ask(wire::encode(request))));
  }
  void stop(unsigned function) {
    tdisp::StopInterfaceRequest request;
    request.header.function_id.bits = id_of(function);
    ask(wire::encode(request));
  }
  void run(unsigned function = 0) {
    secure();
    ASSERT_TRUE(lock(function));
    ASSERT_TRUE(start(function));
  }
  tdisp::State state(unsigned function = 0) { return card->dsm().interface(function).state(); }

  // ---- as a driver would ----
  pcie::Outcome write(std::uint64_t offset, std::uint64_t value, bool trusted, unsigned function = 0) {
    base::Bytes bytes;
    base::append_le(bytes, value);
    return root.mmio_write(kBar0At + function * 0x100000 + offset, bytes, trusted);
  }
  std::uint64_t read(std::uint64_t offset, bool trusted, unsigned function = 0) {
    auto got = root.mmio_read(kBar0At + function * 0x100000 + offset, 8, trusted);
    return base::load_le<std::uint64_t>(got.bytes);
  }
  base::Bytes host(std::size_t at, std::size_t size) {
    return base::bytes_of(base::View(memory.bytes).subspan(at, size));
  }

  struct BuiltPort : pcie::ConfigSpace {
    BuiltPort() { pcie::RootPort::build(*this, {}); }
  };
  trust::Defences defences;
  pcie::Ears ears;
  pcie::TestMemory memory;
  pcie::TestTap tap;
  pcie::Iommu iommu{"iommu0", defences};
  pcie::RootComplex root{"rc0", memory, iommu, defences};
  pcie::Link link{"link0"};
  BuiltPort port_config;
  pcie::RootPort port{"rp0", port_config, link, defences, {}};
  unsigned drawn = 0;
  tdisp::Nonce nonce{};
  std::unique_ptr<TeeEndpoint> card;
};

}  // namespace endpoint
