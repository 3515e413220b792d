#include "scenarios/load/keys.h"

namespace load {

void check_keys(const Node& map, std::string_view what, std::span<const Key> keys, std::span<const Key> more) {
  need_map(map, what);
  Names known;
  for (auto table : {keys, more})
    for (const auto& key : table) known.patterns.emplace_back(key.name);
  for (const auto& entry : map.entries) need_known(entry.place, "key", entry.key, known);
  for (auto table : {keys, more})
    for (const auto& key : table)
      if (key.required && !map.find(key.name))
        fail(map.place, "`" + std::string(what) + "` lacks the key `" + std::string(key.name) + "` (" +
                            std::string(key.what) + ")");
}

}  // namespace load
