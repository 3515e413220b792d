// The adversary's verbs on messages.
#include <algorithm>
#include <utility>

#include "scenarios/engine/adversary.h"
#include "scenarios/engine/elsewhere.h"

namespace engine {

bool Adversary::act_on_message(Running& running, const trust::Boundary& at, trust::Message& message, bool& arrives) {
  const auto& step = *running.step;
  const auto& verb = step.verb.value;
  const std::string what = text(step, verb);
  const std::string way = text(step, "way");  // request or reply; both when unsaid
  if (way == "reply" && !message.reply) return false;
  if (way == "request" && message.reply) return false;
  begin();
  if (verb == "read") {
    world_.oracle.seen(at.name(), 0, message.bytes, world_.sim.now());
    did(running, "reads " + message.object + " at " + at.name());
  } else if (verb == "record") {
    messages_[text(step, "as")] = message;
    world_.oracle.seen(at.name(), 0, message.bytes, world_.sim.now());
    did(running, "keeps " + message.object);
  } else if (verb == "replay") {
    const auto kept = messages_.find(what);
    if (kept == messages_.end()) return false;
    const base::Bytes original = std::exchange(message.bytes, kept->second.bytes);
    const std::string keep = text(step, "keep");  // one field stays what it was
    if (!keep.empty() && message.schema) {
      const auto from = message.schema->find(original, keep), to = message.schema->find(message.bytes, keep);
      if (from && to && from->size == to->size)
        std::copy_n(original.begin() + static_cast<std::ptrdiff_t>(from->offset), from->size, message.bytes.begin() + static_cast<std::ptrdiff_t>(to->offset));
    }
    did(running, "replays " + what + " in the place of " + message.object);
  } else if (verb == "relay") {
    return relay(running, message);
  } else if (verb == "forge") {
    return forge(running, message);
  } else if (verb == "drop") {
    arrives = false;
    did(running, "drops " + message.object);
  } else if (verb == "flip") {
    if (message.bytes.empty()) return false;
    std::size_t byte = number(step, "byte", 0);
    if (message.schema && !what.empty())
      if (const auto span = message.schema->find(message.bytes, what)) byte = span->offset + number(step, "bit", 0) / 8;
    if (byte >= message.bytes.size()) return false;
    message.bytes[byte] ^= static_cast<std::uint8_t>(1u << number(step, "bit", 0) % 8);
    did(running, "flips a bit of " + message.object);
  } else if (verb == "set") {
    if (!message.schema) return false;
    const auto span = message.schema->find(message.bytes, what);
    if (!span) return false;
    const std::uint64_t value = number(step, "value", 0);
    for (std::size_t i = 0; i < span->size && span->offset + i < message.bytes.size(); ++i)
      message.bytes[span->offset + i] = i < 8 ? static_cast<std::uint8_t>(value >> (8 * i)) : 0;
    did(running, "sets " + what + " of " + message.object);
  } else {
    return false;
  }
  return true;
}

// Two sessions: the owner's with the adversary, and the adversary's with a machine of its own.
bool Adversary::relay(Running& running, trust::Message& message) {
  const auto genuine = wire::decode<relying_party::Evidence>(message.bytes);
  if (!genuine || world_.settings.technology != "sev-snp") return false;
  const std::string chip = text(*running.step, "to");
  Forger forger({}, world_.settings.psp.product, world_.run.seed, world_.library);
  Elsewhere elsewhere(world_, chip);
  const auto made = elsewhere.report(forger.binding(genuine->nonce));
  if (!made) return false;
  message.bytes = wire::encode(forger.present(*genuine, made->report, made->certificates));
  forger_.emplace(std::move(forger));
  did(running, "has a machine with " + chip + " answer the challenge, and hands on its " + message.object);
  return true;
}

bool Adversary::forge(Running& running, trust::Message& message) {
  const auto& step = *running.step;
  const auto genuine = wire::decode<relying_party::Evidence>(message.bytes);
  if (!genuine) return false;
  const auto says = [&](const char* arg, std::string_view value) { return text(step, arg) == value; };
  Forgery forgery{.key = says("key", "leaked") ? Forgery::Key::kLeaked : Forgery::Key::kOwn,
                  .root = says("root", "own") ? Forgery::Root::kOwn : Forgery::Root::kVendor,
                  .old_tcb = says("tcb", "old")};
  if (says("intermediate", "retired")) forgery.intermediate = Forgery::Intermediate::kRetired;
  if (has(step, "chip")) forgery.chip = text(step, "chip");
  forgery.claimed_chip = has(step, "claimed-chip") ? text(step, "claimed-chip") : forgery.chip;
  forgery.claims_old_tcb = has(step, "claimed-tcb") ? says("claimed-tcb", "old") : forgery.old_tcb;
  Forger forger(forgery, world_.settings.psp.product, world_.run.seed, world_.library);
  const auto forged = forger.forge(*genuine);
  if (!forged) return false;
  message.bytes = wire::encode(*forged);
  forger_.emplace(std::move(forger));
  did(running, "answers the challenge itself, in the place of " + message.object);
  return true;
}

}  // namespace engine
