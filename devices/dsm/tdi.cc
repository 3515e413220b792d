#include "devices/dsm/tdi.h"

#include "devices/dsm/interface_report.h"
#include "devices/dsm/tdi_rules.h"

namespace dsm {
namespace {

constexpr std::uint32_t kSegmentValid = 1u << 24;

// What crosses to the logic and comes back, or nothing.
template <class M>
std::optional<M> cross(const trust::Boundary& boundary, const char* object, const M& message,
                       const wire::Schema& schema) {
  auto arrived = boundary.cross({.object = object, .bytes = wire::encode(message), .schema = &schema});
  if (!arrived) return std::nullopt;
  auto out = wire::decode<M>(arrived->bytes);
  if (!out) return std::nullopt;
  return *std::move(out);
}

}  // namespace

Tdi::Tdi(TdiParts parts, TdiSettings settings)
    : parts_(std::move(parts)), settings_(std::move(settings)), tracked_(parts_.config), tracked_streams_(parts_.ide_config) {
  parts_.config.watch([this](const pcie::ConfigSpace::Write& write) {
    if (tracked_.broken_by(write, lock_flags_ & tdisp::kLockMsix)) happened(Event::kConfigChanged);
  });
  parts_.ide_config.watch([this](const pcie::ConfigSpace::Write& write) {
    if (tracked_streams_.touched_by(write) && tracked_streams_.broken_by(write, streams()))
      happened(Event::kConfigChanged);
  });
}

bool Tdi::is(tdisp::FunctionId id) const {
  const bool segment_fits = !(id.bits & kSegmentValid) || (id.bits >> 16 & 0xff) == settings_.segment;
  return segment_fits && id.requester_id() == settings_.function_id.value_or(parts_.id());
}

// ---- state ----------------------------------------------------------------------------------------------------------

// The one place where the state changes. A request that a lifted row has let pass from elsewhere ends as it would.
void Tdi::go(Event event) {
  auto next = next_state(state_, event);
  if (!next && event == Event::kLock) next = tdisp::State::kConfigLocked;
  if (!next && event == Event::kStart) next = tdisp::State::kRun;
  if (!next) return;
  if (*next != tdisp::State::kRun && event != Event::kLock) parts_.logic.quiesce();
  if (*next == tdisp::State::kConfigUnlocked) {
    scrub();
    forget_lock();
  }
  if (*next == tdisp::State::kError) nonce_.reset();
  state_ = *next;
}

void Tdi::forget_lock() {
  owner_ = kNoSession;
  lock_flags_ = 0;
  default_stream_ = 0;
  bound_.clear();
  ranges_.clear();
  nonce_.reset();
  report_ = {};
  shown_report_.reset();
}

void Tdi::scrub() {
  if (parts_.defences.lifted(kScrubbed)) return;
  const Scrub order{static_cast<std::uint8_t>(parts_.index)};
  if (cross(parts_.boundary, "SCRUB", order, scrub_schema())) parts_.logic.scrub();
}

void Tdi::happened(Event event) {
  auto next = next_state(state_, event);
  if (!next) return;
  // A lifted row: the device does not notice.
  if (*next == tdisp::State::kError &&
      !parts_.defences.first_refusal<TriggerCase>(kTriggerRules, TriggerCase{event}, parts_.at))
    return;
  go(event);
}

std::vector<ide::StreamId> Tdi::streams() const {
  std::vector<ide::StreamId> out(bound_.begin(), bound_.end());
  out.push_back(default_stream_);
  return out;
}

void Tdi::stream_failed(ide::StreamId stream) {
  if (stream == default_stream_ || bound(stream)) happened(Event::kStreamInsecure);
}

void Tdi::session_ended(SessionId session) {
  if (owner_ != session) return;
  happened(Event::kSessionEnded);
  owner_ = kNoSession;
}

void Tdi::config_written() {
  if (parts_.id() != locked_id_) happened(Event::kConfigChanged);
}

// ---- requests -------------------------------------------------------------------------------------------------------

bool Tdi::lock(SessionId session, const tdisp::LockInterfaceRequest& request) {
  auto nonce = parts_.nonce();
  if (!nonce) return false;
  parts_.logic.quiesce();
  owner_ = session;
  lock_flags_ = request.flags;
  default_stream_ = request.default_stream_id;
  reporting_offset_ = request.mmio_reporting_offset;
  locked_id_ = parts_.id();
  bound_.clear();
  nonce_ = nonce;
  ranges_ = parts_of(parts_.config, settings_, lock_flags_ & tdisp::kLockMsix);
  build_report();
  go(Event::kLock);
  return true;
}

// The nonce is gone before the interface runs.
void Tdi::start() {
  nonce_.reset();
  go(Event::kStart);
}

void Tdi::stop() { go(Event::kStop); }

void Tdi::build_report() {
  report_ = report_of(parts_.config, settings_, ranges_, lock_flags_, reporting_offset_);
  auto shown = parts_.boundary.cross(
      {.object = "INTERFACE_REPORT", .bytes = wire::encode(report_), .schema = &report_schema(), .reply = true});
  shown_report_.reset();
  if (shown) shown_report_ = std::move(shown->bytes);
}

void Tdi::set_attribute(const tdisp::MmioRange& range) {
  for (std::size_t i = 0; i < report_.mmio_ranges.size(); ++i)
    if (report_.mmio_ranges[i].first_page == range.first_page && report_.mmio_ranges[i].range_id == range.range_id)
      ranges_[i].non_tee = range.attributes & tdisp::kRangeIsNonTeeMem;
  build_report();
}

// ---- packets --------------------------------------------------------------------------------------------------------

bool Tdi::is_tee(unsigned bar, std::uint64_t offset, std::size_t size) const {
  if (state_ == tdisp::State::kConfigUnlocked) return false;
  for (const auto& range : ranges_)
    if (range.bar == bar && !range.non_tee && offset < range.offset + range.size && range.offset < offset + size)
      return true;
  return false;
}

bool Tdi::mmio_permitted(unsigned bar, std::uint64_t offset, std::size_t size, bool write,
                         const pcie::Origin& origin) {
  const bool bound_stream = origin.stream && (*origin.stream == default_stream_ || bound(*origin.stream));
  MmioCase c{state_, is_tee(bar, offset, size), origin.trusted, bound_stream};
  const bool permitted = !parts_.defences.first_refusal<MmioCase>(kMmioRules, c, parts_.at);
  MmioDecision decision{.bar = static_cast<std::uint8_t>(bar),
                        .write = write,
                        .trusted = origin.trusted,
                        .permitted = permitted,
                        .offset = offset};
  auto told = cross(parts_.boundary, "MMIO", decision, mmio_schema());
  return told && told->permitted;
}

std::optional<bool> Tdi::decide(const char* object, bool permitted, bool trusted, std::uint64_t address) {
  auto told = cross(parts_.boundary, object, DmaDecision{permitted, trusted, address}, dma_schema());
  if (!told || !told->permitted) return std::nullopt;
  return told->trusted != 0;
}

std::optional<bool> Tdi::dma(std::uint64_t address) {
  const tlp::Tlp request = tlp::memory_read(parts_.id(), 0, address, 4);
  const pcie::IdeStream* stream = parts_.port.choose(request, std::nullopt);
  DmaCase c{state_, stream && (stream->id() == default_stream_ || bound(stream->id()))};
  const bool permitted = !parts_.defences.first_refusal<DmaCase>(kDmaRules, c, parts_.at);
  return decide("DMA", permitted, state_ == tdisp::State::kRun, address);
}

// An interrupt needs no lock; it has a T bit when its table was locked too.
std::optional<bool> Tdi::interrupt() {
  return decide("INTERRUPT", true, state_ == tdisp::State::kRun && lock_flags_ & tdisp::kLockMsix, 0);
}

}  // namespace dsm
