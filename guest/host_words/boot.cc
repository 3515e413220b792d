#include "guest/host_words/boot.h"

#include <algorithm>
#include <vector>

#include "guest/host_words/acpi.h"
#include "platform/protocol/boot/boot_params.h"
#include "platform/protocol/boot/fw_cfg.h"
#include "platform/protocol/boot/option_rom.h"

namespace host_words {

namespace {

constexpr std::uint64_t kPage = 4096;

// What an image for a server in the cloud has use for. A value after `=` is free unless it names a program.
bool known(const std::string& parameter) {
  static const std::vector<std::string> kListed = {"console", "quiet", "root", "panic", "ro"};
  return std::ranges::find(kListed, parameter.substr(0, parameter.find('='))) != kListed.end();
}

}  // namespace

bool map_memory(abi::Guest& guest, std::uint64_t vault) {
  const auto page = guest.host_data("boot-params");
  const auto params = page ? wire::decode<boot::BootParams>(*page) : wire::Decoded<boot::BootParams>(wire::Error{});
  if (!params || params->e820_count > boot::kE820Max) return false;
  for (std::size_t i = 0; i < params->e820_count; ++i) {
    const auto& entry = params->e820[i];
    const bool behind = entry.address > vault || vault - entry.address >= entry.size;
    if (entry.type == boot::E820Type::kRam || behind) continue;
    if (!guest.defend("guest.boot.memory-map", false)) continue;
    if (guest.convert(vault, kPage, GLACIS_SHARED) != GLACIS_OK) return false;
  }
  return true;
}

std::optional<std::string> init_of(abi::Guest& guest) {
  constexpr std::string_view kInit = "init=";
  const auto line = guest.host_data("cmdline");
  if (!line) return std::nullopt;
  std::string init = "/sbin/init";
  const std::string text = base::text_of(*line) + " ";
  for (std::size_t at = 0, end; (end = text.find(' ', at)) != std::string::npos; at = end + 1) {
    const std::string parameter = text.substr(at, end - at);
    if (parameter.empty()) continue;
    if (!known(parameter) && !guest.defend("guest.boot.parameters", false)) return std::nullopt;
    if (parameter.starts_with(kInit)) init = parameter.substr(kInit.size());
  }
  return init;
}

std::optional<std::string> ramdisk(abi::Guest& guest) {
  const auto content = guest.host_data("initrd");
  return content ? std::optional(base::text_of(*content)) : std::nullopt;
}

bool take_config(abi::Guest& guest, const std::string& name, std::uint64_t room) {
  const auto listed = guest.host_data("fw_cfg/directory");
  const auto directory = listed ? wire::decode<boot::FwCfgDirectory>(*listed) : wire::Decoded<boot::FwCfgDirectory>(wire::Error{});
  if (!directory) return false;
  for (const auto& file : directory->files) {
    const auto called = boot::name_of(file);
    if (!called && !guest.defend("guest.boot.config-sizes", false)) return false;
    if (!called || *called != name) continue;
    const auto content = guest.host_data(("fw_cfg/" + name).c_str());
    if (!content) return false;
    const bool fits = content->size() == file.size && file.size <= kRoomBytes;
    if (!fits && !guest.defend("guest.boot.config-sizes", false)) return false;
    guest.write(room, *content);
    return true;
  }
  return false;
}

bool runs_rom(abi::Guest& guest, const std::string& device) {
  const auto rom = guest.host_data(("rom/" + device).c_str());
  if (!rom || boot::code_of(*rom) != boot::RomCode::kEfi) return false;
  return guest.defend("guest.boot.option-rom", false);
}

}  // namespace host_words
