#pragma once
// A scenario played against a guest that is not the file's own. Its rows speak of our program's defences and say nothing of somebody
// else's code, so they are not compared. Asked is: the guest, left alone, has all that the attack names and ends; no promise breaks
// once it is attacked; and the attack really acted.
#include <set>
#include <string>

#include "scenarios/report/cell.h"

namespace report {

// `run` names scenario and all that the user bends; platform and machine are filled in here. `vms`: those whose guests are not the
// file's. `verdict` receives that of the attack, or of the honest run where it came to no attack.
Cell evaluate_own(const Stage& stage, engine::Run run, const std::string& platform, const std::set<std::string>& vms, engine::Verdict* verdict = nullptr);

// Whether anything that a guest does can keep the promise here: false where the file has the attack succeed on this platform, and no
// row has a check of a guest's stop it.
bool guest_decides(const load::Scenario& scenario, const std::string& platform, std::string_view profile);

}  // namespace report
