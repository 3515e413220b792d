#pragma once
// Every layout of this folder by name, for whoever prints and patches bytes without knowing their type.
#include <string_view>
#include <vector>

#include "platform/wire/schema.h"

namespace virtio {

const std::vector<wire::Schema>& schemas();
// Null: none is called so.
const wire::Schema* find_schema(std::string_view name);

}  // namespace virtio
