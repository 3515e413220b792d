#pragma once
// One TEE device interface (PCIe 6.1, chapter 11): a function's TDISP state, what was locked with it, and what that
// means for packets. Promises: states change by one table only (tdi_rules.h); while locked, what was reported stays
// true or the state is ERROR; nothing of a confidential VM is left when it is CONFIG_UNLOCKED again.
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "devices/dsm/ide_km_responder.h"
#include "devices/dsm/logic.h"
#include "devices/dsm/tracked_config.h"
#include "platform/pcie/function.h"
#include "platform/protocol/tdisp/tdisp.h"
#include "platform/trust/boundary.h"

namespace dsm {

// A part of a BAR, in whole pages of 4 KiB. Memory that no range names is of a TEE.
struct MmioPart {
  unsigned bar = 0;
  std::uint64_t offset = 0, size = 0;
  bool non_tee = false;
  bool updatable = false;
};

struct TdiSettings {
  std::vector<MmioPart> parts;  // each BAR is reported whole where this says nothing of it
  std::uint16_t lock_flags_supported = tdisp::kLockNoFwUpdate | tdisp::kLockMsix | tdisp::kLockBindP2p;
  std::uint8_t dev_addr_width = 52;
  std::uint8_t num_req_this = 1, num_req_all = 1;
  std::uint8_t segment = 0;
  std::optional<std::uint16_t> function_id;  // that requests name it by, where it is not the bus's number of the function
  bool p2p = true;             // BIND_P2P_STREAM, UNBIND_P2P_STREAM
  bool mmio_attribute = true;  // SET_MMIO_ATTRIBUTE
  std::uint16_t interface_info = tdisp::kInfoDmaWithoutPasid;
  base::Bytes device_specific_info;
};

// What an interface stands among. All of it outlives the interface.
struct TdiParts {
  std::string at;  // "gpu0.if0"
  unsigned index = 0;
  trust::Defences& defences;
  pcie::ConfigSpace& config;
  pcie::ConfigSpace& ide_config;  // of the function that has the IDE capability
  pcie::IdePort& port;
  const IdeKmResponder& keys;
  Logic& logic;
  const trust::Boundary& boundary;
  std::function<tlp::RequesterId()> id;
  std::function<std::optional<tdisp::Nonce>()> nonce;  // fresh and random; nothing: no entropy
};

enum class Event {
  kLock,
  kStart,
  kStop,
  kConfigChanged,      // a register that the lock holds, or the function's number
  kStreamInsecure,     // the default stream, or one bound to the interface
  kSessionEnded,       // the one that locked it
  kDataError,          // poisoned, or lost for good
  kFirmwareChanged,
  kFunctionReset,
  kContextLost,        // left D0 without No_Soft_Reset
  kLinkLost,
  kConventionalReset,  // hot reset, power cycle
};
inline constexpr unsigned kEvents = 12;

class Tdi {
 public:
  Tdi(TdiParts parts, TdiSettings settings);
  Tdi(const Tdi&) = delete;
  Tdi& operator=(const Tdi&) = delete;

  tdisp::State state() const { return state_; }
  const TdiSettings& settings() const { return settings_; }
  const TdiParts& parts() const { return parts_; }
  // Nobody when unlocked, or after that session's end.
  SessionId owner() const { return owner_; }
  std::uint16_t lock_flags() const { return lock_flags_; }
  ide::StreamId default_stream() const { return default_stream_; }
  bool bound(ide::StreamId stream) const { return bound_.contains(stream); }

  // Whether the interface goes by this number now.
  bool is(tdisp::FunctionId id) const;

  // The effects of requests that tdisp_responder has let pass.
  bool lock(SessionId session, const tdisp::LockInterfaceRequest& request);  // false: no entropy, nothing happened
  void start();
  void stop();
  void bind(ide::StreamId stream) { bound_.insert(stream); }
  void unbind(ide::StreamId stream) { bound_.erase(stream); }
  void set_attribute(const tdisp::MmioRange& range);
  // Nothing once it has been used, or has lost its meaning.
  const std::optional<tdisp::Nonce>& nonce() const { return nonce_; }
  // What the device says of the interface; what is true of it.
  const std::optional<base::Bytes>& shown_report() const { return shown_report_; }
  const tdisp::InterfaceReport& report() const { return report_; }

  // What happens to the interface. Without an effect when no row of the table has it.
  void happened(Event event);
  // Whatever the state: nothing of a confidential VM is left in the logic.
  void scrub();
  void stream_failed(ide::StreamId stream);
  void session_ended(SessionId session);
  void config_written();  // the function may have another number now

  // ---- what its function asks ----
  bool mmio_permitted(unsigned bar, std::uint64_t offset, std::size_t size, bool write, const pcie::Origin& origin);
  // The T bit that a request to memory, or an interrupt, goes with. Nothing: it must not leave.
  std::optional<bool> dma(std::uint64_t address);
  std::optional<bool> interrupt();

 private:
  void go(Event event);
  void forget_lock();
  void build_report();
  std::vector<ide::StreamId> streams() const;
  bool is_tee(unsigned bar, std::uint64_t offset, std::size_t size) const;
  std::optional<bool> decide(const char* object, bool permitted, bool trusted, std::uint64_t address);

  TdiParts parts_;
  TdiSettings settings_;
  TrackedConfig tracked_;
  TrackedStreams tracked_streams_;
  tdisp::State state_ = tdisp::State::kConfigUnlocked;
  SessionId owner_ = kNoSession;
  std::uint16_t lock_flags_ = 0;
  ide::StreamId default_stream_ = 0;
  tlp::RequesterId locked_id_ = 0;
  std::uint64_t reporting_offset_ = 0;
  std::set<ide::StreamId> bound_;
  std::vector<MmioPart> ranges_;  // of the report, in its order
  std::optional<tdisp::Nonce> nonce_;
  tdisp::InterfaceReport report_;
  std::optional<base::Bytes> shown_report_;
};

}  // namespace dsm
