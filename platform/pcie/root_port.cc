#include "platform/pcie/root_port.h"

#include <algorithm>

#include "platform/pcie/ide_rules.h"
#include "platform/protocol/ats/ats.h"

namespace pcie {
namespace {

// DPC status 2:1.
constexpr unsigned kReasonUncorrectable = 0, kReasonFatalMessage = 2, kReasonExtended = 3;

bool touches(const ConfigSpace::Write& write, unsigned offset, unsigned size) {
  return write.offset < offset + size && offset < write.offset + write.size;
}

// What a write had or has at `offset`, of a value that begins where the write does.
std::uint32_t value_at(std::uint32_t value, const ConfigSpace::Write& write, unsigned offset) {
  if (write.offset > offset) return write.offset - offset < 4 ? value << 8 * (write.offset - offset) : 0;
  return offset - write.offset < 4 ? value >> 8 * (offset - write.offset) : 0;
}

// What of the port leads packets to what is behind it.
constexpr ConfigSpace::Held kRouting[] = {{kCommand, 2, kCommandMemory | kCommandMaster, true}, {kBar0}, {kBar0 + 4}, {kPrimaryBus, 3},
                                          {kMemoryBase}, {kPrefetchBase}, {kPrefetchBaseUpper}, {kPrefetchLimitUpper}};

}  // namespace

void RootPort::build(ConfigSpace& config, const Shape& shape) {
  ConfigBuilder builder(config);
  builder.type1(shape.identity);
  builder.power_management();
  builder.pcie({.type = PortType::kRootPort, .tee_io = shape.has_ide});
  builder.msi();
  builder.aer(true);
  builder.acs(0x5f);
  builder.dpc();
  if (shape.has_ide) builder.ide(shape.ide);
}

RootPort::RootPort(std::string name, ConfigSpace& config, Link& link, trust::Defences& defences,
                   const PortSettings& settings)
    : config_(config),
      link_(link),
      defences_(defences),
      port_(std::move(name), config, defences, settings),
      pcie_(find(config, Capability::kPcie)),
      dpc_(find(config, ExtendedCapability::kDpc)) {
  link_.join_upper(*this);
  port_.connect([this](base::View bytes) { link_.send_down(bytes); });
  port_.connect_packets([this](tlp::Tlp& packet) { return link_.hand_down(packet); });
  port_.on_request([this](const Arrived& request) { take(request); });
  port_.on_check_failed([this] {
    if (dpc_ && config_.get(dpc_ + kDpcControl, 2) & kDpcTriggerEnable) contain(kReasonUncorrectable);
  });
  config_.watch([this](const ConfigSpace::Write& write) { written(write); });
}

bool RootPort::contained() const { return dpc_ && config_.get(dpc_ + kDpcStatus, 2) & kDpcTriggered; }

void RootPort::update_link() {
  const bool disabled = pcie_ && config_.get(pcie_ + kLinkControl, 2) & kLinkDisable;
  const bool reset = config_.get(kBridgeControl, 2) & kSecondaryBusReset;
  link_.set_enabled(!disabled && !reset && !contained());
  if (pcie_) config_.set_bits(pcie_ + kLinkStatus, 2, kLinkActive, link_.active());
}

// The link goes down: what was secure on it is so no more, and what is below starts anew.
void RootPort::take_down(Reset kind) {
  port_.fail_streams();
  link_.reset_below(kind);
  update_link();
}

void RootPort::written(const ConfigSpace::Write& write) {
  hold_routing(write);
  const bool was_active = link_.active();
  update_link();
  if (was_active && !link_.active()) take_down(Reset::kHot);
  if (dpc_ && touches(write, dpc_ + kDpcControl, 2)) {
    const bool enabled = config_.get(dpc_ + kDpcControl, 2) & kDpcTriggerEnable;
    if (enabled && value_at(write.written, write, dpc_ + kDpcControl) & kDpcSoftware) contain(kReasonExtended);
  }
}

// PCIe 6.1, 11.2.6: the registers of a root port that the interfaces behind it rely on. Memory and mastering may be switched on.
void RootPort::hold_routing(const ConfigSpace::Write& write) {
  HeldCase c{.changed = std::ranges::any_of(kRouting, [&](const auto& held) { return write.changes(held); })};
  if (!c.changed) return;
  for (unsigned i = 0; i < ide().selective_count(); ++i) c.secure |= ide().block(i).secure();
  if (defences_.first_refusal<HeldCase>(kHeldRules, c, port_.at())) port_.fail_streams();
}

void RootPort::contain(unsigned reason) {
  if (!dpc_ || contained()) return;
  config_.set(dpc_ + kDpcStatus, 2, kDpcTriggered | reason << 1);
  take_down(Reset::kHot);
}

void RootPort::surprise_down() {
  port_.error(kAerSurpriseDown);
  take_down(Reset::kLinkDown);
  if (dpc_ && config_.get(dpc_ + kDpcControl, 2) & kDpcTriggerEnable) contain(kReasonUncorrectable);
}

void RootPort::take(const Arrived& request) {
  if (request.packet.is_message()) {
    const bool fatal = request.packet.code == tlp::kMessageErrFatal;
    if (fatal && dpc_ && config_.get(dpc_ + kDpcControl, 2) & kDpcTriggerEnable) contain(kReasonFatalMessage);
    if (!ats::confirmation_of(request.packet)) return;
  }
  if (upstream_) upstream_(request);
}

}  // namespace pcie
