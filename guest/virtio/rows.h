#pragma once
// The cares of a guest's virtio drivers as rows: each may be lifted, and then the drivers do what careless ones do.
#include <vector>

#include "platform/trust/defence.h"

namespace virtio_guest {

const std::vector<trust::Defence>& rows();

}  // namespace virtio_guest
