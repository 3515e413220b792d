#pragma once
// Runs one attack on one platform. A run is a function of its arguments: no file, clock or environment is read here.
#include <memory>
#include <string>
#include <vector>

#include "platform/crypto/calendar_time.h"
#include "scenarios/engine/outside.h"
#include "scenarios/engine/outside_guest.h"
#include "scenarios/engine/verdict.h"
#include "scenarios/load/machine.h"
#include "scenarios/load/scenario.h"
#include "scenarios/load/vocabulary.h"

namespace engine {

struct Run {
  const load::Scenario* scenario = nullptr;
  std::size_t variant = 0;
  const load::Machine* machine = nullptr;       // with the platform and the profile laid over
  std::string platform;                         // decides only which steps a file keeps for it
  std::uint64_t seed = 1;
  std::vector<std::string> lift;                // defence ids
  std::map<std::string, std::string> set;       // part.setting -> value, over the machine's
  bool attack = true;                           // false: the honest run of the same file
  bool afterwards = false;                      // then the attack stops, and the file's honest retry is played
  std::vector<std::string> weather;             // honest disturbances laid over the run
  bool film = false;                            // keep every message and what is true of the machine
  bool capture = false;                         // keep what arrives at mailboxes and on links
  std::shared_ptr<const Outside> outside{};     // what the machine names and only a command can reach
  OpenGuest open_guest{};                       // for guest programs outside
  OpenTpm open_tpm{};                           // for machines with TPMs
};

// Throws base::UserError for a name or a value that only the assembled machine can refuse.
Verdict run(const Run& run);

// What an owner's calendar shows in every run.
crypto::CalendarTime calendar();

// Everything that files may name. The lists are written out where the rooms are put together.
const load::Vocabulary& vocabulary();
const load::MachineVocabulary& machine_vocabulary();
const std::vector<const trust::Defence*>& all_defences();  // sorted by id

struct Named {
  std::string name;
  std::string about;  // one line
};
const std::vector<Named>& platforms();
const std::vector<Named>& programs();
const std::vector<Named>& verbs();
const std::vector<Named>& boundaries();
const std::vector<Named>& positions();
const std::vector<Named>& promises();
const std::vector<Named>& weathers();

}  // namespace engine
