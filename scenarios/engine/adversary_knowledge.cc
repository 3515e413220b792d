// What the adversary has put by, told to those who watch.
#include "scenarios/engine/adversary.h"
#include "scenarios/engine/device_bay.h"
#include "scenarios/engine/host_driver.h"
#include "scenarios/engine/owner_impostor.h"

namespace engine {

namespace {
std::string bytes(std::size_t count) { return std::to_string(count) + " bytes"; }
}  // namespace

std::vector<Adversary::Holding> Adversary::holdings() const {
  std::vector<Holding> out;
  for (const auto& [name, kept] : kept_) out.push_back({"kept bytes", name, bytes(kept.bytes.size())});
  for (const auto& [name, message] : messages_)
    out.push_back({"kept message", name, message.object + ", " + bytes(message.bytes.size())});
  for (const auto& [name, message] : held_)
    out.push_back({"withheld message", name, message.object + ", " + bytes(message.bytes.size())});
  for (const auto& [name, blocks] : blocks_) out.push_back({"kept blocks", name, std::to_string(blocks.size()) + " blocks"});
  for (const auto& [where, page] : taken_)
    for (const auto& vm : world_.vms)
      for (const auto& [name, gpa] : vm->pages)
        if (vm->name == where.first && gpa == where.second)
          out.push_back({"page out of the tables", vm->name + ".page." + name, "until its guest touches it"});
  if (forger_) out.push_back({"key", "forger's channel key", "both halves"});
  if (impostor_) out.push_back({"device", impostor_->name(), "of his own, in its place"});
  if (owner_impostor_) out.push_back({"service", "owner", "of his own, in the owner's place"});
  return out;
}

}  // namespace engine
