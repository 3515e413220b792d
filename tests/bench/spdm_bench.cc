// Setting an SPDM session up, our requester against our responder in memory: GET_VERSION to ALGORITHMS, digests, the
// chain of slot 0, all measurements with their signature, KEY_EXCHANGE and FINISH. Beside it the same public-key
// operations as OpenSSL's EVP interface does them, with keys at hand and nothing around them: 2 ephemeral keys, 2
// signatures (KEY_EXCHANGE_RSP, MEASUREMENTS), 2 verifications of them, 2 key agreements, each with the check of the
// peer's point that EVP_PKEY_derive_set_peer makes by default. Whether the chain is to be trusted is judged elsewhere,
// and is in neither.
//
// Nothing is remembered from one session to the next (crypto/memo.h): each has a device, certificates and random
// numbers of its own, made before the clock runs; and the count of remembered operations is checked.
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>

#include <memory>
#include <string>

#include "devices/identity/firmware.h"
#include "devices/responder/responder.h"
#include "platform/base/check.h"
#include "platform/crypto/memo.h"
#include "platform/requester/spdm.h"
#include "platform/sim/random.h"
#include "tests/bench/row.h"
#include "tests/bench/turns.h"

namespace bench {
namespace {

constexpr int kRounds = 25;
constexpr int kSessions = 4;  // in one round
constexpr double kTarget = 1.1;
constexpr std::uint64_t kOperations = 8;

// All of it on one curve: a responder chooses P-384 where it is offered.
requester::Settings settings_of(crypto::Curve curve) {
  requester::Settings settings;
  const bool small = curve == crypto::Curve::kP256;
  settings.offer.base_asym = small ? spdm::kAsymEcdsaP256 : spdm::kAsymEcdsaP384;
  settings.offer.base_hash = small ? spdm::kHashSha256 : spdm::kHashSha384;
  settings.offer.dhe = small ? spdm::kDheSecp256r1 : spdm::kDheSecp384r1;
  return settings;
}

// A device and a requester that have never met.
struct Meeting {
  Meeting(crypto::Curve curve, std::uint64_t seed)
      : library(seed),
        device({}, identity::provisioned({}, {.curve = curve}, seed, library),
               identity::firmware_of("bench", "1.0.0", 1), library, defences, seed, "gpu0"),
        random(seed, "bench.spdm"),
        requester(settings_of(curve), [this](std::span<std::uint8_t> out) { random.fill(out); }, defences, "bench") {}

  void set_up() {
    const auto carry = [this](const requester::Message& message) -> std::optional<requester::Message> {
      auto answer = message.secured ? device.receive_secured(message.bytes) : device.receive(message.bytes);
      if (!answer) return std::nullopt;
      return requester::Message{.bytes = *std::move(answer), .secured = message.secured};
    };
    const requester::Goal goals[] = {requester::Connect{}, requester::ReadCertificates{.slots = 1},
                                     requester::Measure{}, requester::OpenSession{}};
    for (const requester::Goal& goal : goals)
      base::check(static_cast<bool>(requester.run(goal, carry)), "the device and the requester agree");
    base::check(requester.in_session(), "a session is open");
  }

  trust::Defences defences;
  crypto::Library library;
  responder::Responder device;
  sim::Random random;
  requester::Spdm requester;
};

// The same operations by OpenSSL alone.
class Floor {
 public:
  explicit Floor(crypto::Curve curve)
      : digest_size_(crypto::width_of(curve)),
        nid_(curve == crypto::Curve::kP256 ? NID_X9_62_prime256v1 : NID_secp384r1) {
    maker_.reset(EVP_PKEY_CTX_new_id(EVP_PKEY_EC, nullptr));
    base::check(EVP_PKEY_keygen_init(maker_.get()) == 1 &&
                    EVP_PKEY_CTX_set_ec_paramgen_curve_nid(maker_.get(), nid_) == 1,
                "OpenSSL makes such keys");
    leaf_ = make();
  }

  void set_up() {
    const Key ours = make(), theirs = make();
    agree(ours, theirs);
    agree(theirs, ours);
    for (int i = 0; i < 2; ++i) sign_then_verify(static_cast<std::uint8_t>(++signed_));
  }

 private:
  template <auto kFree>
  struct Free {
    template <class T>
    void operator()(T* it) const { kFree(it); }
  };
  using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
  using Context = std::unique_ptr<EVP_PKEY_CTX, Free<EVP_PKEY_CTX_free>>;

  Key make() {
    EVP_PKEY* key = nullptr;
    base::check(EVP_PKEY_keygen(maker_.get(), &key) == 1, "a key is made");
    return Key(key);
  }
  void agree(const Key& own, const Key& peer) {
    const Context context(EVP_PKEY_CTX_new(own.get(), nullptr));
    std::uint8_t secret[66];
    std::size_t size = sizeof secret;
    base::check(EVP_PKEY_derive_init(context.get()) == 1 && EVP_PKEY_derive_set_peer(context.get(), peer.get()) == 1 &&
                    EVP_PKEY_derive(context.get(), secret, &size) == 1,
                "two keys agree");
  }
  void sign_then_verify(std::uint8_t value) {
    const base::Bytes digest(digest_size_, value);
    std::uint8_t der[160];
    std::size_t size = sizeof der;
    const Context signer(EVP_PKEY_CTX_new(leaf_.get(), nullptr));
    base::check(EVP_PKEY_sign_init(signer.get()) == 1 &&
                    EVP_PKEY_sign(signer.get(), der, &size, digest.data(), digest.size()) == 1,
                "a digest is signed");
    const Context verifier(EVP_PKEY_CTX_new(leaf_.get(), nullptr));
    base::check(EVP_PKEY_verify_init(verifier.get()) == 1 &&
                    EVP_PKEY_verify(verifier.get(), der, size, digest.data(), digest.size()) == 1,
                "a signature fits");
  }

  std::size_t digest_size_;
  int nid_;
  Context maker_;
  Key leaf_;
  unsigned signed_ = 0;
};

Row session_row(const std::string& name, crypto::Curve curve, std::uint64_t seed) {
  Floor floor(curve);
  std::vector<std::unique_ptr<Meeting>> meetings;
  const auto meet = [&] {
    meetings.clear();
    for (int i = 0; i < kSessions; ++i) meetings.push_back(std::make_unique<Meeting>(curve, seed++));
    // Its library is made on first use, once for each world.
    for (auto& meeting : meetings) meeting->library.context();
  };
  const auto ours = [&] {
    const std::uint64_t before = crypto::memo_misses();
    for (auto& meeting : meetings) meeting->set_up();
    base::check(crypto::memo_misses() - before == kSessions * kOperations,
                "every operation was computed, and no other");
  };
  const auto theirs = [&] {
    for (int i = 0; i < kSessions; ++i) floor.set_up();
  };
  const Turns turns = in_turns(kRounds, ours, theirs, meet);
  return {name, 1e3 * turns.ours / kSessions, 1e3 * turns.baseline / kSessions, turns.ratio, "ms", "<= 1.1x dearer",
          turns.ratio <= kTarget, "messages, transcripts and certificates cost a twentieth of a millisecond besides"};
}

}  // namespace

void spdm_rows(std::vector<Row>& rows) {
  rows.push_back(session_row("SPDM session P-384 / its public keys", crypto::Curve::kP384, 1'000'000));
  rows.push_back(session_row("SPDM session P-256 / its public keys", crypto::Curve::kP256, 2'000'000));
}

}  // namespace bench
