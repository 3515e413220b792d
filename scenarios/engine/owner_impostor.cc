#include "scenarios/engine/owner_impostor.h"

#include "guest/relying_party/tls_door.h"
#include "scenarios/engine/adversary.h"
#include "scenarios/engine/owner_at_work.h"

namespace engine {

namespace rp = relying_party;

struct OwnerImpostor::State {
  crypto::Library library;
  rp::ServerIdentity identity;
  base::Bytes told;
  rp::TlsDoor tls;
  trust::Boundary door{"impostor of owner0"};

  State(World& world, bool leaked_key)
      : library(world.run.seed), identity(leaked_key ? world.owner_at_work->former() : own()),
        tls(library, "impostor", identity, [this, &world](base::View question) { return answer(world, question); }) {
    door.leads_to([this](const trust::Message& message) -> std::optional<trust::Message> {
      if (!rp::TlsDoor::takes(message.bytes)) return std::nullopt;
      return trust::Message{.object = "ANSWER", .bytes = tls.receive(message.bytes), .reply = true};
    });
  }
  // The name is the owner's, as anybody may write it; the key is not.
  rp::ServerIdentity own() {
    const auto key = crypto::EcKey::derive(crypto::Curve::kP256, base::bytes_of("adversary"), "server");
    crypto::CertificateContent content;
    content.serial = {9};
    content.subject = {"owner0", "Glacis emulated owner"};
    content.issuer = {"Owner Root", "Glacis emulated owner"};
    content.not_before = crypto::calendar_time(2020, 1, 1);
    content.not_after = crypto::calendar_time(2040, 1, 1);
    content.public_key = crypto::public_key_info(key.public_point());
    return {{crypto::issue(content, library, {.actor = "impostor", .purpose = "issue"}, key)}, key};
  }
  base::Bytes answer(World& world, base::View question) {
    if (question.empty()) return {};
    world.oracle.seen("impostor", 0, question.subspan(1), world.sim.now());
    if (question.front() == static_cast<std::uint8_t>(rp::BookCall::kPut)) {
      told = base::bytes_of(question.subspan(1));
      return {static_cast<std::uint8_t>(rp::BookAnswer::kKept)};
    }
    base::Bytes out{static_cast<std::uint8_t>(rp::BookAnswer::kText)};
    base::append(out, told);
    return out;
  }
};

OwnerImpostor::OwnerImpostor(World& world, bool leaked_key) : state_(std::make_unique<State>(world, leaked_key)) {}
OwnerImpostor::~OwnerImpostor() = default;
const trust::Boundary& OwnerImpostor::door() const { return state_->door; }

bool Adversary::impersonate_owner(Running& running, trust::Message& message) {
  if (message.reply || !rp::TlsDoor::takes(message.bytes)) return false;
  if (!owner_impostor_) owner_impostor_ = std::make_unique<OwnerImpostor>(world_, text(*running.step, "key") == "leaked");
  message.to = &owner_impostor_->door();
  did(running, "has a program of its own answer for " + text(*running.step, "impersonate"));
  return true;
}

}  // namespace engine
