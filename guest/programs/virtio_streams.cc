// Guests of the devices that pass bytes, and one that looks after its slots.
#include <memory>

#include "guest/programs/programs.h"
#include "guest/virtio/card.h"
#include "guest/virtio/disk.h"
#include "guest/virtio/streams.h"
#include "platform/crypto/hash.h"

namespace programs {

namespace {

constexpr std::uint64_t kPage = 4096;
constexpr std::size_t kSeed = 32, kNonce = 16, kProof = 32;
constexpr unsigned kSeedBits = 256;
constexpr std::uint32_t kAgentPort = 9000;

std::string line_of(const std::optional<base::Bytes>& typed) {
  std::string text = typed ? base::text_of(*typed) : "";
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  return text;
}

// What a key is made of, and how much of that counts. What counts is the secret.
class Pool {
 public:
  explicit Pool(abi::Guest& guest) : guest_(guest) {}
  void mix(base::View bytes, unsigned credit) {
    base::append(inputs_, bytes);
    if (credit == 0) return;
    credit_ += credit;
    guest_.secret(("seed" + std::to_string(credit_)).c_str(), bytes);
  }
  bool ready() const { return credit_ >= kSeedBits; }
  base::Block<32> key() const { return crypto::sha256(inputs_); }

 private:
  abi::Guest& guest_;
  base::Bytes inputs_;
  unsigned credit_ = 0;
};

}  // namespace

// virtio-rng-key SLOT
void virtio_rng_key(abi::Guest& guest, const std::vector<std::string>& args) {
  virtio_guest::Transport transport(guest, args.empty() ? "rng0" : args[0]);
  virtio_guest::Stream source(transport);
  if (transport.find() != virtio::Type::kEntropy || !source.start(0)) return guest.ends("no-device");
  Pool pool(guest);
  const auto feed = [&] {
    const auto bytes = source.receive(kSeed);
    if (!bytes) return false;
    pool.mix(*bytes, guest.defend("guest.entropy.no-credit", false) ? static_cast<unsigned>(8 * bytes->size()) : 0);
    return true;
  };
  if (!feed()) return guest.ends("no-entropy");
  if (!pool.ready()) pool.mix(guest.random(kSeed), kSeedBits);
  const auto key = pool.key();
  const auto own = guest.alloc("key", kPage);
  guest.secret("key", key);
  guest.write(own, key);
  guest.moment("made");
  if (!feed()) return guest.ends("no-entropy");
  guest.ends("key-made");
}

// virtio-console SLOT
void virtio_console(abi::Guest& guest, const std::vector<std::string>& args) {
  virtio_guest::Transport transport(guest, args.empty() ? "console0" : args[0]);
  virtio_guest::Stream console(transport);
  if (transport.find() != virtio::Type::kConsole || !console.start(1)) return guest.ends("no-device");
  const auto password = guest.image_file("operator-password");
  if (!password) return guest.ends("no-policy");
  guest.secret("password", *password);
  const auto print = [&](std::string_view text) { return console.send(base::view_of(text)); };
  if (!print("the guest is up\n")) return guest.ends("no-console");
  guest.moment("printed");
  if (guest.defend("guest.console.no-login", false)) {
    print("login: ");
    const auto name = line_of(console.receive());
    print("password: ");
    const auto typed = line_of(console.receive());
    const bool right = name == "root" && typed == base::text_of(*password);
    if (right) guest.guard("login", true);
    print(right ? "welcome\n" : "wrong\n");
  }
  guest.ends("console-done");
}

// virtio-vsock SLOT
void virtio_vsock(abi::Guest& guest, const std::vector<std::string>& args) {
  virtio_guest::Transport transport(guest, args.empty() ? "vsock0" : args[0]);
  virtio_guest::Socket socket(transport, kAgentPort);
  if (transport.find() != virtio::Type::kSocket || !socket.connect()) return guest.ends("no-device");
  const auto key = guest.image_file("agent-key");
  const auto nonce = guest.random(kNonce);
  const auto order = key && socket.send(nonce) ? socket.receive() : std::nullopt;
  if (!order || order->size() <= kProof) return guest.ends("no-order");
  const base::View text = base::View(*order).first(order->size() - kProof), proof = base::View(*order).last(kProof);
  base::Bytes covered = nonce;
  base::append(covered, text);
  const auto right = crypto::hmac_sha256(*key, covered);
  const bool of_owner = std::equal(proof.begin(), proof.end(), right.begin(), right.end());
  if (!guest.defend("guest.vsock.proof", of_owner)) return guest.ends("order-refused");
  guest.guard("carries out an order", of_owner);
  guest.ends("order-done");
}

// virtio-slots SLOT...
void virtio_slots(abi::Guest& guest, const std::vector<std::string>& args) {
  std::vector<std::unique_ptr<virtio_guest::Transport>> driven;
  for (int look = 0; look < 2; ++look) {
    for (const auto& slot : args) {
      const bool known = std::any_of(driven.begin(), driven.end(), [&](const auto& one) { return one->slot() == slot; });
      auto transport = std::make_unique<virtio_guest::Transport>(guest, slot);
      const auto type = known ? std::nullopt : transport->find();
      if (!type) continue;
      if (*type == virtio::Type::kBlock) (void)virtio_guest::Disk(*transport).start();
      else if (*type == virtio::Type::kNet) (void)virtio_guest::Card(*transport).start();
      else (void)virtio_guest::Stream(*transport).start(*type == virtio::Type::kEntropy ? 0 : 1);
      driven.push_back(std::move(transport));
    }
    guest.moment("settled");
  }
  guest.ends("settled");
}

}  // namespace programs
