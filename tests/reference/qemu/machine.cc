// Our PCIe machine behind the line protocol of QEMU's qtest: `inl PORT`, `outl PORT VALUE`, `readl ADDRESS`,
// `writel ADDRESS VALUE` and their b, w, q kin, `read ADDRESS SIZE`, `write ADDRESS SIZE BYTES` of memory in hexadecimal,
// one command a line, answered by `OK` and the value. A chipset's worth of address map is here: CF8h/CFCh, a window of configuration space at B000_0000h, a megabyte of memory.
#include <algorithm>
#include <cstdint>
#include <iomanip>
#include <iostream>
#include <span>
#include <sstream>
#include <string>

#include "devices/nvme/disk.h"
#include "platform/pcie/root_complex.h"
#include "platform/pcie/switch.h"
#include "tests/reference/qemu/device.h"

namespace qemu {
namespace {

constexpr std::uint64_t kEcam = 0xb0000000, kEcamSize = 0x10000000, kRamSize = 0x100000, kPage = 0x1000;
constexpr unsigned kAddressPort = 0xcf8, kDataPort = 0xcfc;

struct Ram final : pcie::HostMemory {
  base::Bytes bytes = base::Bytes(kRamSize);
  std::optional<base::Bytes> dma_read(const pcie::DmaAccess& access, std::size_t size) override {
    if (access.address + size > kRamSize) return std::nullopt;
    return base::bytes_of(base::View(bytes).subspan(access.address, size));
  }
  bool dma_write(const pcie::DmaAccess& access, base::View data) override {
    if (access.address + data.size() > kRamSize) return false;
    std::copy(data.begin(), data.end(), bytes.begin() + static_cast<std::ptrdiff_t>(access.address));
    return true;
  }
};

struct PortConfig : pcie::ConfigSpace {
  PortConfig() { pcie::RootPort::build(*this, {.has_ide = false}); }
};

// Nobody takes a disk into a confidential VM here.
std::optional<tdisp::Nonce> no_nonce() { return std::nullopt; }

// As QEMU's presents itself: its identity, and MSI-X behind the registers in BAR 0.
nvme::Settings disk() {
  nvme::Settings out;
  out.card.identity = {.vendor = 0x1b36, .device = 0x0010, .revision = 2, .class_code = 0x010802,
                       .subsystem_vendor = 0x1af4, .subsystem = 0x1100};
  out.card.bar0_prefetchable = false;
  out.card.vectors = 65;
  out.card.msix = {.bar = 0, .table_offset = 0x2000, .pba_offset = 0x3000};
  return out;
}

// 01.0: an NVMe; 02.0: a network card; 03.0: a switch with an NVMe behind its one port.
class Machine {
 public:
  Machine() {
    root_.add(rp0_, 1 << 3), root_.add(rp1_, 2 << 3), root_.add(rp2_, 3 << 3);
    // Every function may reach all memory: translation is not what is compared.
    for (unsigned bus = 1; bus < 8; ++bus)
      for (std::uint64_t at = 0; at < kRamSize; at += kPage)
        iommu_.map(pcie::IommuTable::kHost, tlp::requester_id(bus, 0, 0), at, at);
  }

  std::uint64_t in(unsigned port, unsigned size) const {
    if (port == kAddressPort && size == 4) return address_;
    const auto at = selected(port, size);
    return at ? const_cast<pcie::RootComplex&>(root_).config_read(at->id, at->offset, size) : ones(size);
  }
  void out(unsigned port, unsigned size, std::uint32_t value) {
    if (port == kAddressPort && size == 4) address_ = value & 0x80fffffcu;
    else if (auto at = selected(port, size)) root_.config_write(at->id, at->offset, size, value);
  }

  std::uint64_t read(std::uint64_t address, unsigned size) {
    if (auto at = in_ecam(address)) return root_.config_read(at->id, at->offset, size);
    base::Bytes bytes = address + size <= kRamSize
                            ? base::bytes_of(base::View(ram_.bytes).subspan(address, size))
                            : root_.mmio_read(address, size, false).bytes;
    bytes.resize(8);
    return base::load_le<std::uint64_t>(bytes);
  }
  // Bytes of memory, as far as there is any.
  std::span<std::uint8_t> memory(std::uint64_t address, std::size_t size) {
    if (address > kRamSize || size > kRamSize - address) return {};
    return std::span(ram_.bytes).subspan(address, size);
  }
  void write(std::uint64_t address, unsigned size, std::uint64_t value) {
    if (auto at = in_ecam(address))
      return root_.config_write(at->id, at->offset, size, static_cast<std::uint32_t>(value));
    base::Bytes bytes;
    base::append_le(bytes, value);
    bytes.resize(size);
    if (address + size <= kRamSize)
      std::copy(bytes.begin(), bytes.end(), ram_.bytes.begin() + static_cast<std::ptrdiff_t>(address));
    else root_.mmio_write(address, bytes, false);
  }

 private:
  struct Register {
    tlp::RequesterId id;
    unsigned offset;
  };
  static std::uint64_t ones(unsigned size) { return (std::uint64_t{1} << 8 * size) - 1; }
  static std::optional<Register> in_ecam(std::uint64_t address) {
    if (address < kEcam || address >= kEcam + kEcamSize) return std::nullopt;
    return Register{static_cast<tlp::RequesterId>((address - kEcam) >> 12), static_cast<unsigned>(address & 0xfff)};
  }
  std::optional<Register> selected(unsigned port, unsigned size) const {
    if (port < kDataPort || port + size > kDataPort + 4 || !(address_ >> 31)) return std::nullopt;
    return Register{static_cast<tlp::RequesterId>(address_ >> 8), (address_ & 0xfc) + port - kDataPort};
  }

  trust::Defences defences_;
  Ram ram_;
  pcie::Iommu iommu_{"iommu0", defences_};
  pcie::RootComplex root_{"rc0", ram_, iommu_, defences_};
  pcie::Link link0_{"link0"}, link1_{"link1"}, link2_{"link2"}, link3_{"link3"};
  PortConfig config0_, config1_, config2_;
  pcie::RootPort rp0_{"rp0", config0_, link0_, defences_, {}}, rp1_{"rp1", config1_, link1_, defences_, {}},
      rp2_{"rp2", config2_, link2_, defences_, {}};
  Device net_{net_shape()};
  pcie::Switch switch_{"switch0", link2_, {&link3_}, defences_};
  nvme::Disk nvme_{"nvme0", link0_, defences_, {}, disk(), no_nonce},
      far_{"nvme1", link3_, defences_, {}, disk(), no_nonce};
  pcie::Endpoint net_end_{"net0", link1_, net_, defences_, {}};
  std::uint32_t address_ = 0;
};

unsigned size_of(char letter) { return letter == 'b' ? 1 : letter == 'w' ? 2 : letter == 'l' ? 4 : 8; }

std::string hex_of(base::View bytes) {
  std::ostringstream out;
  out << std::hex << std::setfill('0');
  for (const unsigned byte : bytes) out << std::setw(2) << byte;
  return out.str();
}

// `text` is 0x and two digits a byte, in the order of addresses.
bool take_hex(const std::string& text, std::span<std::uint8_t> into) {
  if (text.size() != 2 + 2 * into.size()) return false;
  for (std::size_t i = 0; i < into.size(); ++i)
    into[i] = static_cast<std::uint8_t>(std::stoul(text.substr(2 + 2 * i, 2), nullptr, 16));
  return true;
}

// The answer to one line; `FAIL` to what is no command.
std::string answer(Machine& machine, const std::string& line) {
  std::istringstream words(line);
  std::string verb, address_text, value_text, data;
  words >> verb >> address_text >> value_text >> data;
  if (verb.size() < 3 || address_text.empty()) return "FAIL";
  const unsigned size = size_of(verb.back());
  const std::string kind = verb.substr(0, verb.size() - 1);
  const std::uint64_t address = std::stoull(address_text, nullptr, 0);
  const std::uint64_t value = value_text.empty() ? 0 : std::stoull(value_text, nullptr, 0);
  if (verb == "read" || verb == "write") {
    const auto bytes = machine.memory(address, value);
    if (bytes.size() != value) return "FAIL";
    if (verb == "read") return "OK 0x" + hex_of(bytes);
    return take_hex(data, bytes) ? "OK" : "FAIL";
  }
  std::ostringstream out;
  out << std::hex << "OK";
  if (kind == "in") out << " 0x" << machine.in(static_cast<unsigned>(address), size);
  else if (kind == "out") machine.out(static_cast<unsigned>(address), size, static_cast<std::uint32_t>(value));
  else if (kind == "read") out << " 0x" << machine.read(address, size);
  else if (kind == "write") machine.write(address, size, value);
  else return "FAIL";
  return out.str();
}

}  // namespace
}  // namespace qemu

int main() {
  qemu::Machine machine;
  for (std::string line; std::getline(std::cin, line);) std::cout << qemu::answer(machine, line) << std::endl;
}
