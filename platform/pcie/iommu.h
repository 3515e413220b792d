#pragma once
// What stands between a device's memory requests and memory: per requester id a table that the host fills, and one for
// trusted requests that only the TSM fills. Pages are 4 KiB. Technologies differ in the form of their tables, not in
// this; whether the page found may be touched at all is the ownership table's business.
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "platform/protocol/ats/ats.h"
#include "platform/protocol/tlp/tlp.h"
#include "platform/trust/defence.h"

namespace pcie {

struct DmaRequest {
  tlp::RequesterId requester = 0;
  std::uint64_t address = 0;
  bool write = false;
  bool trusted = false;     // T bit
  bool translated = false;  // the device says that it has asked before (ATS)
};

struct Translation {
  std::uint64_t address = 0;  // system physical
  std::uint32_t owner = 0;    // the guest to whom a trusted requester is bound, else 0
  bool trusted = false;
};

enum class IommuTable { kHost, kTrusted };

class Iommu {
 public:
  Iommu(std::string at, trust::Defences& defences) : at_(std::move(at)), defences_(defences) {}
  Iommu(const Iommu&) = delete;
  Iommu& operator=(const Iommu&) = delete;

  // `kTrusted` is for the TSM alone. A page mapped again is mapped anew.
  void map(IommuTable table, tlp::RequesterId requester, std::uint64_t iova, std::uint64_t address,
           bool writable = true);
  void unmap(IommuTable table, tlp::RequesterId requester, std::uint64_t iova);
  void clear(IommuTable table, tlp::RequesterId requester);
  // The TSM: this function's trusted requests act for a guest.
  void bind(tlp::RequesterId requester, std::uint32_t owner) { bound_[requester] = owner; }
  void unbind(tlp::RequesterId requester);
  std::uint32_t bound_to(tlp::RequesterId requester) const {  // 0: nobody
    const auto found = bound_.find(requester);
    return found == bound_.end() ? 0 : found->second;
  }
  // The TSM: trusted requests of this function find their pages, writable, where tables of its own lead, whatever `kTrusted` says
  // there (`in_table`). Empty: as before.
  using Walk = std::function<std::optional<std::uint64_t>(std::uint64_t page, std::optional<std::uint64_t> in_table)>;
  void lead(tlp::RequesterId requester, Walk walk);
  // Whether addresses that the function calls translated are taken as such.
  void allow_translated(tlp::RequesterId requester, bool allowed);
  bool may_translate(tlp::RequesterId requester) const { return may_translate_.contains(requester); }

  // How a function that keeps translations is told that one, or with no page all of them, is no longer true. False: it does not
  // say that it has forgotten; then it is not believed about addresses any more.
  using Invalidate = std::function<bool(IommuTable, tlp::RequesterId, std::optional<std::uint64_t> page)>;
  void invalidates_by(Invalidate invalidate) { invalidate_ = std::move(invalidate); }
  // To a function that asks what an address is to the system.
  trust::Result<ats::Entry> answer(tlp::RequesterId requester, std::uint64_t address, bool trusted);

  trust::Result<Translation> translate(const DmaRequest& request);

 private:
  void take_back(IommuTable table, tlp::RequesterId requester, std::optional<std::uint64_t> page);
  struct Page {
    std::uint64_t address;
    bool writable;
  };
  using Pages = std::map<std::uint64_t, Page>;
  std::optional<Page> find(tlp::RequesterId requester, std::uint64_t address, bool trusted) const;

  std::string at_;
  trust::Defences& defences_;
  std::map<std::pair<IommuTable, tlp::RequesterId>, Pages> tables_;
  std::map<tlp::RequesterId, std::uint32_t> bound_;
  std::map<tlp::RequesterId, Walk> walks_;
  std::set<tlp::RequesterId> may_translate_;
  Invalidate invalidate_;
};

}  // namespace pcie
