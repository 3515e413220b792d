// What a machine file says, as the parts want it.
#include <algorithm>

#include "scenarios/engine/cards.h"
#include "scenarios/engine/kit.h"
#include "scenarios/engine/knobs.h"
#include "scenarios/engine/seats.h"
#include "scenarios/engine/world.h"
#include "scenarios/load/names.h"

namespace engine {

namespace {

using Settings = std::map<std::string, std::string>;

std::string value_of(const Settings& all, const std::string& key, const std::string& otherwise) {
  const auto found = all.find(key);
  return found == all.end() ? otherwise : found->second;
}

// Of the settings that the pattern names. Sorted by name, so those that begin as it does stand together.
bool any_enabled(const Settings& all, std::string_view pattern) {
  const std::string begin(pattern.substr(0, pattern.find('*')));
  for (auto at = all.lower_bound(begin); at != all.end() && at->first.starts_with(begin); ++at)
    if (at->second == "enabled" && load::matches(pattern, at->first)) return true;
  return false;
}

// Packets under one MAC, as a root port's setting names them.
unsigned aggregation_of(const std::string& word) { return word == "pairs" ? 2 : word == "fours" ? 4 : word == "eights" ? 8 : 1; }

// Whose firmware speaks to devices: " snp", each with a space before it.
std::string platforms_that_drive() {
  std::string out;
  for (const auto* kind : technologies())
    if (kind->drives_devices) out += std::string(" ") + kind->platform;
  return out;
}

// "sev, snp": who says what is owed to each socket.
std::string platforms_with_sockets() {
  std::string out;
  for (const auto* kind : technologies())
    if (kind->knows_sockets) out += (out.empty() ? "" : ", ") + std::string(kind->platform);
  return out;
}

std::uint64_t number_of(const load::Part& part, const std::string& key, std::uint64_t otherwise) {
  const auto found = part.attributes.find(key);
  return found == part.attributes.end() ? otherwise : found->second.number.value_or(otherwise);
}

// Further functions of cards: parts at a card.
void add_functions(const load::Machine& machine, std::vector<DeviceSettings>& devices) {
  constexpr std::size_t kMore = 7;  // eight of a device (PCIe 6.0, 2.2.6.2)
  for (const auto& [name, part] : machine.parts) {
    if (part.is != "function") continue;
    const auto card = std::find_if(devices.begin(), devices.end(), [&](const auto& device) { return device.device == part.at; });
    if (card == devices.end() || card->kind != "accelerator")
      load::fail(part.place, "`" + name + "` wants an accelerator of this machine as its card, at `at`");
    if (card->functions.size() == kMore) load::fail(part.place, "`" + part.at + "` has eight functions already");
    if (card->function_id) load::fail(part.place, "`" + part.at + "` has a `function-id` of its own, which would name each of its functions");
    card->functions.push_back(name);
  }
}

unsigned sockets_of(const load::Machine& machine, const std::string& technology) {
  constexpr std::uint64_t kSocketsMax = 8;
  const load::Part* cpu = machine.find("cpu0");
  const std::uint64_t sockets = cpu ? number_of(*cpu, "sockets", 1) : 1;
  if (sockets == 1) return 1;
  if (sockets == 0 || sockets > kSocketsMax)
    load::fail(cpu->attributes.at("sockets").place, "a machine has 1 to " + std::to_string(kSocketsMax) + " sockets, not " + std::to_string(sockets));
  if (!technology_of(technology).knows_sockets)
    load::fail(cpu->attributes.at("sockets").place, "technology `" + technology + "` says nothing of sockets: leave `sockets` out, or take one of the platforms " +
                                                        platforms_with_sockets());
  return static_cast<unsigned>(sockets);
}

// VMs that take the place of another, by name.
std::map<std::string, std::string> successions_of(const load::Machine& machine) {
  std::map<std::string, std::string> out;
  for (const auto& [name, part] : machine.parts) {
    const auto after = part.attributes.find("after");
    if (part.is != "vm" || after == part.attributes.end()) continue;
    const std::string& before = after->second.texts.front();
    const load::Part* other = machine.find(before);
    if (!other || other->is != "vm" || other->attributes.contains("after"))
      load::fail(after->second.place, "`" + name + "` comes after a VM of this machine that starts with it, not after `" + before + "`");
    out[name] = before;
  }
  return out;
}

memory::Mode mode_of(const std::string& name) {
  if (name == "xe") return memory::Mode::kXe;
  if (name == "xex") return memory::Mode::kXex;
  if (name == "xts") return memory::Mode::kXts;
  return memory::Mode::kNone;
}

}  // namespace

MachineSettings read_settings(const load::Machine& machine, const Settings& set) {
  Settings all = machine.settings();
  const bool hardened = value_of(set, "profile", "baseline") == "hardened";
  for (const auto& knob : knobs()) {
    const bool on = hardened && knob.is_protection ? true : knob.baseline_on;
    const auto dot = knob.setting.find('.');
    for (const auto& [name, part] : machine.parts)
      if (load::matches(knob.setting.substr(0, dot), name)) all.emplace(name + std::string(knob.setting.substr(dot)), on ? "enabled" : "disabled");
  }
  for (const auto& [key, value] : set) all[key] = value;
  const auto on = [&](const char* key) { return value_of(all, key, "disabled") == "enabled"; };

  MachineSettings out;
  out.technology = value_of(all, "cpu0.technology", "none");
  out.memory.bytes = 256ull << 20;
  out.memory.mode = mode_of(value_of(all, "mem0.cipher", "none"));
  out.memory.sockets = sockets_of(machine, out.technology);
  out.memory.dirty_lines = value_of(all, "mem0.dirty-lines", "disabled") == "enabled";
  if (value_of(all, "mem0.aes", "fastest") == "openssl") out.memory.cipher_path = memory::CipherPath::kOpenSsl;
  out.memory.eager = value_of(all, "mem0.encryption", "lazy") == "eager";
  if (value_of(all, "cpu0.events", "fast") == "plain") out.events = sim::EventQueue::Form::kPlain;
  out.memory.ciphertext_hiding = on("cpu0.ciphertext-hiding");
  out.cpuid_page = on("cpu0.cpuid-page");
  out.alias_check = on("cpu0.alias-check");
  out.chip_allow_list = on("owner0.chip-allow-list");
  out.revocation_list = on("owner0.revocation-list");
  for (const auto& [name, part] : machine.parts)
    if (part.is == "vm") out.described_vms.insert(name);
  for (const auto& [name, part] : machine.parts)
    if (part.is == "vm" && value_of(all, name + ".tenant", "owner") == "host") out.host_tenants.insert(name);
  out.successions = successions_of(machine);
  out.require_alias_check = on("owner0.require-alias-check");
  out.require_ciphertext_hiding = on("owner0.require-ciphertext-hiding");
  for (const auto& [name, part] : machine.parts)
    if (is_card(part.is)) {
      const std::string port = root_port_of(machine, part).name;
      out.devices.push_back({.kind = part.is, .port = port, .device = name, .functions = {}, .style = value_of(all, "tsm0.style", "thin"),
                                  .firmware = value_of(all, name + ".firmware", "genuine"),
                                  .identity = value_of(all, name + ".identity", "genuine"),
                                  .spdm = value_of(all, name + ".spdm", "full"),
                                  .stream = static_cast<std::uint8_t>(number_of(part, "stream", 1)),
                                  .ide_port = static_cast<std::uint8_t>(number_of(part, "ide-port", 0)),
                                  .function_id = part.attributes.contains("function-id")
                                                     ? std::optional<std::uint16_t>(number_of(part, "function-id", 0))
                                                     : std::nullopt,
                                  .responder = value_of(all, name + ".responder", ""),
                                  .ide_escort = on((port + ".ide-escort").c_str()),
                                  .ide_quarantine = on((port + ".ide-quarantine").c_str()),
                                  .ide_flush = on((port + ".ide-flush").c_str()),
                                  .ide_sync = on((port + ".ide-sync").c_str()),
                                  .ide_aggregation = aggregation_of(value_of(all, port + ".ide-aggregation", "off")),
                                  .ide_pcrc = on((port + ".ide-pcrc").c_str()),
                                  .ide_link = value_of(all, port + ".ide", "selective") == "link",
                                  .host_keys = value_of(all, port + ".ide", "selective") == "link" || value_of(all, port + ".ide-keys", "guest") == "host",
                                  .ats = on((port + ".ats").c_str()),
                                  .ide_cipher_path = value_of(all, port + ".ide-aes", "fastest") == "openssl"
                                                         ? crypto::GcmPath::kOpenSsl
                                                         : crypto::GcmPath::kFastest});
    }
  seat(machine, out.devices);
  add_functions(machine, out.devices);
  out.native_control = value_of(all, "tsm0.native-control", "withheld") == "granted";
  for (auto& device : out.devices) device.host_authenticates = device.style == "host-native";
  if (const bool fat = !out.devices.empty() && out.devices.front().style == "fat";
      fat || (!out.devices.empty() && out.devices.front().style == "negotiated")) {
    if (!technology_of(out.technology).drives_devices)
      throw base::UserError(machine.file + ": firmware that speaks to devices (`style: " + out.devices.front().style + "`) is what technology `" +
                            out.technology + "` has none of: take `style: thin` or `none`, or one of the platforms" + platforms_that_drive());
    out.firmware_drives_devices = fat;
  }
  out.accept_ats = on("owner0.accept-ats");
  out.signed_measurements = on("owner0.signed-measurements");
  out.owner_requires = value_of(all, "owner0.requires", "none");
  out.psp.ciphertext_hiding = out.memory.ciphertext_hiding;
  out.psp.alias_check_done = out.alias_check;
  for (const auto& knob : knobs()) {
    if (knob.defence.empty()) continue;
    if (!any_enabled(all, knob.setting)) out.absent.emplace_back(knob.defence);
  }
  out.said = std::move(all);
  return out;
}

bool MachineSettings::on(const std::string& vm, const std::string& setting) const {
  const bool like_another = !described_vms.empty() && !described_vms.contains(vm);
  return value((like_another ? *described_vms.begin() : vm) + "." + setting, "disabled") == "enabled";
}

std::string MachineSettings::value(const std::string& key, const std::string& otherwise) const { return value_of(said, key, otherwise); }

}  // namespace engine
