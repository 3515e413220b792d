#pragma once
// What a kernel's DOE driver does: carries one data object to a mailbox and its answer back, one config request for
// each DW. Gives up on errors and on answers that are longer than it is willing to read.
#include <optional>

#include "platform/pcie/root_complex.h"

namespace pcie {

// `doe` is the offset of the mailbox's capability in the function `target`. Nothing: no answer came. An object that is
// no whole number of DW is padded with zeroes.
std::optional<base::Bytes> exchange_object(RootComplex& root, tlp::RequesterId target, unsigned doe, base::View object);

}  // namespace pcie
