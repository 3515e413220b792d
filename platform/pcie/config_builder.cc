#include "platform/pcie/config_builder.h"

#include <bit>
#include <string>

#include "platform/base/check.h"

namespace pcie {

void ConfigBuilder::field(std::string name, unsigned offset, unsigned size, std::uint32_t reset, std::uint32_t write,
                          std::uint32_t clear, std::uint32_t sticky) {
  config_.declare({std::move(name), offset, size, reset, write, clear, sticky});
}

void ConfigBuilder::header(const Identity& identity, unsigned type) {
  field("vendor", 0x00, 2, identity.vendor);
  field("device", 0x02, 2, identity.device);
  field("command", kCommand, 2, 0, 0x0546);
  field("status", kStatus, 2, 0, 0, 0xf900);
  field("revision", 0x08, 1, identity.revision);
  field("class.interface", 0x09, 1, identity.class_code & 0xff);
  field("class", 0x0a, 2, identity.class_code >> 8);
  field("cache-line", 0x0c, 1, 0, 0xff);
  field("header-type", kHeaderType, 1, type | (identity.multifunction ? 0x80u : 0u));
  field("capability-pointer", kCapabilityPointer, 1, 0);
  field("interrupt-line", 0x3c, 1, 0, 0xff);
}

void ConfigBuilder::type0(const Identity& identity) {
  header(identity, 0);
  field("subsystem-vendor", 0x2c, 2, identity.subsystem_vendor);
  field("subsystem", 0x2e, 2, identity.subsystem);
}

void ConfigBuilder::type1(const Identity& identity) {
  header(identity, 1);
  field("primary-bus", kPrimaryBus, 1, 0, 0xff);
  field("secondary-bus", kSecondaryBus, 1, 0, 0xff);
  field("subordinate-bus", kSubordinateBus, 1, 0, 0xff);
  field("secondary-status", 0x1e, 2, 0, 0, 0xf900);
  // Base above limit: both windows are closed until software opens them.
  field("memory-base", kMemoryBase, 2, 0xfff0, 0xfff0);
  field("memory-limit", kMemoryLimit, 2, 0, 0xfff0);
  field("prefetch-base", kPrefetchBase, 2, 0xfff1, 0xfff0);  // bit 0: 64-bit
  field("prefetch-limit", kPrefetchLimit, 2, 1, 0xfff0);
  field("prefetch-base-upper", kPrefetchBaseUpper, 4, 0, ~0u);
  field("prefetch-limit-upper", kPrefetchLimitUpper, 4, 0, ~0u);
  field("bridge-control", kBridgeControl, 2, 0, 0x0043);
}

// The write mask is what makes sizing work: all ones written, the size's complement read.
void ConfigBuilder::bar(const Bar& bar) {
  base::check(std::has_single_bit(bar.size) && bar.size >= 16 && bar.index < 6, "a BAR has a size that decodes");
  const unsigned at = kBar0 + 4 * bar.index;
  const std::uint64_t mask = ~(bar.size - 1);
  const std::string name = "bar" + std::to_string(bar.index);
  field(name, at, 4, (bar.is_64 ? 4u : 0u) | (bar.prefetchable ? 8u : 0u), static_cast<std::uint32_t>(mask));
  if (bar.is_64) field(name + ".upper", at + 4, 4, 0, static_cast<std::uint32_t>(mask >> 32));
}

unsigned ConfigBuilder::begin(Capability id, unsigned size) {
  const unsigned at = next_;
  next_ = (at + size + 3) / 4 * 4;
  base::check(next_ <= 0x100, "capabilities fit below 100h");
  field("capability", at, 1, static_cast<unsigned>(id));
  field("next", at + 1, 1, 0);
  config_.change_reset(last_ ? last_ + 1 : kCapabilityPointer, at);
  config_.change_reset(kStatus, 1 << 4);  // has a list
  last_ = at;
  return at;
}

unsigned ConfigBuilder::begin(ExtendedCapability id, unsigned version, unsigned size) {
  const unsigned at = next_extended_;
  next_extended_ = (at + size + 3) / 4 * 4;
  base::check(next_extended_ <= kConfigSize, "extended capabilities fit");
  field("extended", at, 2, static_cast<unsigned>(id));
  field("extended.next", at + 2, 2, version);
  if (last_extended_) config_.change_reset(last_extended_ + 2, config_.get(last_extended_ + 2, 2) | at << 4);
  last_extended_ = at;
  return at;
}

unsigned ConfigBuilder::power_management(bool no_soft_reset) {
  const unsigned at = begin(Capability::kPowerManagement, 8);
  field("pm.capabilities", at + 2, 2, 0x0003);
  field("pm.control", at + kPowerControl, 2, no_soft_reset ? kNoSoftReset : 0, 0x0003);
  return at;
}

unsigned ConfigBuilder::pcie(const PcieShape& shape) {
  const unsigned at = begin(Capability::kPcie, 0x3c);
  const bool root = shape.type == PortType::kRootPort, endpoint = shape.type == PortType::kEndpoint;
  // A link's state and control are its upper end's.
  const bool above_link = root || shape.type == PortType::kDownstream;
  field("pcie.flags", at + 2, 2, 2 | static_cast<unsigned>(shape.type) << 4);
  field("pcie.device-capabilities", at + kDeviceCapabilities, 4,
        shape.payload_code | 1u << 5 | 1u << 15 | (endpoint && shape.flr ? kDeviceCapFlr : 0) |
            (shape.tee_io ? kDeviceCapTeeIo : 0));
  // Initiate FLR always reads 0; whoever resets watches the write.
  field("pcie.device-control", at + kDeviceControl, 2, 0x2810, 0x7dff);
  field("pcie.device-status", at + kDeviceStatus, 2, 0, 0, 0x000f);
  field("pcie.link-capabilities", at + 0x0c, 4, 0x05 | 16 << 4 | (above_link ? 1u << 20 : 0u) |
                                                    (above_link && shape.surprise_down ? 1u << 19 : 0u));
  field("pcie.link-control", at + kLinkControl, 2, 0, above_link ? 0x00d0 : 0x00c0);  // Retrain reads 0
  field("pcie.link-status", at + kLinkStatus, 2, 0x05 | 16 << 4 | (above_link ? kLinkActive : 0), 0, 0xc000);
  if (root) {
    field("pcie.root-control", at + 0x1c, 2, 0, 0x000f);
    field("pcie.root-status", at + 0x20, 4, 0, 0, 1u << 16);
  }
  field("pcie.device-capabilities-2", at + 0x24, 4, 0x001f | 1u << 16 | 1u << 17 | 1u << 20 | 1u << 21 | 1u << 22);
  // A root port sends peers' packets anew, hence passes no prefix on; a switch port does unless it is told not to.
  field("pcie.device-control-2", at + kDeviceControl2, 2, root ? kPrefixBlocking : 0,
        0x101f | (root || endpoint ? 0 : kPrefixBlocking));
  field("pcie.link-capabilities-2", at + 0x2c, 4, 0x3e);
  field("pcie.link-control-2", at + 0x30, 2, 5, 0x000f, 0, 0x000f);
  return at;
}

unsigned ConfigBuilder::msi() {
  const unsigned at = begin(Capability::kMsi, 14);
  field("msi.control", at + 2, 2, 0x0080, 0x0071);
  field("msi.address", at + 4, 4, 0, ~3u);
  field("msi.address-upper", at + 8, 4, 0, ~0u);
  field("msi.data", at + 12, 2, 0, 0xffff);
  return at;
}

unsigned ConfigBuilder::msix(const MsixShape& shape) {
  base::check(shape.vectors >= 1 && shape.vectors <= 2048, "an MSI-X table has 1 to 2048 entries");
  const unsigned at = begin(Capability::kMsix, 12);
  field("msix.control", at + kMsixControl, 2, shape.vectors - 1, kMsixEnable | kMsixFunctionMask);
  field("msix.table", at + kMsixTable, 4, shape.table_offset | shape.table_bar);
  field("msix.pba", at + kMsixPba, 4, shape.pba_offset | shape.pba_bar);
  return at;
}

unsigned ConfigBuilder::aer(bool root_port) {
  const unsigned at = begin(ExtendedCapability::kAer, 2, root_port ? 0x38 : 0x2c);
  constexpr std::uint32_t kAll = 0x7ffff030;
  field("aer.uncorrectable", at + kAerUncorrectable, 4, 0, 0, kAll, kAll);
  // Internal errors are masked by default, as is of the corrected ones what the last three say.
  field("aer.uncorrectable-mask", at + 0x08, 4, 1u << 22, kAll, 0, kAll);
  // Fatal by default: protocol, surprise down, flow control, overflow, malformed, internal, IDE check.
  field("aer.severity", at + 0x0c, 4, 0x10462030, kAll, 0, kAll);
  field("aer.correctable", at + 0x10, 4, 0, 0, 0xf1c1, 0xf1c1);
  field("aer.correctable-mask", at + 0x14, 4, 0xe000, 0xf1c1, 0, 0xf1c1);
  field("aer.control", at + 0x18, 4, 0);
  for (unsigned i = 0; i < 4; ++i) field("aer.header-log" + std::to_string(i), at + 0x1c + 4 * i, 4, 0, 0, 0, ~0u);
  if (root_port) {
    field("aer.root-command", at + 0x2c, 4, 0, 7);
    field("aer.root-status", at + 0x30, 4, 0, 0, 0x7f, 0x7f);
    field("aer.sources", at + 0x34, 4, 0, 0, 0, ~0u);
  }
  return at;
}

unsigned ConfigBuilder::acs(std::uint16_t capabilities) {
  const unsigned at = begin(ExtendedCapability::kAcs, 1, 8);
  field("acs.capability", at + 4, 2, capabilities);
  field("acs.control", at + kAcsControl, 2, 0, capabilities & 0x7fu);
  return at;
}

unsigned ConfigBuilder::dpc() {
  const unsigned at = begin(ExtendedCapability::kDpc, 1, 12);
  field("dpc.capability", at + 4, 2, 1u << 5 | 1u << 7);
  field("dpc.control", at + kDpcControl, 2, 0, 0x000f);  // the software trigger reads 0
  field("dpc.status", at + kDpcStatus, 2, 0, 0, 0x0009, 0xffff);
  field("dpc.source", at + 0x0a, 2, 0, 0, 0, 0xffff);
  return at;
}

unsigned ConfigBuilder::ats() {
  const unsigned at = begin(ExtendedCapability::kAts, 1, 8);
  field("ats.capability", at + 4, 2, 1 << 5);
  field("ats.control", at + kAtsControl, 2, 0, 0x801f);
  return at;
}

unsigned ConfigBuilder::serial_number(std::uint64_t serial) {
  const unsigned at = begin(ExtendedCapability::kSerialNumber, 1, 12);
  field("serial-number", at + 4, 4, static_cast<std::uint32_t>(serial));
  field("serial-number.upper", at + 8, 4, static_cast<std::uint32_t>(serial >> 32));
  return at;
}

unsigned ConfigBuilder::doe(std::optional<unsigned> message) {
  const unsigned at = begin(ExtendedCapability::kDoe, 1, 0x18);
  field("doe.capabilities", at + 4, 4, message ? 1u | (*message & 0x7ff) << 1 : 0u);
  field("doe.control", at + kDoeControl, 4, 0, message ? kDoeInterruptEnable : 0);
  field("doe.status", at + kDoeStatus, 4, 0, 0, kDoeInterruptStatus);
  field("doe.write", at + kDoeWrite, 4, 0);
  field("doe.read", at + kDoeRead, 4, 0);
  return at;
}

unsigned ConfigBuilder::ide(const IdeShape& shape) {
  base::check(shape.selective_streams + shape.link_streams >= 1 && shape.selective_streams <= 255 &&
                  shape.address_associations <= 15,
              "an IDE capability has streams");
  base::check(shape.link_streams <= 8, "there are eight traffic classes");
  const unsigned size = 20 + 12 * shape.address_associations;
  const unsigned at =
      begin(ExtendedCapability::kIde, 1, kIdeBlocks + 8 * shape.link_streams + shape.selective_streams * size);
  field("ide.capability", at + kIdeCapability, 4,
        (shape.selective_streams ? 1u << 1 | (shape.selective_streams - 1) << 16 : 0u) |
            (shape.flow_through ? 1u << 2 : 0u) | 1u << 6 | 1u << 7 |
            (shape.tee_limited ? 1u << 24 : 0u) | (shape.aggregation ? kIdeCapAggregation : 0u) |
            (shape.pcrc ? kIdeCapPcrc : 0u) | (shape.link_streams ? kIdeCapLink | (shape.link_streams - 1) << 13 : 0u));
  const std::uint32_t features = (shape.aggregation ? kIdeAggregation : 0u) | (shape.pcrc ? kIdePcrc : 0u);
  field("ide.control", at + kIdeControl, 4, 0, shape.flow_through ? 1u << 2 : 0u);
  for (unsigned i = 0; i < shape.link_streams; ++i) {
    const unsigned block = ide_link_block(at, i);
    const std::string name = "ide.link" + std::to_string(i) + ".";
    field(name + "control", block, 4, 0, 0xff000000u | kIdeEnable | 0x1fu << 14 | 7u << 19 | features);
    field(name + "status", block + 4, 4, 0, 0, kIdeFailReceived);
  }
  for (unsigned i = 0; i < shape.selective_streams; ++i) {
    const unsigned block = at + kIdeBlocks + 8 * shape.link_streams + i * size;
    const std::string name = "ide.selective" + std::to_string(i) + ".";
    field(name + "capability", block, 4, shape.address_associations);
    field(name + "control", block + kIdeStreamControl, 4, 0,
          0xff000000u | kIdeEnable | kIdeForConfig | 0x1fu << 14 | 7u << 19 | kIdeDefault | features |
              (shape.tee_limited ? kIdeTeeLimited : 0u));
    field(name + "status", block + kIdeStreamStatus, 4, 0, 0, kIdeFailReceived);
    field(name + "rid1", block + kIdeRid1, 4, 0, 0x00ffff00);
    field(name + "rid2", block + kIdeRid2, 4, 0, 0xffffff01);
    for (unsigned j = 0; j < shape.address_associations; ++j) {
      const unsigned address = block + kIdeAddress + 12 * j;
      const std::string which = name + "address" + std::to_string(j) + ".";
      field(which + "1", address, 4, 0, 0xffffff01);
      field(which + "2", address + 4, 4, 0, ~0u);
      field(which + "3", address + 8, 4, 0, ~0u);
    }
  }
  return at;
}

}  // namespace pcie
