#pragma once
// What the guest itself knows of a device, beside what the device and the host say: its configuration space as the
// guest sees it (the host may show another one), what the guest asked for, and what it holds by now.
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "platform/protocol/spdm/header.h"
#include "platform/protocol/tdisp/tdisp.h"

namespace device_trust {

struct PciIdentity {
  std::uint16_t vendor_id = 0;
  std::uint16_t device_id = 0;
  std::uint32_t class_code = 0;  // 24 bits
  std::uint8_t revision = 0;
  struct Subsystem {
    std::uint16_t vendor_id = 0;
    std::uint16_t id = 0;
    bool operator==(const Subsystem&) const = default;
  };
  std::optional<Subsystem> subsystem{};         // header type 0 alone has one
  std::optional<std::uint64_t> serial_number{};  // of the Device Serial Number capability
  bool operator==(const PciIdentity&) const = default;
};

// "Vendor=1b36:Device=0100:CC=120000:REV=01:SSVID=1af4:SSID=1100" and, with the serial number, ":0123456789abcdef"
// (PCIe 6.1, 6.31.3). Digits are lower case.
std::string pci_name_of(const PciIdentity& identity, bool with_serial_number);

struct Bar {
  std::uint16_t index = 0;     // as range ids count
  std::uint64_t address = 0;
  std::uint64_t size = 0;      // bytes; zero when there is none
  bool operator==(const Bar&) const = default;
};

// Offsets are bytes from the start of the BAR.
struct Msix {
  std::uint16_t control = 0;
  std::uint16_t table_bar = 0;
  std::uint64_t table_offset = 0;
  std::uint16_t pba_bar = 0;
  std::uint64_t pba_offset = 0;
  bool operator==(const Msix&) const = default;
};

struct Seen {
  PciIdentity identity{};
  tdisp::FunctionId interface{};  // the one that was asked for
  std::vector<Bar> bars{};        // memory alone
  std::optional<Msix> msix{};
  std::uint16_t lnr_control = 0;
  std::uint32_t tph_control = 0;
};

// What was asked of the device for this judgement.
struct Asked {
  // Of CHALLENGE, or the random data of KEY_EXCHANGE; empty when the security manager asked in the guest's place.
  std::optional<spdm::Nonce> proof{};
  std::optional<spdm::Nonce> measurements{};  // with a signature alone
  std::uint16_t lock_flags = 0;
  // Empty when the guest does not know the bus address of its BARs: then only places within a BAR are compared.
  std::optional<std::uint64_t> mmio_reporting_offset{};  // two's complement
  tdisp::State expected_state = tdisp::State::kConfigLocked;
  std::optional<tdisp::State> host_state{};  // what the host's files say, when they say anything
};

// What the security manager told the guest over a channel of its own. SHA-384.
struct TsmDigests {
  base::Block<48> certificates{};  // of the chosen slot's chain
  base::Block<48> measurements{};  // of their transcript
  base::Block<48> report{};
  bool operator==(const TsmDigests&) const = default;
};

}  // namespace device_trust
