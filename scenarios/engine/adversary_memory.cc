// The adversary's verbs on memory, mappings, save areas and host calls.
#include <algorithm>

#include "platform/memory/line_cipher.h"
#include "platform/protocol/sev/page_info.h"
#include "scenarios/engine/adversary.h"
#include "scenarios/engine/device_bay.h"
#include "scenarios/engine/kit.h"
#include "scenarios/engine/mem_rows.h"
#include "tsm/sev/host/sev_machine.h"

namespace engine {

namespace {
constexpr std::uint64_t kPage = 4096;
constexpr std::string_view kIommuMapping = "iommu0.mapping";
}

void Adversary::act_on_memory(Running& running, bool bus) {
  const auto& step = *running.step;
  const auto& verb = step.verb.value;
  const std::string page = text(step, verb);
  if (verb == "alias") {  // the interposer's switch
    world_.memory.aliasing().set_alias(world_.memory.settings().bytes / 2, page == "engage");
    return did(running, "turns the alias on: " + page);
  }
  if (verb == "flush" && page == "wbinvd") {
    world_.memory.write_back_all();
    return did(running, "executes WBINVD");
  }
  if (verb == "flush") {  // INVD: what the cache had not written back is gone
    if (!world_.defences.refuse_unless(kInvdRow, world_.memory.dirty_line_count() == 0, "cpu0")) world_.memory.discard_dirty_lines();
    else world_.memory.write_back_all();
    return did(running, "executes INVD");
  }
  const bool ghost = text(step, "through") == "alias";
  const std::uint64_t mask = ghost ? world_.memory.settings().bytes / 2 : 0;
  if (verb == "replay") {
    auto kept = kept_.find(page);
    const std::string to = text(step, "to");
    const std::uint64_t spa = to.empty() ? kept->second.spa : system_page(to) ;
    base::Bytes bytes = kept->second.bytes;
    if (text(step, "adjust") == "tweak")  // XEX: cancel the outer tweak; XE: cancel the inner one through known plaintext
      for (std::size_t at = 0; at < bytes.size(); at += memory::kBlockBytes) {
        const auto from = memory::public_tweak(kept->second.spa + at), there = memory::public_tweak(spa + at);
        for (std::size_t i = 0; i < memory::kBlockBytes; ++i) bytes[at + i] ^= from[i] ^ there[i];
      }
    const bool landed = host_write(spa ^ mask, bytes, bus);
    return did(running, (landed ? "writes back " : "tries to write back ") + page);
  }
  base::Bytes bytes(number(step, "bytes", page == kOwnEntries ? 0 : is_entry(page) ? sev::kRmpEntryBytes : kPage));
  if (page == kOwnEntries && world_.sev && world_.sev->rmp()) bytes.resize(world_.sev->rmp()->own_entry_bytes());
  VmState* vm = nullptr;
  const std::uint64_t offset = is_entry(page) ? 0 : number(step, "offset", 0);
  if (has(step, "to")) bytes = bytes_said(step);
  if (has(step, "address")) {
    VmState* of = nullptr;
    bytes.resize(8);
    base::store_le<std::uint64_t>(bytes, 0, world_.resolve_page(text(step, "address"), &of));
  }
  if (offset >= kPage) cannot(step, "acts inside of a page");
  const std::uint64_t spa = (system_page(page, &vm) + offset) ^ mask;
  if (verb == "read" || verb == "record") {
    const auto seen = host_read(spa, bytes, bus);
    if (seen) world_.oracle.seen(bus ? "dram" : "host", spa, bytes, world_.sim.now());
    if (verb == "record") {
      kept_[text(step, "as")] = {bytes, spa ^ mask};
      return did(running, (seen ? "keeps the bytes of " : "tries to keep the bytes of ") + page);
    }
    if (!seen) return did(running, "tries to read " + page);
    if (is_entry(page)) return did(running, "reads " + page);  // no guest reads it
    // Withheld: the observer got something else than what the guest reads there.
    base::Bytes truth(bytes.size());
    const bool is_private = vm->vm.space.is_private(world_.resolve_page(page, &vm));
    (void)world_.memory.read(is_private ? vm->vm.key : memory::KeyId::kNone, spa ^ mask, truth);
    world_.defences.refuse_unless(seen->hidden ? kHidingRow : kEncryptionRow, bytes == truth, "mem0");
    return did(running, "reads " + page);
  }
  if (verb == "write") {
    if (has(step, "to") || has(step, "address")) {}
    else if (has(step, "value")) std::fill(bytes.begin(), bytes.end(), static_cast<std::uint8_t>(number(step, "value", 0)));
    else world_.random.fill(bytes);
    const bool landed = host_write(spa, bytes, bus);
    return did(running, (landed ? "writes over " : "tries to write over ") + page);
  }
  if (verb == "flip") {
    (void)host_read(spa, bytes, bus);
    bytes[number(step, "byte", 0) % bytes.size()] ^= 1;
    const bool landed = host_write(spa, bytes, bus);
    return did(running, (landed ? "flips a bit in " : "tries to flip a bit in ") + page);
  }
}

// The host's own table of what a device reaches without a T bit: a page at its guest's own address, or one of the host's.
void Adversary::map_for_device(Running& running, const std::string& page) {
  const auto& step = *running.step;
  const std::string& device = text(step, "for");
  DeviceFunction* there = device.empty() && !world_.bays.empty() ? world_.bays.front()->functions().front().get() : world_.find_function(device);
  if (step.verb.value != "map" || !there) cannot(step, "is not done there; a device's page is mapped with `map`");
  const bool own = page == "own";
  VmState* vm = nullptr;
  const std::uint64_t gpa = own ? 0 : world_.resolve_page(page, &vm);
  if (own) there->map_own();
  else there->map_shared(*vm, gpa, 1);
  did(running, "lets " + there->name() + " reach " + (own ? "a page of its own" : page) + " without a T bit");
}

void Adversary::act_on_mapping(Running& running) {
  const auto& step = *running.step;
  const auto& verb = step.verb.value;
  VmState *vm = nullptr, *other_vm = nullptr;
  const std::string first = text(step, verb, 0);
  if (step.at->value == kIommuMapping) return map_for_device(running, first);
  const std::uint64_t gpa = world_.resolve_page(first, &vm);
  const std::uint64_t spa = system_page(first);
  if (verb == "swap") {
    const std::string second = text(step, verb, 1);
    const std::uint64_t other = world_.resolve_page(second, &other_vm);
    const std::uint64_t other_spa = system_page(second);
    vm->vm.nested.map(gpa, other_spa, true);
    other_vm->vm.nested.map(other, spa, true);
    return did(running, "swaps " + first + " and " + second + " in the nested tables");
  }
  if (verb == "alias") {  // both guest addresses on one page
    const std::uint64_t other = world_.resolve_page(text(step, "to"), &other_vm);
    other_vm->vm.nested.map(other, spa, true);
    return did(running, "maps " + text(step, "to") + " onto " + first);
  }
  if (verb == "unmap" || (verb == "map" && text(step, "as") == "private"))
    if (act_on_private(running)) return;
  if (verb == "unmap") {
    for (const auto& name : step.args.at(verb).texts) {
      const std::uint64_t page = world_.resolve_page(name.value, &vm);
      const auto there = vm->vm.nested.translate(page);
      if (!there) continue;  // away already
      taken_[{vm->name, page}] = *there;
      vm->vm.nested.unmap(page);
    }
    std::string names;
    for (const auto& name : step.args.at(verb).texts) names += (names.empty() ? "" : ", ") + name.value;
    return did(running, "takes " + names + " out of the nested tables");
  }
  if (verb == "map") {  // a page of the host's own in its place
    const std::string how = text(step, "as");
    const std::uint64_t fresh = world_.host.take_page();
    vm->vm.nested.map(gpa, fresh, true);
    if (how == "private") (void)world_.technology->call(vm->vm, "RMPUPDATE", {{"spa", fresh}, {"assigned", 1}, {"gpa", gpa}});
    return did(running, "puts a fresh page under " + first);
  }
}

// Where private addresses lead where the technology's own tables say, the host takes a page away, or puts a fresh one there, by its
// calls. False: the host's nested tables say.
bool Adversary::act_on_private(Running& running) {
  const auto& step = *running.step;
  const auto& verb = step.verb.value;
  std::string names, why;
  for (const auto& name : step.args.at(verb).texts) {
    VmState* vm = nullptr;
    const std::uint64_t page = world_.resolve_page(name.value, &vm);
    const auto there = vm->vm.nested.translate(page);
    if (!there || taken_.contains({vm->name, page})) continue;
    const auto done = verb == "unmap" ? world_.kit->take_away(*vm, page) : world_.kit->put_fresh(*vm, page);
    if (!done) return false;
    why = *done;
    if (verb == "unmap" && why.empty()) taken_[{vm->name, page}] = *there;
    names += (names.empty() ? "" : ", ") + name.value;
  }
  did(running, (verb == "unmap" ? "blocks " : "takes away and adds anew ") + names + (why.empty() ? "" : ", in vain: " + why));
  return true;
}

void Adversary::restore_mapping(VmState& vm, std::uint64_t gpa) {
  const auto taken = taken_.find({vm.name, gpa});
  if (taken == taken_.end()) return;
  // What the adversary learns: which page, and when. Its view tells one fault from another by nothing else.
  base::Bytes view(8);
  base::store_le<std::uint64_t>(view, 0, gpa);
  world_.oracle.seen("faults", 0, view, world_.sim.now());
  if (!world_.kit->give_back(vm, gpa)) vm.vm.nested.map(gpa, taken->second.spa, taken->second.writable);
  taken_.erase(taken);
  for (const auto& [name, page] : vm.pages)
    if (page == gpa) {
      world_.record.act("vmm", "sees a fault on " + vm.name + ".page." + name);
      moment(vm.name + ".fault." + name);
    }
}

void Adversary::act_on_registers(Running& running) {
  const auto& step = *running.step;
  const auto& verb = step.verb.value;
  const std::string name = step.at->value.substr(0, step.at->value.find('.'));
  VmState* vm = nullptr;
  for (auto& candidate : world_.vms)
    if (candidate->name == name) vm = candidate.get();
  const std::uint64_t spa = vm->vm.save_area;
  if (verb == "call") return act_on_call(running);
  base::Bytes page(kPage);
  if (verb == "record" || verb == "read") {
    const bool seen = host_read(spa, page, false).has_value();
    if (seen) world_.oracle.seen("registers", spa, page, world_.sim.now());
    if (verb == "record") {
      kept_[text(step, "as")] = {page, spa};
    } else if (seen) {
      const auto from = page.begin() + static_cast<std::ptrdiff_t>(vm->vm.registers_at);
      const bool plain = std::equal(vm->registers_now.begin(), vm->registers_now.end(), from);
      world_.defences.refuse_unless(kEncryptionRow, plain, "cpu0");
    }
    return did(running, verb == "read" ? "reads the save area of " + name : "keeps the save area of " + name);
  }
  if (verb == "replay") {
    const bool landed = host_write(spa, kept_[text(step, "replay")].bytes, false);
    return did(running, (landed ? "puts back an old save area of " : "tries to put back an old save area of ") + name);
  }
  if (verb == "flip") {
    (void)host_read(spa, page, false);
    page[(vm->vm.registers_at + number(step, "byte", 32)) % page.size()] ^= 1;
    const bool landed = host_write(spa, page, false);
    return did(running, (landed ? "alters the save area of " : "tries to alter the save area of ") + name);
  }
}

void Adversary::act_on_call(Running& running) {
  const auto& step = *running.step;
  if (world_.vms.empty()) return;  // not yet: there is no guest that a call could be about
  VmState* vm = world_.vms.front().get();
  std::map<std::string, std::uint64_t> args;
  const std::string page = text(step, "page");
  if (page.ends_with(".save-area")) {
    for (auto& candidate : world_.vms)
      if (page == candidate->name + ".save-area") vm = candidate.get();
    args["spa"] = vm->vm.save_area;
    args["gpa"] = sevproto::kVmsaGpa;
  } else if (is_entry(page)) {  // the page of the table that holds the entry
    args["spa"] = system_page(page, &vm) & ~(kPage - 1);
  } else if (!page.empty()) {
    args["spa"] = system_page(page, &vm);
    args["gpa"] = world_.resolve_page(page, &vm);
  }
  if (has(step, "from")) args["spa"] = system_page(text(step, "from"));  // the page that lies under another address
  for (const auto& candidate : world_.vms)
    if (has(step, "vm") && candidate->name == text(step, "vm")) vm = candidate.get();
  for (const char* word : {"assigned", "tcb", "value"}) args[word] = number(step, word, 0);
  for (const char* word : {"level", "top", "flags"})
    if (has(step, word)) args[word] = number(step, word, 0);
  const std::string name = text(step, "call");
  if (name == "LAUNCH_SECRET") {  // a packet that the host kept, into a VM of its choice
    const auto kept = messages_.find(text(step, "packet"));
    const auto call = wire::decode<sev::command::SevLaunchSecret>(kept == messages_.end() ? base::Bytes{} : kept->second.bytes);
    for (auto& candidate : world_.vms)
      if (candidate->name == text(step, "vm")) vm = candidate.get();
    const bool done = call && world_.kit->inject(*vm, call->packet).empty();
    return did(running, "calls LAUNCH_SECRET with the packet of another VM" + std::string(done ? "" : ", in vain"));
  }
  const auto answer = world_.technology->call(vm->vm, name, args);
  if (answer) world_.kit->called(name);
  if (answer && !answer->empty()) world_.oracle.seen("call", 0, *answer, world_.sim.now());
  did(running, std::string("calls ") + name + (page.empty() ? "" : " on " + page) + (answer ? "" : ", in vain"));
}

}  // namespace engine
