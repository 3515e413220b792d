#pragma once
// What a scenario's attack names of a guest, and a guest of somebody else's must therefore have: moments, pages, messages. Without
// them the attack aims at nothing, and a run proves nothing.
#include <set>
#include <string>
#include <vector>

#include "scenarios/engine/verdict.h"
#include "scenarios/load/scenario.h"

namespace report {

struct Contract {
  std::string vm;
  std::vector<std::string> arguments;  // how the program is called: the file's program, then its own arguments
  std::set<std::string> names;         // "moment vm0.stored", "page vm0.page.ring"
  std::set<std::string> messages;      // "CPUID at vm0.exit": what a step waits for where the guest is one end
};

// `platform` decides which steps count; empty: all.
Contract contract_of(const load::Scenario& scenario, const std::string& vm, const std::string& platform = {});
// Of all VMs of the file.
std::vector<Contract> contracts_of(const load::Scenario& scenario);
// One line each, for people.
std::vector<std::string> lines_of(const Contract& contract);
// The moments that a run never reached. A page shows only when the attack reaches for it.
std::vector<std::string> missing(const Contract& contract, const engine::Verdict& honest);
// What the first step of each variant waits for: told of an attack that never acted.
std::vector<std::string> first_waits(const load::Scenario& scenario, const std::string& platform);

}  // namespace report
