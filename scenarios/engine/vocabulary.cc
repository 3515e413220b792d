// Every noun that files may use, written out here, where the rooms are put together.
#include <algorithm>

#include "devices/dsm/dsm.h"
#include "devices/responder/defences.h"
#include "guest/programs/programs.h"
#include "guest/relying_party/measured_party.h"
#include "guest/relying_party/server.h"
#include "guest/relying_party/services.h"
#include "guest/relying_party/token.h"
#include "platform/pcie/tables.h"
#include "scenarios/engine/cards.h"
#include "scenarios/engine/device_kinds.h"
#include "scenarios/engine/engine.h"
#include "scenarios/engine/guest_rows.h"
#include "scenarios/engine/kit.h"
#include "scenarios/engine/knobs.h"
#include "scenarios/engine/mem_rows.h"
#include "scenarios/engine/rights.h"
#include "scenarios/engine/virtio_device.h"
#include "scenarios/engine/threats.h"
#include "scenarios/engine/time_rows.h"
#include "tsm/tio/device_manager.h"
#include "tsm/tio/mmio_table.h"
#include "tsm/tio/port_firmware.h"

namespace engine {

namespace {

load::Slot word(const char* name, load::Names values = load::Names::anything(), bool required = false) {
  return {.name = name, .kind = load::ValueKind::kWord, .values = std::move(values), .required = required};
}
load::Slot words(const char* name, bool required = false) {
  return {.name = name, .kind = load::ValueKind::kWords, .values = load::Names::anything(), .required = required};
}
load::Slot count(const char* name) { return {.name = name, .kind = load::ValueKind::kCount}; }
load::Slot size(const char* name) { return {.name = name, .kind = load::ValueKind::kSize}; }
load::Slot time(const char* name, bool required) { return {.name = name, .kind = load::ValueKind::kTime, .required = required}; }
load::Slot flag(const char* name) { return word(name, {"enabled", "disabled"}); }

// And what each technology adds to a list of nouns.
load::Names with_kits(std::vector<std::string> nouns, std::vector<std::string> TechnologyKind::*more) {
  for (const auto* kind : technologies()) nouns.insert(nouns.end(), (kind->*more).begin(), (kind->*more).end());
  std::sort(nouns.begin(), nouns.end());
  nouns.erase(std::unique(nouns.begin(), nouns.end()), nouns.end());
  return load::Names(std::move(nouns));
}
load::Names technology_names() {
  std::vector<std::string> out;
  for (const auto* kind : technologies()) out.emplace_back(kind->name);
  return load::Names(std::move(out));
}

const std::vector<load::Verb>& verb_list() {
  static const std::vector<load::Verb> kVerbs = {
      {"read", words("read"), {word("way", {"request", "reply"}), word("through", {"alias"}), size("bytes"), count("offset")}},
      {"write", words("write", true), {size("bytes"), count("value"), count("offset"), word("to"), word("address"), word("through", {"alias"})}},
      {"record", words("record"), {word("as"), word("way", {"request", "reply"}), word("through", {"alias"}), size("bytes")}},
      {"replay", word("replay", load::Names::anything(), true), {word("to"), word("adjust", {"tweak"}), words("keep"), word("way", {"request", "reply"}), word("through", {"alias"})}},
      {"swap", words("swap", true), {}},
      {"alias", word("alias", load::Names::anything(), true), {word("to")}},
      {"map", word("map", load::Names::anything(), true), {word("as", {"shared", "private"}), count("offset"), word("for")}},
      {"unmap", words("unmap", true), {}},
      {"flip", words("flip"), {count("bit"), count("byte"), word("way", {"request", "reply"}), word("through", {"alias"})}},
      {"set", word("set", load::Names::anything(), true), {count("value"), word("to"), word("text"), word("from"), word("field"), word("way", {"request", "reply"})}},
      {"forge", word("forge", {"EVIDENCE"}, true),
       {word("key", {"own", "leaked"}, true), word("root", {"vendor", "own"}),
        word("intermediate", {"current", "retired"}), word("chip", {"chip*"}), word("tcb", {"current", "old"}),
        word("claimed-chip", {"chip*"}), word("claimed-tcb", {"current", "old"})}},
      {"relay", word("relay", {"EVIDENCE"}, true), {word("to", {"chip*"}, true)}},
      {"drop", words("drop"), {word("way", {"request", "reply"})}},
      {"hold", words("hold"), {word("as", load::Names::anything(), true), word("way", {"request", "reply"})}},
      {"release", word("release", load::Names::anything(), true), {word("as")}},
      {"inject", word("inject", load::Names::anything(), true), {word("as")}},
      {"craft", word("craft", {"MRd", "MWr", "CplD", "CfgWr0"}, true),
       {word("address"), word("iova"), word("from"), count("requester"), word("target", {"gpu*", "nic*", "nvme*", "rp*", "sw*"}), word("register"), count("value"), size("bytes"), flag("translated"), flag("trusted")}},
      {"interrupt", {.name = "interrupt", .kind = load::ValueKind::kCount, .required = true},
       {word("as", {"interrupt", "exception", "nmi"}), count("error"), count("pending"), word("page"), count("offset"), word("access", {"read", "write"})}},
      {"step", {.name = "step", .kind = load::ValueKind::kCount, .required = true}, {word("core", {"fast", "slow"})}},
      {"delay", time("delay", true), {word("way", {"request", "reply"})}},
      {"duplicate", words("duplicate"), {word("as")}},
      {"reorder", words("reorder"), {word("as")}},
      {"redirect", word("redirect", load::Names::anything(), true), {}},
      {"truncate", words("truncate"), {size("bytes"), word("way", {"request", "reply"})}},
      {"extend", words("extend"), {size("bytes"), count("value"), word("way", {"request", "reply"})}},
      {"flush", word("flush", {"invd", "wbinvd"}, true), {}},
      {"answer", word("answer", {"START_INTERFACE_RESPONSE", "DEVICE_INTERFACE_STATE"}, true), {word("way", {"reply"})}},
      {"ask", word("ask", {"KEY_PROG", "LOCK_INTERFACE_REQUEST", "START_INTERFACE_REQUEST", "STOP_INTERFACE_REQUEST"}, true),
       {word("session", {"own", "none"}), count("flags")}},
      {"hotplug", word("hotplug", load::Names::anything(), true), {}},
      {"impersonate", word("impersonate", {"gpu*", "nic*", "nvme*", "owner*"}, true), {word("key", {"own", "leaked"})}},
      {"reset", word("reset", {"flr", "hot", "power"}, true), {}},
      {"save", word("save", load::Names::anything(), true), {}},
      {"restore", word("restore", load::Names::anything(), true), {}},
      {"call", word("call", with_kits({}, &TechnologyKind::calls), true), {word("page"), word("from"), word("vm"), word("packet"), count("assigned"), count("tcb"), count("value"), count("level"), count("top"), count("flags")}},
  };
  return kVerbs;
}

const std::vector<std::pair<const char*, const std::vector<Content>*>>& device_attributes() {
  static const std::vector<std::pair<const char*, const std::vector<Content>*>> kAll = {
      {"firmware", &firmware_contents()}, {"identity", &identity_contents()}, {"spdm", &spdm_contents()}};
  return kAll;
}
load::Slot content_slot(std::size_t i) {
  return word(device_attributes().at(i).first, load::Names(names_of_contents(*device_attributes().at(i).second)));
}

std::vector<std::string> names_of(const std::vector<Named>& list) {
  std::vector<std::string> out;
  for (const auto& item : list) out.push_back(item.name);
  return out;
}

// What is said of "gpu*" holds of each kind of card.
std::vector<Named> for_every_card(const std::vector<Named>& said) {
  std::vector<Named> out;
  for (const auto& item : said) {
    if (!item.name.starts_with("gpu*")) {
      out.push_back(item);
      continue;
    }
    for (const auto& card : card_names()) out.push_back({card + item.name.substr(3), item.about});
  }
  return out;
}

// And of each device that the host's software plays.
std::vector<Named> and_played(std::vector<Named> said) {
  for (const auto& [name, kind] : virtio_kinds())
    for (const auto& [part, about] : {std::pair{".config", "configuration accesses to a virtio device, as the host's user-space VMM answers them"},
                                      std::pair{".mmio", "a virtio device's registers and doorbells"},
                                      std::pair{".ring", "what a virtio device does to rings and buffers"},
                                      std::pair{".slot", "the slot that a virtio device is plugged into"}})
      said.push_back({name + "*" + part, about});
  return said;
}
std::vector<Right> and_played(std::vector<Right> said) {
  for (auto& right : said)
    if (right.position == "vmm" || right.position == "host-user")
      for (auto& boundary : virtio_boundaries()) right.boundaries.patterns.push_back(std::move(boundary));
  return said;
}

}  // namespace

const std::vector<Named>& platforms() {
  static const std::vector<Named> kAll = [] {
    std::vector<Named> out;
    for (const auto* kind : technologies()) out.push_back({kind->platform, kind->about});
    return out;
  }();
  return kAll;
}

const std::vector<Named>& programs() {
  static const std::vector<Named> kAll = [] {
    std::vector<Named> out;
    for (const auto& p : programs::all()) out.push_back({p.name, p.about});
    return out;
  }();
  return kAll;
}

const std::vector<Named>& verbs() {
  static const std::vector<Named> kAll = {
      {"alias", "let two addresses reach one page, or one cell of memory"}, {"call", "make a host call by its specification's name"},
      {"answer", "answer in clear in a device's place"},
      {"ask", "ask something of a device as a driver of the host's, in a session of its own or in clear"},
      {"craft", "send a packet of one's own making, or put it in the place of one that crosses"},
      {"delay", "let simulated time pass before a message goes on"},
      {"drop", "let a message never arrive"},
      {"duplicate", "deliver a message once more, and see the answer to the copy"},
      {"extend", "append bytes to a message"},
      {"flip", "flip one bit of a message, of memory or of a save area"},
      {"flush", "execute INVD, which drops what the caches hold, or WBINVD, which writes it back first"},
      {"forge", "answer the owner in a guest's place, by a report signed with a key of one's own or one that leaked"},
      {"hold", "take a message away and keep it under a name"},
      {"hotplug", "take a device out of its slot and put in another, or the same one again"},
      {"impersonate", "have software with a device's certificates, or in the owner's name, and a key of one's own answer for it"},
      {"inject", "deliver a message that was kept, out of turn, and see the answer"},
      {"interrupt", "have an interrupt or exception delivered when the guest is next entered"},
      {"map", "put another page under a guest address"},
      {"read", "look"},
      {"record", "keep what is seen under a name"},
      {"redirect", "lead a message to another boundary of the same kind"},
      {"relay", "have another genuine machine answer the owner's challenge for oneself"},
      {"release", "deliver a message that is held, and see the answer"},
      {"reorder", "let the next message overtake this one"},
      {"replay", "put back what was kept"},
      {"reset", "reset a device: its function (flr), or the bus below its port (hot); a TPM (power)"},
      {"restore", "put the state of a part back that was kept"}, {"save", "keep the state of a part under a name"},
      {"set", "set a field (`value` in its byte order, `to` as it stands), or how a VM is launched"},
      {"step", "have a timer stop the guest after each of its steps, and watch them"},
      {"swap", "exchange two translations"},
      {"truncate", "cut the end off a message"},
      {"unmap", "take a translation away and learn of the fault"},
      {"write", "write over memory, a register of a device, or its firmware"}};
  return kAll;
}

const std::vector<Named>& boundaries() {
  static const std::vector<Named> kAll = and_played(for_every_card({
      {"config * -> *", "configuration accesses to a device, as the host carries them"},
      {"doe * -> *", "data objects between a device's mailbox and whoever speaks to the device"},
      {"dram", "the memory bus, below everything"}, {"gpu*.config", "the host's own configuration accesses to a device"},
      {"gpu*.flash", "a device's firmware update, as the host drives it"}, {"gpu*.mailbox", "what the host itself asks a device"},
      {"gpu*.mmio", "the host's own accesses to a device's memory"}, {"iommu0.mapping", "what the host lets a device reach without a T bit; `map: own` is a page of the host's at 4000_0000h"},
      {"evidence *", "what firmware found out about a device, as the host carries it to the guest"},
      {"gpu*.slot", "the slot that a device is in, and its power"},
      {"gpu*.logic", "between a device's security manager and its logic; what is crafted there the card sends, sealed as it seals"},
      {"keys *", "keys for a root port that the host programs itself"}, {"link * - *.down", "packets on a link, away from the processor"},
      {"link * - *.up", "packets on a link, towards the processor"},
      {"mmio *", "a guest's accesses to a device that go through the host"}, {"nvme*.medium", "the blocks of a disk, as whoever has the disk in hand: `11`, `1.160+32` (block, byte, bytes), `all`"}, {"machine", "how the machine is built and a VM is asked for"}, {"net * -> *", "messages on the network"},
      {"firmware.osc", "the host's _OSC, by which firmware leaves trusted devices to it or does not"},
      {"sw*.down", "inside a switch, what came from above"}, {"sw*.up", "inside a switch, what came from below"},
      {"tsm0.call", "host calls into the security processor, the TDX module or whoever stands in their place"},
      {"tsm0.evidence", "evidence on its way to whoever signs it"},
      {"vm*.clock", "a guest's readings of time"}, {"vm*.evidence", "what a program asks its guest's kernel to attest"},
      {"vm*.host-data", "what the host hands a guest beside its image"}, {"vm*.interrupts", "interrupts and exceptions for a guest"},
      {"vm*.tpm", "commands to a VM's TPM"}, {"vm*.exit", "VM exits and their answers"},
      {"vm*.image", "what the host loads into a VM before launch"}, {"vm*.mapping", "the nested page tables"},
      {"vm*.memory", "guest memory through the host's own mapping"}, {"vm*.program", "which software of a guest speaks for it"},
      {"vm*.tsm-report", "the files by which programs of a guest ask for reports, as its other software finds them"},
      {"vm*.registers", "the save area between exit and entry"}, {"vm*.requests", "sealed messages between guest and security processor"}}));
  return kAll;
}

const std::vector<Right>& rights() {
  static const std::vector<Right> kAll = and_played(std::vector<Right>{
      {"vmm", "the hypervisor and host kernel", {"config * -> *", "doe * -> *", "evidence *", "firmware.osc", "gpu*.config", "gpu*.flash", "gpu*.mailbox", "gpu*.mmio", "gpu*.slot", "nic*.config", "nic*.flash", "nic*.mailbox", "nic*.mmio", "nic*.slot", "nvme*.config", "nvme*.flash", "nvme*.mailbox", "nvme*.medium", "nvme*.mmio", "nvme*.slot", "iommu0.mapping", "keys *", "machine", "mmio *", "net * -> *", "tsm0.call", "vm*.clock", "vm*.exit", "vm*.host-data", "vm*.image", "vm*.interrupts", "vm*.mapping", "vm*.memory", "vm*.registers", "vm*.requests", "vm*.tpm"}},
      {"link-tap", "whoever holds a wire between two ports", {"link * - *"}},
      {"device-firmware", "what runs on a device, beside its security manager", {"gpu*.logic", "nic*.logic", "nvme*.logic", "link * - gpu*.down", "link * - nic*.down", "link * - nvme*.down", "link * - gpu*.up", "link * - nic*.up", "link * - nvme*.up"}},
      {"switch", "whoever holds a switch: what is inside it, and its ends of links", {"sw*.down", "sw*.up", "link * - sw*", "link sw* - *"}},
      {"guest-user", "software of the guest at a less privileged level", {"vm*.evidence", "vm*.program", "vm*.tsm-report"}},
      {"host-user", "the host's user-space VMM", {"nvme*.medium", "machine", "net * -> *", "vm*.clock", "vm*.exit", "vm*.host-data", "vm*.image", "vm*.tpm"}},
      {"dram-bus", "an interposer on the memory bus", {"dram"}},
      {"dimm", "whoever programmed the memory module", {"machine"}},
      {"network", "a party on the network", {"net * -> *"}},
      {"platform-firmware", "firmware of the platform that lies to whoever signs its evidence", {"tsm0.evidence"}},
      {"supply-chain", "whoever touched image or firmware before boot", {"machine", "vm*.image"}}});
  return kAll;
}

std::string boundary_of(const load::Step& step) { return step.at ? step.at->value : "tsm0.call"; }

const std::vector<Named>& positions() {
  static const std::vector<Named> kAll = [] {
    std::vector<Named> out;
    for (const auto& right : rights()) {
      std::string where;
      for (const auto& pattern : right.boundaries.patterns) where += (where.empty() ? "; at " : ", ") + pattern;
      out.push_back({right.position, right.about + where});
    }
    return out;
  }();
  return kAll;
}

const std::vector<Named>& promises() {
  static const std::vector<Named> kAll = {
      {"authenticity", "whoever was trusted was what it claimed"}, {"authority", "a guarded act was done for someone entitled"},
      {"confidentiality", "the adversary's view does not depend on a secret"}, {"freshness", "a private read is not an older value"},
      {"integrity", "a private read returns the last private write"}, {"isolation", "nothing crosses an owner without consent"},
      {"own", "a promise of the program's own"}};
  return kAll;
}

const std::vector<const trust::Defence*>& all_defences() {
  static const std::vector<const trust::Defence*> kAll = [] {
    std::vector<const trust::Defence*> all;
    for (const auto* kind : technologies())
      for (const auto* row : kind->defences()) all.push_back(row);
    for (const auto* row : guest_rows()) all.push_back(row);
    for (const auto& rows : {pcie::defences(), responder::defences(), dsm::defences(), tio::port_defences(), tio::manager_defences(), tio::mmio_defences()}) all.insert(all.end(), rows.begin(), rows.end());
    relying_party::collect_server_defences(all);
    relying_party::collect_tpm_defences(all);
    relying_party::collect_service_defences(all);
    relying_party::collect_token_defences(all);
    for (const auto* row : {&kEncryptionRow, &kHidingRow, &kInvdRow, &kAliasRow}) all.push_back(row);
    for (const auto* row : {&kEncryptionRow, &kHidingRow, &kInvdRow, &kAliasRow, &kCounterRow}) all.push_back(row);
    std::sort(all.begin(), all.end(), [](const auto* a, const auto* b) { return a->id < b->id; });
    all.erase(std::unique(all.begin(), all.end(), [](const auto* a, const auto* b) { return a->id == b->id; }), all.end());
    return all;
  }();
  return kAll;
}

const load::Vocabulary& vocabulary() {
  static const load::Vocabulary kVocabulary = [] {
    load::Vocabulary v;
    v.platforms = names_of(platforms());
    v.positions = load::Names(names_of(positions()));
    v.boundaries = load::Names(names_of(boundaries()));
    v.objects = with_kits({"CPUID", "EXIT", "REPORT", "QE_REPORT", "QUOTE_CONTENT", "EVIDENCE", "TPM_EVIDENCE", "ANSWER", "DATA", "EVIDENCE_REQUEST", "TSM_*", "PRESENT", "MESSAGE", "DISCOVERY", "SPDM", "SECURED_SPDM", "OBJECT",
                           "CONFIG_READ", "CONFIG_WRITE", "MMIO_READ", "MMIO_WRITE", "PROGRAM_KEY", "GO", "MWr*", "MRd*", "Cpl", "Cpl*", "Cfg*",
                           "Msg", "Msg*", "IDE.*", "INTERFACE_REPORT", "DEVICE_*", "OSC", "MMIO", "DMA", "INTERRUPT", "SCRUB", "FRAME", "CONFIG.*", "REGISTER.*", "WRITE.*", "NOTIFY", "USED", "USED_INDEX", "USED_PACKED", "BUFFER", "STATUS", "PACKET", "TAKEN", "EVENT", "VMEXIT", "IPI", "HOST.*", "CLOCK.*", "MSR", "TPM", "TPM.*", "SERVICE", "TLS", "PLAIN"},
                          &TechnologyKind::objects);
    v.calls = with_kits({}, &TechnologyKind::calls);
    v.moments = {"vm*.*"};
    v.verbs = verb_list();
    v.programs = load::Names(names_of(programs()));
    std::vector<std::string> ids;
    for (const auto* d : all_defences()) ids.emplace_back(d->id);
    v.defences = load::Names(ids);
    std::vector<std::string> liftable;
    for (const auto* d : all_defences())
      if (d->kind == trust::Kind::kDefence) liftable.emplace_back(d->id);
    v.liftable = load::Names(liftable);
    v.promises = load::Names(names_of(promises()));
    v.outcomes = {"broken", "blocked", "detected", "stopped", "held"};
    v.places = with_kits({"cpu*", "vm*", "mem*", "owner*", "service*", "firmware", "guest", "relying party", "gpu*", "nic*", "nvme*", "rp*", "sw*", "rc*", "iommu*", "tsm*"},
                         &TechnologyKind::places);
    v.resets = {"vm*", "psp0", "tsm0"};
    v.weather = load::Names(names_of(weathers()));
    v.states = load::Names::anything();
    v.assumptions = {"address of *", "moment *"};
    v.threats = load::Names(threat_names());
    v.catalogue = load::Names::anything();
    for (const auto& knob : knobs()) v.settings.push_back({std::string(knob.setting), load::ValueKind::kWord, {"enabled", "disabled"}});
    for (const auto& card : card_names())
      for (const auto& [attribute, contents] : device_attributes())
        v.settings.push_back({card + "*." + std::string(attribute), load::ValueKind::kWord, load::Names(names_of_contents(*contents))});
    for (auto& setting : virtio_setting_names()) v.settings.push_back(std::move(setting));
    v.settings.push_back({"gpu*.responder", load::ValueKind::kWord, {"*:*", "replay *"}});
    v.settings.push_back({"gpu*.root"});
    v.settings.push_back({"rp*.ide-sync", load::ValueKind::kWord, {"enabled", "disabled"}});
    v.settings.push_back({"rp*.ide-aggregation", load::ValueKind::kWord, {"off", "pairs", "fours", "eights"}});
    v.settings.push_back({"rp*.ide-pcrc", load::ValueKind::kWord, {"enabled", "disabled"}});
    v.settings.push_back({"rp*.ide-aes", load::ValueKind::kWord, {"fastest", "openssl"}});
    v.settings.push_back({"rp*.ide", load::ValueKind::kWord, {"selective", "link"}});
    v.settings.push_back({"rp*.ide-keys", load::ValueKind::kWord, {"guest", "host"}});
    v.settings.push_back({"rp*.ats", load::ValueKind::kWord, {"enabled", "disabled"}});
    v.settings.push_back({"owner*.accept-ats", load::ValueKind::kWord, {"enabled", "disabled"}});
    for (const auto* kind : technologies())
      for (const auto& a : kind->attributes)
        v.settings.push_back({std::string(a.kind) + "*." + a.name, load::ValueKind::kWord, load::Names(a.values)});
    v.settings.push_back({"tsm*.style", load::ValueKind::kWord, {"thin", "fat", "host-native", "negotiated", "none"}});
    v.settings.push_back({"tsm*.native-control", load::ValueKind::kWord, {"granted", "withheld"}});
    v.settings.push_back({"mem*.cipher", load::ValueKind::kWord, {"none", "xe", "xex", "xts"}});
    v.settings.push_back({"mem*.dirty-lines", load::ValueKind::kWord, {"enabled", "disabled"}});
    v.settings.push_back({"vm*.config", load::ValueKind::kWord, {"enabled", "disabled"}});
    v.settings.push_back({"vm*.tpm", load::ValueKind::kWord, {"none", "host", "svsm", "paravisor"}});
    v.settings.push_back({"vm*.tenant", load::ValueKind::kWord, {"owner", "host"}});
    v.settings.push_back({"mem*.aes", load::ValueKind::kWord, {"fastest", "openssl"}});
    v.settings.push_back({"mem*.encryption", load::ValueKind::kWord, {"lazy", "eager"}});
    v.settings.push_back({"cpu*.events", load::ValueKind::kWord, {"fast", "plain"}});
    v.settings.push_back({"owner*.tpm", load::ValueKind::kWord, {"none", "quote"}});
    v.settings.push_back({"owner*.workload-policy", load::ValueKind::kWord, {"enabled", "disabled"}});
    v.settings.push_back({"owner*.requires", load::ValueKind::kWord, {"none", "launch-measure", "report"}});
    return v;
  }();
  return kVocabulary;
}

const load::MachineVocabulary& machine_vocabulary() {
  static const load::MachineVocabulary kVocabulary = [] {
    load::MachineVocabulary v;
    v.platforms = names_of(platforms());
    v.kinds = {{"cpu", {word("technology", technology_names()), count("sockets"), word("events", {"fast", "plain"})}, false},
               {"dram", {word("cipher", {"none", "xe", "xex", "xts"}), flag("dirty-lines"), word("aes", {"fastest", "openssl"}), word("encryption", {"lazy", "eager"})}, false},
               {"vm", {flag("config"), word("tenant", {"owner", "host"}), word("after", {"vm*"}), word("tpm", {"none", "host", "svsm", "paravisor"})}, false},
               {"root-port",
                {flag("ide-sync"), word("ide-aggregation", {"off", "pairs", "fours", "eights"}), flag("ide-pcrc"), flag("ats"),
                 word("ide", {"selective", "link"}), word("ide-keys", {"guest", "host"}),
                 word("ide-aes", {"fastest", "openssl"})},
                false},
               {"switch", {}, true},
               {"tsm", {word("style", {"thin", "fat", "host-native", "negotiated", "none"}), word("native-control", {"granted", "withheld"})}, false},
               {"owner", {word("requires", {"none", "launch-measure", "report"}), word("tpm", {"none", "quote"}), flag("accept-ats"), flag("workload-policy")}, false}};
    for (const auto& kind : card_kinds())
      v.kinds.push_back({kind,
                         {content_slot(0), content_slot(1), content_slot(2), count("stream"), count("ide-port"), count("function-id"),
                          word("responder", {"*:*", "replay *"}), word("root")},
                         true});
    v.kinds.push_back({"function", {}, true});
    for (auto& kind : virtio_part_kinds()) v.kinds.push_back(std::move(kind));
    for (const auto* technology : technologies())
      for (const auto& a : technology->attributes)
        for (auto& kind : v.kinds)
          if (kind.name == a.kind) kind.attributes.push_back(word(a.name, load::Names(a.values)));
    for (const auto& knob : knobs())
      for (auto& kind : v.kinds)
        if (knob.setting.starts_with(kind.name) || (kind.name == "dram" && knob.setting.starts_with("mem")) ||
            (kind.name == "root-port" && knob.setting.starts_with("rp")))
          kind.attributes.push_back(flag(std::string(knob.setting.substr(knob.setting.find('.') + 1)).c_str()));
    return v;
  }();
  return kVocabulary;
}

}  // namespace engine
