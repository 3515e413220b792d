#pragma once
// What a person knows to name at a boundary that carries no messages, for whoever draws attacks: words that the adversary's verbs
// take there. What a run's messages, pages and moments are called, its film tells.
#include <string>
#include <string_view>
#include <vector>

namespace engine {

std::vector<std::string> machine_words();  // of `set` at `machine`
std::vector<std::string> image_parts();    // of `flip` at vm*.image; not each technology has all of them
std::vector<std::string> host_calls(std::string_view technology);  // of `call`, as `cpu0.technology` names who answers
std::vector<std::string> card_registers();   // of `write` and `craft` at a card's configuration space
std::vector<std::string> firmware_words();   // of `write` at a card's flash
std::vector<std::string> slot_words();       // of `hotplug` at a card's slot
std::vector<std::string> disk_fields();      // of `set` at a disk's medium

}  // namespace engine
