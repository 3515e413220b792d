#pragma once
// Reads a machine file with all that it is composed of. A file's own lines are laid over the files under `using:`,
// later files over earlier ones; the platform's file, machines/platforms/<platform>.yaml, is laid over everything.
//
//   machine: One accelerator behind a root port
//   using: bare-vm.yaml                            # one or a list, relative to this file
//   gpu0: { is: accelerator, at: rp0, memory: 16MiB }
//   every: { cpu: { ciphertext-hiding: enabled } }  # laid over each part of that kind, if there is any
//
// A line that repeats a part's name changes its attributes, never what it is.
#include <functional>
#include <map>
#include <string>

#include "scenarios/load/machine.h"
#include "scenarios/load/scenario.h"
#include "scenarios/load/vocabulary.h"

namespace load {

inline constexpr std::size_t kMachineFilesMax = 64;

// The text of a file by its normal path; none: it is read from where it lies.
using ReadFile = std::function<std::string(const std::string& path)>;

// `root` is the folder that holds machines/; `path` is relative to it. `platform` is "" where the machine has its own.
Machine load_machine(const std::string& root, const std::string& path, const std::string& platform,
                     const MachineVocabulary& vocabulary, const ReadFile& read = {});

// Lays a scenario's `set:` over the machine: part.attribute -> value.
void lay_settings(Machine& machine, const std::map<std::string, Text>& set, const std::string& file,
                  const MachineVocabulary& vocabulary);

}  // namespace load
