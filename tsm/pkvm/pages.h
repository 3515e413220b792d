#pragma once
// Who has each page of system memory, as EL2 keeps it: the host's state and the hypervisor's, and the host's own stage
// 2, which maps everything one to one but what was taken from it.
//
// Promise: what lies outside of memory has no record; a page has one record of each kind.
#include <cstdint>
#include <map>
#include <optional>

#include "platform/protocol/pkvm/page_state.h"

namespace pkvm {

using pkvmproto::Annotation;
using pkvmproto::Component;
using pkvmproto::PageState;

inline constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t page_of(std::uint64_t address) { return address & ~(kPage - 1); }

struct HostPage {
  PageState state = PageState::kOwned;
  std::uint32_t guest_shares = 0;  // by how many non-protected guests
  friend bool operator==(const HostPage&, const HostPage&) = default;
};

class Pages {
 public:
  // Memory is [0, bytes).
  explicit Pages(std::uint64_t bytes) : bytes_(bytes) {}

  bool is_memory(std::uint64_t phys) const { return phys < bytes_; }
  HostPage host(std::uint64_t phys) const;
  PageState hyp(std::uint64_t phys) const;
  std::uint32_t pins(std::uint64_t phys) const;
  // Of an entry that maps nothing; nothing where the host's stage 2 maps the page, as it does all that nobody took.
  std::optional<Annotation> annotation(std::uint64_t phys) const;

  void set_host(std::uint64_t phys, HostPage page);
  void set_hyp(std::uint64_t phys, PageState state);
  void pin(std::uint64_t phys) { ++pins_[page_of(phys)]; }
  void unpin(std::uint64_t phys);
  // Takes the page out of the host's stage 2, or puts it back.
  void annotate(std::uint64_t phys, const Annotation& annotation) {
    taken_[page_of(phys)] = pkvmproto::encode(annotation);
  }
  void restore(std::uint64_t phys) { taken_.erase(page_of(phys)); }

  // What the host does not map, by ascending address, for whoever draws it.
  const std::map<std::uint64_t, std::uint64_t>& taken() const { return taken_; }

 private:
  std::uint64_t bytes_;
  std::map<std::uint64_t, HostPage> host_;  // what is not just owned
  std::map<std::uint64_t, PageState> hyp_;  // what is not kNoPage
  std::map<std::uint64_t, std::uint32_t> pins_;
  std::map<std::uint64_t, std::uint64_t> taken_;
};

}  // namespace pkvm
