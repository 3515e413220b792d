#include "scenarios/engine/film_facts.h"

#include <fmt/format.h>

#include "scenarios/engine/kit.h"
#include "scenarios/engine/world.h"
#include "tsm/sev/host/sev_machine.h"

namespace engine {

namespace {

constexpr std::uint64_t kPage = 4096;

// What the host's load of a range gives it, in the words of issue and lessons. `keyed`: its guest reads and writes it under a key.
std::string host_sees(const World& world, bool refused, bool keyed, std::uint64_t spa, std::uint64_t count) {
  if (refused) return "refused";
  const auto sight = world.memory.sight(spa, count);
  std::string out;
  const auto add = [&](bool is, std::string_view what) {
    if (is) out += fmt::format("{}{}", out.empty() ? "" : " and ", what);
  };
  add(sight.sealed, "ciphertext");  // zeroes beside it are what the host left there
  add(sight.hidden, "fixed pattern");
  add(sight.plain, keyed ? "bytes written without the key" : "plaintext");
  return out.empty() ? "nothing but zeroes" : out;
}

void look_at_page(const World& world, const VmState& vm, const std::string& name, std::uint64_t gpa, const Filming::Fact& fact) {
  const auto tell = [&](std::string_view key, std::string_view value) { fact("memory", name, key, value); };
  const bool is_private = vm.vm.space.is_private(gpa);
  tell("guest address", fmt::format("{:#x}", gpa));
  tell("guest has it", is_private ? "private" : "shared");
  const auto place = vm.vm.nested.translate(gpa);
  tell("system address", place ? fmt::format("{:#x}", place->spa) : "not mapped by the host");
  if (!place) return;
  const auto facts = world.kit->page_facts(vm, gpa, place->spa);
  tell("owner", facts.owner.empty() ? "no table" : facts.owner);
  for (const auto& [key, value] : facts.entries) tell(key, value);
  const auto key = is_private ? world.kit->key_name(vm) : std::string();
  tell("encrypted by", key.empty() ? "nothing" : key);
  const bool encrypts = !key.empty() && vm.vm.key != memory::KeyId::kNone && world.memory.settings().mode != memory::Mode::kNone;
  tell("host sees", host_sees(world, facts.refused_to_host, encrypts, place->spa, kPage));
}

}  // namespace

void look_at_memory(const World& world, const Filming::Fact& fact) {
  if (!world.kit || !world.technology) return;
  for (const auto& vm : world.vms)
    for (const auto& [page, gpa] : vm->pages)
      if (!vm->gone) look_at_page(world, *vm, vm->name + ".page." + page, gpa, fact);
  if (world.sev && world.sev->rmp()) {
    const auto* rmp = world.sev->rmp();
    fact("memory", "rmp0.rmp", "system address", fmt::format("{:#x}", rmp->own_entries()));
    fact("memory", "rmp0.rmp", "host sees", host_sees(world, false, false, rmp->own_entries(), rmp->own_entry_bytes()));
  }
}

void look_at_registers(const World& world, const Filming::Fact& fact) {
  if (!world.kit || !world.technology) return;
  for (const auto& vm : world.vms) {
    if (vm->gone) continue;
    const auto tell = [&](std::string_view key, std::string_view value) { fact("registers", vm->name, key, value); };
    if (const auto inside = world.kit->is_inside(*vm)) tell("control", *inside ? "the guest's" : "the host's");
    if (!vm->stopped.empty()) tell("stopped", vm->stopped);
    if (vm->vm.save_area == 0) continue;
    const std::uint64_t at = vm->vm.save_area;
    tell("save area", fmt::format("{:#x}", at));
    const auto facts = world.kit->page_facts(*vm, 0, at);
    if (!facts.owner.empty()) tell("owner", facts.owner);
    const auto sight = world.memory.sight(at + vm->vm.registers_at, cpu::kRegisterBytesMax);
    if (facts.refused_to_host || sight.hidden) tell("host sees", "hidden");
    else if (sight.sealed) tell("host sees", "encrypted");
    else tell("host sees", sight.plain ? "plain" : "nothing but zeroes");
  }
}

void look_around(const World& world, const Filming::Fact& fact) {
  look_at_memory(world, fact);
  look_at_registers(world, fact);
  look_at_devices(world, fact);
  look_at_knowledge(world, fact);
}

}  // namespace engine
