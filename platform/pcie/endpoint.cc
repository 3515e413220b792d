#include "platform/pcie/endpoint.h"

#include <algorithm>

#include "platform/base/check.h"

namespace pcie {
namespace {

constexpr std::size_t kTranslationsMax = 64;  // that a function keeps

// The bytes that a request selects, out of a completion's whole DW.
base::Bytes cut_out(const tlp::Tlp& request, const base::Bytes& dwords) {
  const auto range = tlp::range_of(request);
  const std::size_t skip = range.address & 3;
  return base::bytes_of(base::View(dwords).subspan(skip, range.size));
}

bool in_d0(const ConfigSpace& config, unsigned power) {
  return !power || (config.get(power + kPowerControl, 2) & 3) != kPowerStateD3Hot;
}

}  // namespace

class Endpoint::Bus final : public Requester {
 public:
  Bus(Endpoint& endpoint, unsigned devfn) : endpoint_(endpoint), devfn_(devfn) {}

  tlp::RequesterId requester_id() const override { return endpoint_.id_of(devfn_); }

  DmaRead memory_read(std::uint64_t address, std::size_t size, bool trusted, bool translated) override {
    DmaRead out;
    if (!master()) return {Outcome::kNotMaster, {}};
    while (out.bytes.size() < size) {
      const std::size_t part = part_of(address + out.bytes.size(), size - out.bytes.size());
      const auto target = target_of(address + out.bytes.size(), false, trusted, translated);
      if (!target) return {Outcome::kUnsupportedRequest, {}};
      auto packet = tlp::memory_read(requester_id(), 0, target->address, part);
      packet.set_address_type(target->type);
      auto done = endpoint_.port_.request(packet, trusted);
      if (done.outcome == Outcome::kOk) {
        base::append(out.bytes, cut_out(packet, done.data));
        continue;
      }
      if (done.outcome == Outcome::kTimeout) return {done.outcome, base::Bytes(size, 0xff)};
      return {done.outcome, {}};
    }
    return out;
  }

  Outcome memory_write(std::uint64_t address, base::View bytes, bool trusted, bool translated) override {
    if (!master()) return Outcome::kNotMaster;
    while (!bytes.empty()) {
      const std::size_t part = part_of(address, bytes.size());
      const auto target = target_of(address, true, trusted, translated);
      if (!target) return Outcome::kUnsupportedRequest;
      auto packet = tlp::memory_write(requester_id(), target->address, bytes.first(part));
      packet.set_address_type(target->type);
      if (auto sent = endpoint_.port_.post(packet, trusted, part < bytes.size()); sent != Outcome::kOk) return sent;
      address += part;
      bytes = bytes.subspan(part);
    }
    return Outcome::kOk;
  }

  Outcome message(const tlp::Tlp& message) override { return endpoint_.port_.post(message, false); }

  Outcome interrupt(unsigned vector, bool trusted) override {
    auto fired = endpoint_.slots_.at(devfn_).msix->fire(vector, trusted);
    return fired ? send(*fired) : Outcome::kOk;  // pending, or nobody listens
  }

  // Sends what an unmasking set free.
  void interrupt_due() {
    for (const auto& message : endpoint_.slots_.at(devfn_).msix->due()) send(message);
  }

 private:
  Outcome send(const MsixTable::Message& message) {
    base::Bytes data;
    base::append_le(data, message.data);
    // Never translated (PCIe 6.0, 10.1.2).
    if (!master()) return Outcome::kNotMaster;
    return endpoint_.port_.post(tlp::memory_write(requester_id(), message.address, data), message.trusted);
  }
  struct Target {
    std::uint64_t address;
    unsigned type;  // AT
  };
  // Nothing: the IOMMU says that the function may not go there.
  std::optional<Target> target_of(std::uint64_t address, bool write, bool trusted, bool translated) {
    if (translated) return Target{address, ats::kTranslated};
    auto& slot = endpoint_.slots_.at(devfn_);
    const auto& config = slot.function->config();
    const unsigned at = find(config, ExtendedCapability::kAts);
    if (!at || !(config.get(at + kAtsControl, 2) & kAtsEnable)) {
      slot.translations.clear();
      return Target{address, ats::kUntranslated};
    }
    const std::uint64_t page = address & ~(tlp::kPage - 1);
    auto known = slot.translations.find({trusted, page});
    if (known == slot.translations.end()) {
      const auto done = endpoint_.port_.request(ats::translation_request(requester_id(), page), trusted);
      const auto entry = done.outcome == Outcome::kOk ? ats::entry_of(done.data) : std::nullopt;
      if (!entry) return Target{address, ats::kUntranslated};
      if (slot.translations.size() >= kTranslationsMax) slot.translations.clear();
      known = slot.translations.insert_or_assign({trusted, page}, *entry).first;
    }
    if (!(write ? known->second.writable : known->second.readable)) {
      slot.translations.erase(known);
      return std::nullopt;
    }
    return Target{known->second.address | (address & (tlp::kPage - 1)), ats::kTranslated};
  }
  bool master() const {
    const Slot& slot = endpoint_.slots_.at(devfn_);
    const ConfigSpace& config = slot.function->config();
    return master_enabled(config) && in_d0(config, slot.power);
  }
  std::size_t part_of(std::uint64_t address, std::size_t size) const {
    const std::size_t page_left = tlp::kPage - address % tlp::kPage;
    return std::min({size, page_left, endpoint_.port_.payload_max() - address % 4});
  }
  Endpoint& endpoint_;
  unsigned devfn_;
};

Endpoint::Endpoint(std::string name, Link& link, Function& function0, trust::Defences& defences,
                   const PortSettings& settings)
    : link_(link), port_(std::move(name), function0.config(), defences, settings) {
  attach(function0, 0);
  link_.join_lower(this);
  port_.connect([this](base::View bytes) { link_.send_up(bytes); });
  port_.connect_packets([this](tlp::Tlp& packet) { return link_.hand_up(packet); });
  port_.on_request([this](const Arrived& request) { serve(request); });
  port_.on_insecure([this](ide::StreamId stream) {
    for (auto& [devfn, slot] : slots_) slot.function->stream_failed(stream);
  });
}

Endpoint::~Endpoint() { link_.join_lower(nullptr); }

void Endpoint::attach(Function& function, unsigned devfn) {
  base::check(devfn < 256 && !slots_.count(devfn), "a function has a number of its own");
  const ConfigSpace& config = function.config();
  slots_.emplace(devfn, Slot{&function, std::make_unique<MsixTable>(function.config()),
                             std::make_unique<Bus>(*this, devfn), find(config, Capability::kPowerManagement),
                             find(config, Capability::kPcie)});
}

Requester& Endpoint::requester(unsigned devfn) { return *slots_.at(devfn).bus; }

void Endpoint::serve(const Arrived& request) {
  if (request.packet.poisoned()) return port_.error(kAerPoisoned);
  if (request.packet.is_config()) return serve_config(request);
  if (request.packet.is_memory()) return serve_memory(request);
  if (request.packet.is_message()) return forget_translation(request);
  refuse(request, id_of(0));
}

void Endpoint::forget_translation(const Arrived& request) {
  const auto what = ats::invalidation_of(request.packet);
  const auto slot = what ? slots_.find(tlp::devfn_of(what->target)) : slots_.end();
  if (slot == slots_.end() || what->target != slot->second.bus->requester_id()) return;
  auto& known = slot->second.translations;
  if (what->page) std::erase_if(known, [&](const auto& one) { return one.first.second == *what->page; });
  else known.clear();
  port_.complete(request, ats::invalidate_completion({what->target, what->tag}, request.packet.requester));
}

void Endpoint::refuse(const Arrived& request, tlp::RequesterId completer) {
  port_.error(kAerUnsupportedRequest);
  if (request.packet.flow() == tlp::Flow::kNonPosted)
    port_.complete(request, tlp::completion(request.packet, completer, tlp::Status::kUnsupportedRequest));
}

void Endpoint::serve_config(const Arrived& request) {
  const auto& packet = request.packet;
  const unsigned devfn = tlp::devfn_of(packet.target);
  // PCIe 6.0, 7.3.3: type 1 is not for an endpoint, but over a stream that is how its own bus is reached (convention).
  const bool type1 = packet.type == tlp::Type::kCfgRd1 || packet.type == tlp::Type::kCfgWr1;
  if (type1 && !(request.stream && tlp::bus_of(packet.target) == bus_number_)) return refuse(request, id_of(devfn));
  if (packet.is_write()) bus_number_ = tlp::bus_of(packet.target);
  auto it = slots_.find(devfn);
  if (it == slots_.end()) return refuse(request, id_of(devfn));
  Function& function = *it->second.function;
  ConfigSpace& config = function.config();
  const unsigned offset = packet.config_offset();
  if (!packet.is_write()) {
    base::Bytes data;
    base::append_le(data, config.read(offset, 4));
    return port_.complete(request, tlp::completion(packet, id_of(devfn), tlp::Status::kSuccess, data));
  }
  const auto range = tlp::range_of(packet);
  const auto bytes = tlp::selected(packet);
  const unsigned pm = it->second.power, pcie = it->second.pcie;
  const bool was_d0 = in_d0(config, pm);
  // Gaps in the byte enables are beyond what software here writes: 3 bytes go as 2 and 1.
  auto write = [&](std::size_t from, std::size_t size) {
    std::uint32_t value = 0;
    for (std::size_t i = size; i-- > 0;) value = value << 8 | bytes[from + i];
    config.write(static_cast<unsigned>(range.address + from), static_cast<unsigned>(size), value);
  };
  if (bytes.size() == 3) write(0, 2), write(2, 1);
  else if (!bytes.empty()) write(0, bytes.size());
  function.config_written(static_cast<unsigned>(range.address), range.size,
                          {packet.requester, request.trusted, request.stream});
  port_.complete(request, tlp::completion(packet, id_of(devfn), tlp::Status::kSuccess));

  it->second.bus->interrupt_due();

  const unsigned control = pcie + kDeviceControl;
  const bool to_control = pcie && range.address <= control + 1 && range.address + range.size > control + 1;
  if (to_control && bytes[control + 1 - range.address] & (kInitiateFlr >> 8)) function_reset(devfn, Reset::kFlr);
  if (!was_d0 && in_d0(config, pm) && pm && !(config.get(pm + kPowerControl, 2) & kNoSoftReset))
    function_reset(devfn, Reset::kD3Hot);
}

std::optional<Endpoint::Hit> Endpoint::decode(std::uint64_t address, std::size_t size) {
  for (auto& [devfn, slot] : slots_) {
    const ConfigSpace& config = slot.function->config();
    if (!memory_enabled(config) || !in_d0(config, slot.power)) continue;
    for (unsigned bar = 0; bar < 6; ++bar) {
      auto window = bar_window(config, bar);
      if (window && window->has(address, size)) return Hit{&slot, bar, address - window->base};
    }
  }
  return std::nullopt;
}

void Endpoint::serve_memory(const Arrived& request) {
  const auto& packet = request.packet;
  const auto range = tlp::range_of(packet);
  auto hit = decode(range.address, std::max<std::size_t>(range.size, 1));
  if (!hit) return refuse(request, id_of(0));
  const tlp::RequesterId self = hit->slot->bus->requester_id();
  const Origin origin{packet.requester, request.trusted, request.stream};
  Function& function = *hit->slot->function;
  if (packet.is_write()) {
    const auto bytes = tlp::selected(packet);
    if (bytes.empty()) return;
    if (!function.mmio_permitted(hit->bar, hit->offset, bytes.size(), true, origin)) return refuse(request, self);
    if (hit->slot->msix->write(hit->bar, hit->offset, bytes)) return hit->slot->bus->interrupt_due();
    if (!function.mmio_write(hit->bar, hit->offset, bytes, origin)) refuse(request, self);
    return;
  }
  base::Bytes data(4 * packet.length());
  if (range.size > 0) {
    if (!function.mmio_permitted(hit->bar, hit->offset, range.size, false, origin)) return refuse(request, self);
    auto read = hit->slot->msix->read(hit->bar, hit->offset, range.size);
    if (!read) read = function.mmio_read(hit->bar, hit->offset, range.size, origin);
    if (!read || read->size() != range.size) return refuse(request, self);
    std::copy(read->begin(), read->end(), data.begin() + static_cast<std::ptrdiff_t>(range.address & 3));
  }
  port_.complete(request, tlp::completion(packet, self, tlp::Status::kSuccess, data));
}

// FLR keeps what belongs to the link: payload size and link control.
void Endpoint::function_reset(unsigned devfn, Reset kind) {
  Slot& slot = slots_.at(devfn);
  ConfigSpace& config = slot.function->config();
  if (devfn == 0 && kind == Reset::kFlr) {
    port_.fail_streams();
    port_.ide().wipe();
  }
  const unsigned pcie = slot.pcie;
  const std::uint32_t payload = pcie ? config.get(pcie + kDeviceControl, 2) & 0xe0 : 0;
  const std::uint32_t link = pcie ? config.get(pcie + kLinkControl, 2) : 0;
  config.reset();
  if (pcie) {
    config.set_bits(pcie + kDeviceControl, 2, payload, true);
    config.set(pcie + kLinkControl, 2, link);
  }
  slot.translations.clear();
  if (devfn == 0) port_.ide().wipe();  // its registers are reset: no stream is enabled any more
  slot.msix->reset();
  slot.function->reset(kind);
}

void Endpoint::link_reset(Reset kind) {
  port_.fail_streams();
  bus_number_ = 0;
  for (auto& [devfn, slot] : slots_) {
    slot.function->config().reset(kind == Reset::kPowerOn);
    slot.msix->reset();
    slot.translations.clear();
  }
  port_.reset();
  for (auto& [devfn, slot] : slots_) slot.function->reset(kind);
}

}  // namespace pcie
