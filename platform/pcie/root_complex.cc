#include "platform/pcie/root_complex.h"

#include <algorithm>

#include "platform/base/check.h"
#include "platform/pcie/iommu_rules.h"

namespace pcie {
namespace {

constexpr tlp::RequesterId kHostBridge = 0;

std::uint32_t ones(unsigned size) { return size >= 4 ? ~0u : (1u << 8 * size) - 1; }

// Data in its place among whole DW, as a completion carries it.
base::Bytes in_dwords(const tlp::Tlp& request, base::View bytes) {
  base::Bytes data(4 * request.length());
  const std::size_t skip = tlp::range_of(request).address & 3;
  std::copy(bytes.begin(), bytes.end(), data.begin() + static_cast<std::ptrdiff_t>(skip));
  return data;
}

base::Bytes out_of_dwords(const tlp::Tlp& request, const base::Bytes& data) {
  const auto range = tlp::range_of(request);
  return base::bytes_of(base::View(data).subspan(range.address & 3, range.size));
}

bool acs_bit(const ConfigSpace& config, std::uint32_t bit) {
  const unsigned acs = find(config, ExtendedCapability::kAcs);
  return acs && config.get(acs + kAcsControl, 2) & bit;
}

}  // namespace

void RootComplex::add(RootPort& port, unsigned devfn) {
  base::check(!ports_.count(devfn), "a root port has a number of its own");
  ports_[devfn] = &port;
  port.connect([this, &port](const Arrived& request) { from_device(port, request); });
}

RootPort* RootComplex::port_of(tlp::RequesterId target) {
  if (tlp::bus_of(target) == 0) {
    auto it = ports_.find(tlp::devfn_of(target));
    return it == ports_.end() ? nullptr : it->second;
  }
  for (auto& [devfn, port] : ports_)
    if (config_is_behind(port->config(), tlp::bus_of(target))) return port;
  return nullptr;
}

// A config request that a stream protects goes as type 1 even to the bus right below (convention), since type 0 may
// not be in one.
Completion RootComplex::config(tlp::RequesterId target, unsigned offset, unsigned size,
                               std::optional<std::uint32_t> value, bool trusted) {
  RootPort* port = port_of(target);
  if (!port || offset + size > kConfigSize) return {.outcome = Outcome::kUnsupportedRequest, .data = {}};
  base::Block<4> bytes;
  base::store_le<std::uint32_t>(bytes, 0, value.value_or(0));
  auto packet = value ? tlp::config_write(kHostBridge, 0, target, offset, base::View(bytes).first(size), false)
                      : tlp::config_read(kHostBridge, 0, target, offset, size, false);
  if (tlp::bus_of(target) == port->config().get(kSecondaryBus, 1)) {
    const IdeStream* stream = port->ide().choose(packet, std::nullopt);
    if (!(stream && stream->secure() && !port->ide().is_link(*stream)))
      packet.type = value ? tlp::Type::kCfgWr0 : tlp::Type::kCfgRd0;
  }
  return port->port().request(std::move(packet), trusted);
}

std::uint32_t RootComplex::config_read(tlp::RequesterId target, unsigned offset, unsigned size, bool trusted) {
  if (tlp::bus_of(target) == 0) {
    RootPort* port = port_of(target);
    return port ? port->config().read(offset, size) : ones(size);
  }
  auto done = config(target, offset, size, std::nullopt, trusted);
  if (done.outcome != Outcome::kOk) return ones(size);
  return base::load_le<std::uint32_t>(done.data) >> 8 * (offset % 4) & ones(size);
}

void RootComplex::config_write(tlp::RequesterId target, unsigned offset, unsigned size, std::uint32_t value,
                               bool trusted) {
  if (tlp::bus_of(target) != 0) {
    config(target, offset, size, value, trusted);
  } else if (RootPort* port = port_of(target)) {
    port->config().write(offset, size, value);
  }
}

RootPort* RootComplex::port_at(std::uint64_t address, std::size_t size) {
  for (auto& [devfn, port] : ports_) {
    if (!memory_enabled(port->config())) continue;
    auto low = memory_window(port->config()), high = prefetch_window(port->config());
    if ((low && low->has(address, size)) || (high && high->has(address, size))) return port;
  }
  return nullptr;
}

MmioRead RootComplex::mmio_read(std::uint64_t address, std::size_t size, bool trusted) {
  MmioRead out;
  while (out.bytes.size() < size) {
    const std::uint64_t at = address + out.bytes.size();
    RootPort* port = port_at(at, 1);
    if (!port) return {Outcome::kUnsupportedRequest, base::Bytes(size, 0xff)};
    const std::size_t part =
        std::min({size - out.bytes.size(), tlp::kPage - at % tlp::kPage, port->port().payload_max() - at % 4});
    auto packet = tlp::memory_read(kHostBridge, 0, at, part);
    auto done = port->port().request(packet, trusted);
    if (done.outcome != Outcome::kOk) return {done.outcome, base::Bytes(size, 0xff)};
    base::append(out.bytes, out_of_dwords(packet, done.data));
  }
  return out;
}

Outcome RootComplex::mmio_write(std::uint64_t address, base::View bytes, bool trusted) {
  while (!bytes.empty()) {
    RootPort* port = port_at(address, 1);
    if (!port) return Outcome::kUnsupportedRequest;
    const std::size_t part =
        std::min({bytes.size(), tlp::kPage - address % tlp::kPage, port->port().payload_max() - address % 4});
    const bool more = part < bytes.size() && port_at(address + part, 1) == port;
    auto sent = port->port().post(tlp::memory_write(kHostBridge, address, bytes.first(part)), trusted, more);
    if (sent != Outcome::kOk) return sent;
    address += part;
    bytes = bytes.subspan(part);
  }
  return Outcome::kOk;
}

// Confirmed before this returns, or not at all. What is trusted goes over the function's stream.
bool RootComplex::invalidate(IommuTable table, tlp::RequesterId requester, std::optional<std::uint64_t> page) {
  RootPort* port = port_of(requester);
  if (!port) return false;
  const bool trusted = table == IommuTable::kTrusted;
  const IdeStream* stream = trusted ? port->ide().stream_to(requester) : nullptr;
  const ats::Invalidation what{.target = requester, .tag = static_cast<std::uint8_t>(invalidation_tag_++ & 0x1f), .page = page};
  confirmed_.reset();
  const auto over = stream ? std::optional(stream->id()) : std::nullopt;
  (void)port->port().post_over(over, ats::invalidate_request(kHostBridge, what), trusted);
  return confirmed_ == ats::Confirmation{requester, what.tag};
}

void RootComplex::from_device(RootPort& from, const Arrived& request) {
  if (request.packet.is_message()) {
    confirmed_ = ats::confirmation_of(request.packet);
    return;
  }
  auto done = carry_out(from, request);
  if (done.status != tlp::Status::kSuccess) from.port().error(kAerUnsupportedRequest);
  const DroppedCase dropped{request.trusted && request.packet.is_write(), done.status == tlp::Status::kSuccess};
  if (defences_.first_refusal<DroppedCase>(kDroppedRules, dropped, at_)) from.port().fail_streams(request.stream);
  if (request.packet.flow() == tlp::Flow::kNonPosted)
    from.port().complete(request, tlp::completion(request.packet, kHostBridge, done.status, done.data));
}

RootComplex::Completed RootComplex::carry_out(RootPort& from, const Arrived& request) {
  const Completed refused{tlp::Status::kUnsupportedRequest, {}};
  const auto& packet = request.packet;
  if (!packet.is_memory() || packet.poisoned() || packet.address_type() > ats::kTranslated)
    return refused;
  // PCIe 6.0, 7.5.1.1.3: a port that is no bus master passes no memory request up.
  if (!master_enabled(from.config())) return refused;
  UpstreamCase source{acs_bit(from.config(), kAcsSourceValidation),
                      bus_is_behind(from.config(), tlp::bus_of(packet.requester)),
                      acs_bit(from.config(), kAcsTranslationBlocking), packet.address_type() != 0};
  if (defences_.first_refusal<UpstreamCase>(kUpstreamRules, source, at_)) return refused;

  const auto range = tlp::range_of(packet);
  if (packet.address_type() == ats::kAsks) {
    const auto entry = iommu_.answer(packet.requester, range.address, request.trusted);
    return entry && !packet.is_write() && packet.length() == 2 ? Completed{tlp::Status::kSuccess, ats::bytes_of(*entry)} : refused;
  }
  const bool translated = packet.address_type() == ats::kTranslated;
  // Untrusted requests may meet a peer's memory on their way; with redirection on they do not look.
  RootPort* peer = request.trusted ? nullptr : port_at(range.address, std::max<std::size_t>(range.size, 1));
  const PeerCase redirection{acs_bit(from.config(), kAcsRequestRedirect)};
  if (peer && !defences_.first_refusal<PeerCase>(kPeerRules, redirection, at_))
    return to_peer(*peer, packet, range.address);

  auto page = iommu_.translate({packet.requester, range.address, packet.is_write(), request.trusted, translated});
  if (!page) return refused;
  if (RootPort* mapped_peer = port_at(page->address, 1)) return to_peer(*mapped_peer, packet, page->address);
  const DmaAccess access{packet.requester, page->address, range.address, request.trusted, page->owner, translated};
  if (packet.is_write()) {
    const auto bytes = tlp::bytes_of(packet);
    return bytes.empty() || memory_.dma_write(access, bytes) ? Completed{tlp::Status::kSuccess, {}} : refused;
  }
  if (range.size == 0) return {tlp::Status::kSuccess, base::Bytes(4 * packet.length())};
  auto read = memory_.dma_read(access, range.size);
  if (!read || read->size() != range.size) return refused;
  return {tlp::Status::kSuccess, in_dwords(packet, *read)};
}

// Keeps the device's requester id, as a root complex that passes packets between ports does.
RootComplex::Completed RootComplex::to_peer(RootPort& peer, const tlp::Tlp& packet, std::uint64_t address) {
  if (packet.is_write()) {
    peer.port().post(tlp::memory_write(packet.requester, address, tlp::bytes_of(packet)), false);
    return {tlp::Status::kSuccess, {}};
  }
  const std::size_t size = tlp::range_of(packet).size;
  auto read = tlp::memory_read(packet.requester, 0, address, size);
  auto done = peer.port().request(read, false);
  if (done.outcome != Outcome::kOk) return {tlp::Status::kUnsupportedRequest, {}};
  return {tlp::Status::kSuccess, in_dwords(packet, out_of_dwords(read, done.data))};
}

}  // namespace pcie
