// The adversary's verbs on messages: on one that is crossing, and on the far side of a boundary.
#include <algorithm>
#include <utility>

#include "guest/relying_party/messages.h"
#include "platform/base/user_error.h"
#include "scenarios/engine/adversary.h"
#include "scenarios/engine/kit.h"
#include "scenarios/engine/verb_rules.h"

namespace engine {

void Adversary::cannot(const load::Step& step, const std::string& why) const { engine::cannot(world_.run.scenario->file, step, why); }

const trust::Boundary& Adversary::need_far_side(const load::Step& step, const std::string& name) {
  const auto* boundary = world_.find_boundary(name);
  // Of an access only the value crosses there: it says nothing to a far side that takes packets.
  const bool value_only = step.verb.value != "craft" && load::Names{"config * -> *", "mmio *"}.has(name);
  if (!boundary || !boundary->delivers() || value_only)
    cannot(step, "needs a far side, and at `" + name + "` nobody answers for one");
  return *boundary;
}

// Outside of anybody's crossing: the answer comes back to the adversary alone.
void Adversary::deliver(const load::Step& step, const trust::Boundary& at, const trust::Message& message) {
  if (message.reply)
    cannot(step, "delivers to a far side, and a reply has none; put it in the place of another with `replay`");
  if (world_.filming) world_.filming->handed(world_.sim.now(), at, message);
  const auto answer = at.deliver(message);
  if (answer && world_.filming) world_.filming->handed(world_.sim.now(), at, *answer);
  if (!answer) return world_.record.act(step.by.value, "gets no answer to it");
  world_.oracle.seen(at.name(), 0, answer->bytes, world_.sim.now());
  if (has(step, "as")) messages_[text(step, "as")] = *answer;
}

void Adversary::act_on_far_side(Running& running) {
  const auto& step = *running.step;
  const std::string what = text(step, step.verb.value);
  auto& from = step.verb.value == "release" ? held_ : messages_;
  const auto kept = from.find(what);
  if (kept == from.end()) return;  // not yet
  const trust::Message message = kept->second;
  if (step.verb.value == "release") held_.erase(kept);
  const auto& at = need_far_side(step, step.at->value);
  did(running, (step.verb.value == "release" ? "releases " : "injects ") + message.object + " at " + at.name());
  deliver(step, at, message);
}

// The first that matches is held; the second is delivered before it, and it takes the second's place.
bool Adversary::reorder(Running& running, const trust::Boundary& at, trust::Message& message, bool& arrives) {
  const auto& step = *running.step;
  if (message.reply) cannot(step, "acts on requests: who waits for an answer sends nothing else");
  const std::string slot = "reorder at line " + std::to_string(step.pos.line);
  const auto first = held_.find(slot);
  if (first == held_.end()) {
    held_[slot] = message;
    arrives = false;
    acted_ = true;
    world_.record.act(step.by.value, "holds " + message.object + " back until another comes");
    return true;
  }
  const auto second = std::exchange(message, first->second);
  held_.erase(first);
  did(running, "lets " + second.object + " overtake " + message.object);
  deliver(step, need_far_side(step, at.name()), second);
  return true;
}

bool Adversary::act_on_way(Running& running, const trust::Boundary& at, trust::Message& message, bool& arrives) {
  const auto& step = *running.step;
  const auto& verb = step.verb.value;
  if (verb == "drop") {
    arrives = false;
    did(running, "drops " + message.object);
  } else if (verb == "hold") {
    held_[text(step, "as")] = messages_[text(step, "as")] = message;
    world_.oracle.seen(at.name(), 0, message.bytes, world_.sim.now());
    arrives = false;
    did(running, "holds " + message.object);
  } else if (verb == "delay") {
    if (!at.can_wait()) cannot(step, "finds nobody who waits at `" + at.name() + "`");
    did(running, "delays " + message.object);
    at.wait(number(step, verb, 0));
  } else if (verb == "duplicate") {
    const auto& there = need_far_side(step, at.name());
    if (message.reply) return false;
    did(running, "delivers " + message.object + " twice");
    deliver(step, there, message);
  } else if (verb == "reorder") {
    return reorder(running, at, message, arrives);
  } else if (verb == "redirect") {
    if (message.reply) return false;
    const auto& there = need_far_side(step, text(step, verb));
    (void)need_far_side(step, at.name());
    message.to = &there;
    did(running, "leads " + message.object + " to " + there.name());
  } else if (verb == "truncate") {
    message.bytes.resize(message.bytes.size() - std::min<std::size_t>(message.bytes.size(), number(step, "bytes", 1)));
    did(running, "cuts " + message.object + " short");
  } else if (verb == "extend") {
    const std::uint64_t more = number(step, "bytes", 1);
    if (more > kExtendBytesMax) cannot(step, "adds at most " + std::to_string(kExtendBytesMax) + " bytes");
    message.bytes.resize(message.bytes.size() + more, static_cast<std::uint8_t>(number(step, "value", 0)));
    did(running, "appends to " + message.object);
  } else {
    return false;
  }
  return true;
}

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
    for (std::size_t i = 0; message.schema && !text(step, "keep", i).empty(); ++i) {
      const std::string& keep = text(step, "keep", i);  // a field stays what it was
      const auto from = message.schema->find(original, keep), to = message.schema->find(message.bytes, keep);
      if (from && to && from->size == to->size)
        std::copy_n(original.begin() + static_cast<std::ptrdiff_t>(from->offset), from->size,
                    message.bytes.begin() + static_cast<std::ptrdiff_t>(to->offset));
    }
    did(running, "replays " + what + " in the place of " + message.object);
  } else if (verb == "interrupt") {
    return raise(running, at, message);
  } else if (verb == "craft") {
    return craft_in_place(running, message);
  } else if (verb == "relay") {
    return relay(running, message);
  } else if (verb == "answer") {
    return answer(running, at, message);
  } else if (verb == "impersonate") {
    return impersonate(running, at, message);
  } else if (verb == "forge") {
    return forge(running, message);
  } else if (verb == "flip") {
    if (message.bytes.empty()) return false;
    std::size_t byte = number(step, "byte", 0);
    if (message.schema && !what.empty())
      if (const auto span = message.schema->find(message.bytes, what)) byte = span->offset + number(step, "bit", 0) / 8;
    if (byte >= message.bytes.size()) return false;
    message.bytes[byte] ^= static_cast<std::uint8_t>(1u << number(step, "bit", 0) % 8);
    did(running, "flips a bit of " + message.object);
  } else if (verb == "set" && what == "content") {
    message.bytes = bytes_said(step);
    did(running, "puts another content into " + message.object);
  } else if (verb == "set") {
    if (!message.schema) return false;
    const auto span = message.schema->find(message.bytes, what);
    if (!span) return false;
    if (has(step, "to") || has(step, "text")) return set_bytes(running, message, *span);
    std::uint64_t value = number(step, "value", 0);
    if (const auto kept = messages_.find(text(step, "from")); kept != messages_.end() && kept->second.schema) {
      const auto source = kept->second.schema->find(kept->second.bytes, text(step, "field"));
      if (!source || source->size != span->size) return false;
      std::copy_n(kept->second.bytes.begin() + static_cast<std::ptrdiff_t>(source->offset), span->size,
                  message.bytes.begin() + static_cast<std::ptrdiff_t>(span->offset));
      did(running, "sets " + what + " of " + message.object + " to that of " + text(step, "from"));
      return true;
    }
    if (message.schema->set_number)
      if (auto altered = message.schema->set_number(message.bytes, what, value)) {
        message.bytes = std::move(*altered);
        did(running, "sets " + what + " of " + message.object);
        return true;
      }
    // In the field's own byte order. What is wider than a number is bytes: the number first, little-endian, zeroes behind.
    if (!wire::set_number(message.bytes, *span, value))
      for (std::size_t i = 0; i < span->size && span->offset + i < message.bytes.size(); ++i)
        message.bytes[span->offset + i] = i < 8 ? static_cast<std::uint8_t>(value >> (8 * i)) : 0;
    did(running, "sets " + what + " of " + message.object);
  } else {
    return act_on_way(running, at, message, arrives);
  }
  return true;
}

// `to` in hexadecimal, `text` as it stands.
base::Bytes Adversary::bytes_said(const load::Step& step) const {
  if (has(step, "text")) return base::bytes_of(std::string_view(text(step, "text")));
  const auto to = base::from_hex(text(step, "to"));
  if (!to) cannot(step, "wants `to` in hexadecimal, two digits a byte");
  return *to;
}

// The field's whole new content. Only where strings have no fixed length may it be of another.
bool Adversary::set_bytes(Running& running, trust::Message& message, const wire::FieldSpan& span) {
  const auto& step = *running.step;
  const std::string& what = text(step, step.verb.value);
  const auto to = bytes_said(step);
  if (message.schema->set_bytes != nullptr) {
    auto altered = message.schema->set_bytes(message.bytes, what, to);
    if (!altered) return false;
    message.bytes = std::move(*altered);
  } else {
    if (to.size() != span.size || span.offset + span.size > message.bytes.size()) return false;
    std::copy(to.begin(), to.end(), message.bytes.begin() + static_cast<std::ptrdiff_t>(span.offset));
  }
  did(running, "sets " + what + " of " + message.object);
  return true;
}

// Two sessions: the owner's with the adversary, and the adversary's with a machine of its own.
// What the forger shows beside its own key; nothing: there is nothing to show.
bool Adversary::present(Running& running, trust::Message& message, const std::string& told,
                        const std::function<std::optional<Counterfeit>(const relying_party::Evidence&, const base::Block<64>&)>& make) {
  const auto genuine = wire::decode<relying_party::Evidence>(message.bytes);
  if (!genuine) return false;
  Forger forger(world_.run.seed);
  auto shown = make(*genuine, forger.binding(genuine->nonce));
  if (!shown) return false;
  message.bytes = wire::encode(forger.present(*genuine, std::move(*shown)));
  forger_.emplace(std::move(forger));
  did(running, told + message.object);
  return true;
}

bool Adversary::relay(Running& running, trust::Message& message) {
  const std::string chip = text(*running.step, "to");
  if (chip == world_.chip_name) cannot(*running.step, "has another machine answer, and " + chip + " is this one's");
  return present(running, message, "has a machine with " + chip + " answer the challenge, and hands on its ",
                 [&](const auto& genuine, const auto& binding) { return world_.kit->attest_elsewhere(chip, genuine, binding); });
}

bool Adversary::forge(Running& running, trust::Message& message) {
  const auto& step = *running.step;
  const auto says = [&](const char* arg, std::string_view value) { return text(step, arg) == value; };
  Forgery forgery{.key = says("key", "leaked") ? Forgery::Key::kLeaked : Forgery::Key::kOwn,
                  .root = says("root", "own") ? Forgery::Root::kOwn : Forgery::Root::kVendor,
                  .old_tcb = says("tcb", "old")};
  if (says("intermediate", "retired")) forgery.intermediate = Forgery::Intermediate::kRetired;
  if (has(step, "chip")) forgery.chip = text(step, "chip");
  forgery.claimed_chip = has(step, "claimed-chip") ? text(step, "claimed-chip") : forgery.chip;
  forgery.claims_old_tcb = has(step, "claimed-tcb") ? says("claimed-tcb", "old") : forgery.old_tcb;
  return present(running, message, "answers the challenge itself, in the place of ",
                 [&](const auto& genuine, const auto& binding) { return world_.kit->forge(forgery, genuine, binding); });
}

}  // namespace engine
