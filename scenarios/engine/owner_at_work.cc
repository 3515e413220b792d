#include "scenarios/engine/owner_at_work.h"

#include <algorithm>

#include "guest/config/cloud_config.h"
#include "guest/relying_party/services.h"
#include "guest/relying_party/tls_door.h"
#include "scenarios/engine/world.h"

namespace engine {

namespace {

namespace rp = relying_party;

// The second one takes back a key of the first one.
std::vector<rp::Published> configurations() {
  const std::string first = "#cloud-config\nssh_authorized_keys:\n  - ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK2nGQ1dMmVdHcQb8sF0 admin@owner\n";
  return {{0, first + "  - ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJp0vX7uYbQmR4tWk2Zc visitor@owner\n"}, {60 * sim::kSecond, first}};
}

crypto::EcKey key_of(crypto::Curve curve, std::string_view name) { return crypto::EcKey::derive(curve, base::bytes_of("owner"), name); }

crypto::Certificate certificate(crypto::Library& library, const char* subject, const crypto::EcKey& key, const crypto::EcKey& issuer, int from,
                                int until, std::uint8_t serial, bool authority) {
  crypto::CertificateContent content;
  content.serial = {serial};
  content.subject = {subject, "Glacis emulated owner"};
  content.issuer = {"Owner Root", "Glacis emulated owner"};
  content.not_before = crypto::calendar_time(from, 1, 1);
  content.not_after = crypto::calendar_time(until, 1, 1);
  content.public_key = crypto::public_key_info(key.public_point());
  content.extensions = {crypto::basic_constraints(authority), authority ? crypto::key_usage_authority() : crypto::key_usage_signature()};
  return crypto::issue(content, library, {.actor = "owner", .purpose = "issue", .count = serial}, issuer);
}

// His server, for guests that come by TLS.
struct Server {
  crypto::EcKey root_key = key_of(crypto::Curve::kP384, "root");
  crypto::Certificate root;
  rp::ServerIdentity identity, former;
  base::Bytes book;  // what guests put last
  rp::TlsDoor door;

  explicit Server(crypto::Library& library)
      : root(certificate(library, "Owner Root", root_key, root_key, 2020, 2040, 1, true)), identity(issued(library, "server", 2026, 2027, 3)),
        former(issued(library, "former server", 2024, 2025, 2)),
        door(library, "owner.tls", identity, [this](base::View question) { return answer(question); }) {}

  rp::ServerIdentity issued(crypto::Library& library, std::string_view name, int from, int until, std::uint8_t serial) {
    const auto key = key_of(crypto::Curve::kP256, name);
    return {{certificate(library, "owner0", key, root_key, from, until, serial, false)}, key};
  }
  base::Bytes answer(base::View question) {
    if (!question.empty() && question.front() == static_cast<std::uint8_t>(rp::BookCall::kPut)) {
      book = base::bytes_of(question.subspan(1));
      return {static_cast<std::uint8_t>(rp::BookAnswer::kKept)};
    }
    base::Bytes out{static_cast<std::uint8_t>(rp::BookAnswer::kText)};
    base::append(out, book);
    return out;
  }
};

}  // namespace

struct OwnerAtWork::State {
  World& world;
  sim::Random random;
  rp::Services services;
  std::unique_ptr<Server> server;  // made when it is wanted: certificates take their time

  explicit State(World& w)
      : world(w), random(w.run.seed, "owner.services"),
        services(w.owner_secret, configurations(), [this](std::size_t size) { return draw(size); }, w.defences) {}

  Server& at_door() {
    if (!server) server = std::make_unique<Server>(world.library);
    return *server;
  }
  base::Bytes draw(std::size_t size) {
    base::Bytes out(size);
    random.fill(out);
    return out;
  }
};

OwnerAtWork::OwnerAtWork(World& world) : state_(std::make_unique<State>(world)) {}
OwnerAtWork::~OwnerAtWork() = default;

bool OwnerAtWork::takes(base::View message) { return rp::Services::takes(message) || rp::TlsDoor::takes(message); }

std::string OwnerAtWork::object_of(base::View message) {
  const auto type = rp::type_of(message);
  return type == rp::MessageType::kTls ? "TLS" : type == rp::MessageType::kPlain ? "PLAIN" : "SERVICE";
}

base::Bytes OwnerAtWork::receive(base::View message) {
  if (rp::TlsDoor::takes(message)) return state_->at_door().door.receive(message);
  return state_->services.receive(message, {.at = state_->world.sim.now(), .calendar = calendar()});
}

const base::Bytes& OwnerAtWork::root_certificate() const { return state_->at_door().root.to_der(); }
const rp::ServerIdentity& OwnerAtWork::former() const { return state_->at_door().former; }
const std::string& OwnerAtWork::config() const { return state_->services.config(state_->world.sim.now()); }

bool OwnerAtWork::lets_in(const std::string& key) const {
  const auto now = config::cloud_config_of(config());
  return now && std::find(now->ssh_authorized_keys.begin(), now->ssh_authorized_keys.end(), key) != now->ssh_authorized_keys.end();
}

}  // namespace engine
