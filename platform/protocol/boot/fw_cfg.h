#pragma once
// QEMU's firmware configuration device (QEMU docs/specs/fw_cfg.rst): a directory of files by name, and files by number. The directory
// is big-endian, unlike what the files hold.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/wire/schema.h"
#include "platform/wire/wire.h"

namespace boot {

struct FwCfgFile {
  std::uint32_t size = 0;
  std::uint16_t select = 0;
  base::Block<56> name{};  // ends with a zero
  using Wire = wire::Layout<wire::Be<&FwCfgFile::size, 4>{}, wire::Be<&FwCfgFile::select, 2>{}, wire::Loose<2>{}, &FwCfgFile::name>;
};
struct FwCfgDirectory {
  std::uint32_t count = 0;
  std::vector<FwCfgFile> files;
  using Wire = wire::Layout<wire::Be<&FwCfgDirectory::count, 4>{}, wire::Run<&FwCfgDirectory::files, &FwCfgDirectory::count>{}>;
};
inline constexpr std::uint16_t kFwCfgFirstFile = 0x20;

// Nothing: the name does not end within its field, or has what no name has.
inline std::optional<std::string> name_of(const FwCfgFile& file) {
  std::string out;
  for (const auto c : file.name) {
    if (c == 0) return out.empty() ? std::nullopt : std::optional(out);
    if (c <= 0x20 || c > 0x7E) return std::nullopt;
    out += static_cast<char>(c);
  }
  return std::nullopt;
}
inline FwCfgFile fw_cfg_file(std::string_view name, std::uint32_t size, std::uint16_t number) {
  FwCfgFile out{.size = size, .select = static_cast<std::uint16_t>(kFwCfgFirstFile + number)};
  for (std::size_t i = 0; i < name.size() && i + 1 < out.name.size(); ++i) out.name[i] = static_cast<std::uint8_t>(name[i]);
  return out;
}

}  // namespace boot
