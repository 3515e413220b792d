#pragma once
// TDX Connect in the module: remapping units, sessions and streams to devices, their interfaces, the metadata of their memory and the
// tables of trusted DMA, on top of the shared engine that speaks to devices (tsm/tio). The module is the requester in every session and
// holds the keys of the stream; a host carries messages and says what is to be done when.
//
// Promise: an interface is one TD's from TDH.TDI.CREATE until TDH.TDI.REMOVE. Its memory is the TD's where TDG.MMIO.ACCEPT found the page
// that the interface's report names; its trusted requests reach what the TD's own Secure EPT maps, from TDG.DMAR.ACCEPT on. It runs when
// the TD asked for it in the binding that the TD has seen. Every policy is a row of connect_rules.h, asked in the order of the call.
//
// simplified: one conversation is one call, and the message pages of the real calls carry nothing; a list of metadata pages is one page; a TD
// is known to root port and remapping unit by the logical processor that holds its vCPU's state; device memory is reported at its address.
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "platform/protocol/tdx/connect.h"
#include "tsm/tdx/module.h"
#include "tsm/tio/device_manager.h"
#include "tsm/tio/mmio_table.h"

namespace tdx {

using tdxproto::DmarInvalidation;
using tdxproto::DmarState;

class Connect {
 public:
  explicit Connect(Module& module) : m_(module) {}

  // A device on the bus, with whoever speaks to it for the module and the table that accesses to its memory are checked by.
  void attach(tio::DeviceManager& firmware, tio::MmioTable& mmio) { devices_.push_back({&firmware, &mmio}); }

  static bool is_call(Seamcall leaf);
  static bool is_call(tdxproto::Tdcall leaf);
  CallResult call(Seamcall leaf, const Registers& in);
  TdcallResult call(Td& td, tdxproto::Tdcall leaf, const Registers& in);

  // Whether the TD has interfaces: it keeps its key until they are gone.
  bool has_interfaces(std::uint64_t tdr) const;
  // A remapping unit may still know where a page was that was blocked in that epoch of the TD.
  bool may_be_cached(const Td& td, std::uint64_t bepoch) const;
  // Where device memory at that private address of a TD is. Nothing: there is none.
  std::optional<std::uint64_t> memory_at(const Td& td, std::uint64_t gpa) const;

  struct Tdi {
    std::uint32_t function = 0;
    std::uint64_t tdr = 0, page = 0;
    std::uint8_t stream = 0;
    std::uint64_t session = 0;  // which binding: a new number at each
    tdisp::State state = tdisp::State::kConfigUnlocked;
    bool start_asked = false, dma = false;
    std::uint64_t mmio_pages = 0;
  };
  // Ground truth. Null: there is none.
  const Tdi* tdi(std::uint64_t function) const;

 private:
  struct Device {
    tio::DeviceManager* firmware = nullptr;
    tio::MmioTable* mmio = nullptr;
  };
  struct Session {
    std::uint32_t function = 0;
    std::uint64_t page = 0;
    Device* device = nullptr;
    bool connected() const { return device->firmware->connected(); }
  };
  struct Stream {
    std::uint64_t spdm = 0, page = 0;
    std::uint16_t rid_first = 0, rid_last = 0;
    bool blocked = false;
  };
  struct MmioEntry {
    bool data = false, mapped = false;
    std::uint32_t function = 0;
    std::uint64_t bepoch = 0;
  };
  struct DmarEntry {
    DmarState state = DmarState::kFree;
    DmarInvalidation invalidation = DmarInvalidation::kPending;
    std::uint64_t tdr = 0, page = 0;  // a leaf's TD; the table below any other
  };
  using DmarKey = std::pair<unsigned, std::uint64_t>;  // level, index within it
  struct Queued {
    tdxproto::InvRequest what{};
    DmarKey entry{};
    std::uint64_t tdr = 0, epoch = 0;
  };
  struct Place {  // an entry of a TD's Secure EPT for device memory
    Td* td = nullptr;
    std::uint64_t gpa = 0;
    SeptEntry entry;
    CallResult no;
  };

  // connect.cc: remapping units, sessions, streams.
  CallResult iommu_setup(const Registers& in);
  CallResult iommu_clear(const Registers& in);
  CallResult spdm_create(const Registers& in);
  CallResult spdm_delete(const Registers& in);
  CallResult spdm_connect(const Registers& in);
  CallResult spdm_disconnect(const Registers& in);
  CallResult spdm_mng(const Registers& in);
  CallResult stream_create(const Registers& in);
  CallResult stream_block(const Registers& in);
  CallResult stream_delete(const Registers& in);
  CallResult stream_km(const Registers& in);
  Session* session(std::uint64_t id);
  Stream* stream_of(std::uint64_t spdm, std::uint64_t id);
  std::uint64_t streams_of(std::uint64_t spdm) const;
  std::uint64_t interfaces_on(std::uint64_t stream) const;

  // connect_tdi.cc: interfaces.
  CallResult tdi_create(const Registers& in);
  CallResult tdi_remove(const Registers& in);
  CallResult tdi_bind(const Registers& in);
  CallResult tdi_start(const Registers& in);
  CallResult tdi_unbind(const Registers& in);
  TdcallResult tdi_rd(const Td& td, Registers in);
  TdcallResult tdi_ask_start(Td& td, Registers in);
  Tdi* find(std::uint64_t function);
  Device& device_of(const Tdi& tdi) { return *session(streams_.at(tdi.stream).spdm)->device; }
  tio::Owner owner_of(std::uint64_t tdr) const;
  void unlock(Tdi& tdi);

  // connect_mmio.cc: device memory.
  CallResult mmiomt_add(const Registers& in);
  CallResult mmiomt_set(const Registers& in);
  CallResult mmiomt_rd(const Registers& in);
  CallResult mmiomt_remove(const Registers& in);
  CallResult mmio_map(const Registers& in);
  CallResult mmio_block(const Registers& in);
  CallResult mmio_unmap(const Registers& in);
  TdcallResult mmio_accept(Td& td, Registers in);
  Place find_place(Seamcall leaf, const Registers& in);
  bool walks_to(std::uint64_t hpa, unsigned level) const;  // every table above that entry is there
  void show(const Tdi& tdi, std::uint64_t hpa, std::uint64_t gpa, bool accepted);

  // connect_dmar.cc: trusted DMA.
  CallResult dmar_add(const Registers& in);
  CallResult dmar_block(const Registers& in);
  CallResult dmar_read(const Registers& in);
  CallResult dmar_remove(const Registers& in);
  CallResult iq_inv_req(const Registers& in);
  CallResult iq_inv_proc(const Registers& in);
  TdcallResult dmar_accept(Td& td, Registers in);
  static std::optional<DmarKey> dmar_key(std::uint64_t index);
  bool parents_present(const DmarKey& key) const;
  bool children_free(const DmarKey& key) const;
  DmarEntry dmar_entry(const DmarKey& key) const;
  std::uint64_t entries_of(std::uint64_t tdr) const;  // leaves that lead into the TD
  std::optional<std::uint64_t> walk(std::uint16_t rid, std::uint64_t page);

  // A page of the host's for the module's own use, or why not.
  std::optional<CallResult> take_page(std::uint64_t hpa, PageType type, Operand operand);
  void give_page(std::uint64_t hpa);
  static CallResult done(const Registers& out = {}) { return {out, std::nullopt}; }
  static CallResult no(std::uint64_t rax, std::optional<trust::Refusal> refusal = {}) { return {Registers{.rax = rax}, refusal}; }
  template <class Case, class Rules>
  std::optional<CallResult> first_failure(const Rules& rules, const Case& c);
  template <class Case, class Rules>
  std::optional<TdcallResult> first_failure(const Rules& rules, const Case& c, const Registers& in);

  Module& m_;
  std::deque<Device> devices_;  // sessions point to them
  std::optional<std::uint64_t> unit_page_;  // of remapping unit 0, once it is set up
  std::map<std::uint64_t, Session> sessions_;
  std::map<std::uint8_t, Stream> streams_;
  std::map<std::uint32_t, Tdi> tdis_;  // by FUNCTION_ID
  std::uint64_t sessions_made_ = 0, bindings_ = 0;
  std::map<std::pair<unsigned, std::uint64_t>, std::uint64_t> mmiomt_tables_;  // level and first address, to the page
  std::map<std::uint64_t, MmioEntry> mmiomt_;                                  // leaves, by page
  std::map<DmarKey, DmarEntry> dmar_;
  std::vector<Queued> queue_;
  // What the remapping unit keeps until it is told to forget: whose DMA a requester's is, and where pages of a TD are.
  std::map<std::uint16_t, std::uint64_t> cached_entries_;
  std::map<std::uint64_t, std::map<std::uint64_t, std::uint64_t>> cached_pages_;
  std::map<std::uint64_t, std::uint64_t> flushed_in_;  // the TD's epoch at the last invalidation of its pages
};

// Rows of its tables.
std::vector<const trust::Defence*> connect_defences();

}  // namespace tdx
