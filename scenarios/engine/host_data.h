#pragma once
// What a host hands a guest beside its image: by name, one table for all of it. Honest content; whoever stands at vm*.host-data
// makes something else of it on the way.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/base/bytes.h"
#include "platform/wire/schema.h"

namespace engine {

class World;
struct VmState;

struct HostData {
  const char* name;   // "cmdline"; "fw_cfg/*" for all that begin so
  const char* about;  // one line
  // Nothing: the host has nothing of that name.
  std::optional<base::Bytes> (*content)(const World& world, const VmState& vm, std::string_view name);
  const wire::Schema* (*schema)(std::string_view name) = nullptr;  // of the content, where its fields have names
};

const std::vector<HostData>& host_data();
const HostData* find_host_data(std::string_view name);

}  // namespace engine
