// The adversary's packets: of its own making, or a kept one with another header.
#include <algorithm>
#include <string>

#include "platform/pcie/link.h"
#include "platform/protocol/ats/ats.h"
#include "platform/protocol/ide/ide.h"
#include "platform/protocol/tlp/tlp.h"
#include "scenarios/engine/adversary.h"
#include "scenarios/engine/device_bay.h"
#include "scenarios/load/units.h"

namespace engine {

namespace {

constexpr std::uint64_t kPage = 4096, kSizeMax = 128;

}  // namespace

// `address` is the system's, of a page or a number; `iova` is what the page's own guest calls it.
std::uint64_t Adversary::address_of(const load::Step& step) {
  if (has(step, "iova")) {
    VmState* vm = nullptr;
    return world_.resolve_page(text(step, "iova"), &vm);
  }
  const std::string& said = text(step, "address");
  if (said.empty()) return 0;
  if (said.find('.') != std::string::npos) return system_page(said);
  const auto count = load::parse_count(said);
  if (!count.value) cannot(step, "wants a page or a number for an address: " + count.error);
  return *count.value;
}

// The link's is the card's first one.
DeviceFunction* Adversary::function_at(const load::Step& step) const {
  const std::string& at = step.at->value;
  for (const auto& bay : world_.bays)
    for (const auto& function : bay->functions())
      if (at.starts_with(bay->link().name()) || at == bay->logic().name() || at == function->config().name() || at == function->mmio().name()) return function.get();
  return nullptr;
}

// Unless a file says otherwise: the function of the boundary.
std::uint64_t Adversary::sender_at(const load::Step& step) const {
  const auto* function = function_at(step);
  return function ? function->at().id : 0;
}

// By its name, or by its offset.
unsigned Adversary::register_of(const load::Step& step, const DeviceFunction& function, DeviceFunction::Holder holder) const {
  const std::string& said = text(step, "register");
  if (const auto named = function.find_register(said, holder)) return *named;
  const auto count = load::parse_count(said);
  if (!count.value) cannot(step, "wants the name or the offset of a register: `" + said + "` is neither");
  return static_cast<unsigned>(*count.value);
}

// Nobody's crossing. A kept packet that was sealed stays as it is but for its header, which stands in the clear.
void Adversary::craft_alone(Running& running) {
  const auto& step = *running.step;
  const auto& at = need_far_side(step, step.at->value);
  trust::Message made{.object = text(step, "craft"), .bytes = {}, .schema = &pcie::plain_schema()};
  const auto requester = static_cast<tlp::RequesterId>(number(step, "requester", sender_at(step)));
  const auto size = static_cast<std::size_t>(number(step, "bytes", 4));
  if (size == 0 || size > kSizeMax) cannot(step, "makes packets of 1 to 128 bytes");
  base::Bytes data;
  for (std::uint64_t value = number(step, "value", 0); data.size() < size; value >>= 8) data.push_back(static_cast<std::uint8_t>(value));
  if (has(step, "from")) {
    const auto kept = messages_.find(text(step, "from"));
    if (kept == messages_.end()) return;  // not yet
    auto sealed = wire::decode<ide::Packet>(kept->second.bytes);
    if (!sealed) cannot(step, "takes a sealed packet, and `" + text(step, "from") + "` is none");
    if (has(step, "address") || has(step, "iova")) sealed->tlp.address = address_of(step);
    if (has(step, "requester")) sealed->tlp.requester = requester;
    made.bytes = wire::encode(*sealed);
    made.schema = &pcie::protected_schema();
  } else if (made.object == "CfgWr0") {
    using Holder = DeviceFunction::Holder;
    const std::string& wanted = text(step, "target");
    const auto holder = wanted.starts_with("rp") ? Holder::kRootPort : wanted.starts_with("sw") ? Holder::kAbove : Holder::kFunction;
    auto* function = function_at(step);
    if (!function) cannot(step, "finds no device there");
    const Place& place = function->bay().place();
    const tlp::RequesterId target = holder == Holder::kRootPort ? place.bridge : holder == Holder::kAbove ? place.above : function->at().id;
    const auto offset = register_of(step, *function, holder);
    if (offset >= 4096 || offset % 4 + size > 4) cannot(step, "writes within one register of 4 bytes");
    made.bytes = wire::encode(tlp::config_write(0, 0, target, offset, data, true));
  } else if (made.object == "MRd" || made.object == "MWr") {
    const std::uint64_t address = address_of(step);
    if (address % kPage + size > kPage) cannot(step, "stays within one page");
    auto packet = made.object == "MRd" ? tlp::memory_read(requester, 0, address, size) : tlp::memory_write(requester, address, data);
    if (text(step, "translated") == "enabled") packet.set_address_type(ats::kTranslated);
    made.object = (text(step, "trusted") == "enabled" ? std::string(kTrustedPacket) : "") + tlp::name_of(packet.type);
    made.bytes = wire::encode(packet);
  } else {
    cannot(step, "answers a request: say with `when` which packet it takes the place of");
  }
  did(running, "sends " + made.object + " of its own making at " + at.name());
  deliver(step, at, made);
}

// The header of what crosses, in the clear, with data of one's own.
bool Adversary::craft_in_place(Running& running, trust::Message& message) {
  const auto& step = *running.step;
  const auto sealed = wire::decode<ide::Packet>(message.bytes);
  const auto plain = wire::decode<tlp::Tlp>(message.bytes);
  if (!sealed && !plain) return false;
  tlp::Tlp packet = sealed ? sealed->tlp : *plain;
  if (tlp::name_of(packet.type) != text(step, "craft")) return false;
  std::fill(packet.payload.begin(), packet.payload.end(), static_cast<std::uint8_t>(number(step, "value", 0)));
  message.bytes = wire::encode(packet);
  did(running, "puts a " + text(step, "craft") + " of its own in the place of " + message.object);
  message.object = text(step, "craft");
  message.schema = &pcie::plain_schema();
  return true;
}

}  // namespace engine
