#pragma once
// `--guest VM=library:PATH [ARGUMENT ...]` and `--guest VM=connect:unix:PATH`: the user's code in the place of a file's guest program.
#include <set>
#include <string>
#include <vector>

#include "scenarios/load/scenario.h"

namespace glacis {

// Puts them into every scenario, and returns the VMs. A library that is given no arguments is called as the file calls its own
// program: the program's name, then its arguments. Throws base::UserError for what is wrong.
std::set<std::string> replace_guests(std::vector<load::Scenario>& scenarios, const std::vector<std::string>& guests);

// "vm0=attest-and-run", "vm0=library:PATH ARGUMENT", "vm0=connect:unix:PATH": the guests of a machine that no file names.
std::vector<load::Thread> guests_of(const std::vector<std::string>& guests);

// The files; for a folder, all .yaml files in it.
std::vector<std::string> files_of(const std::vector<std::string>& files_and_folders);

}  // namespace glacis
