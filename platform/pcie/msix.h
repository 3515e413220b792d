#pragma once
// The MSI-X table and pending bits of a function, which lie in one of its BARs and are served to software like any
// memory (PCIe 6.0, 7.7.2).
#include <cstdint>
#include <optional>
#include <vector>

#include "platform/base/bytes.h"
#include "platform/pcie/config_builder.h"

namespace pcie {

class MsixTable {
 public:
  // Of a function with or without the capability.
  explicit MsixTable(ConfigSpace& config);

  // Whether the access lies in the table or the pending bits; then it has been carried out.
  std::optional<base::Bytes> read(unsigned bar, std::uint64_t offset, std::size_t size) const;
  bool write(unsigned bar, std::uint64_t offset, base::View bytes);

  // What firing a vector sends: nothing when it is masked (then it is pending), off, or not there.
  struct Message {
    std::uint64_t address;
    std::uint32_t data;
    bool trusted;
  };
  std::optional<Message> fire(unsigned vector, bool trusted = false);
  // What has been pending and is masked no more: asked after whatever may have unmasked it.
  std::vector<Message> due();
  void reset();

 private:
  bool in_table(unsigned bar, std::uint64_t offset, std::size_t size) const;
  bool in_pending(unsigned bar, std::uint64_t offset, std::size_t size) const;

  ConfigSpace& config_;
  unsigned at_, count_ = 0, table_bar_ = 0, pending_bar_ = 0;
  std::uint64_t table_at_ = 0, pending_at_ = 0;
  base::Bytes table_, pending_;
  std::vector<bool> pending_trusted_;  // whether what is pending is to go with a T bit
};

}  // namespace pcie
