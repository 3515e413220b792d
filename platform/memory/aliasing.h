#pragma once
// How a system physical address selects a cell of DRAM. Honest memory selects cell = address. A module that claims to
// be larger than it is (BadRAM), or an interposer that grounds an address line (Battering RAM), makes two addresses
// select one cell.
//
// Holds: the map is linear, so the ghost of `spa` is always `spa ^ mask`, and the lower of the two names the cell.
#include <bit>
#include <cstdint>

#include "platform/base/check.h"

namespace memory {

class Aliasing {
 public:
  // `mask` has the address bits in which the two names of a cell differ: one bit for a ghost address bit, several where
  // the controller's interleaving mixes them. Whole pages only. Cells no longer selected keep their content and come
  // back.
  void set_alias(std::uint64_t mask, bool on = true) {
    base::check((mask & 0xFFF) == 0, "an alias mask spares the page offset");
    mask_ = mask;
    on_ = on;
  }
  // The dynamic alias: an analogue switch that its owner throws at run time.
  void turn(bool on) { on_ = on; }
  bool on() const { return on_ && mask_ != 0; }
  std::uint64_t mask() const { return mask_; }

  std::uint64_t cell_of(std::uint64_t spa) const {
    return on() && (spa & std::bit_floor(mask_)) ? spa ^ mask_ : spa;
  }

 private:
  std::uint64_t mask_ = 0;
  bool on_ = false;
};

}  // namespace memory
