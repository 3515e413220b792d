// A guest that works with frames of an emulated network card: opens in place what it had sealed, and answers questions.
#include "guest/programs/programs.h"
#include "guest/virtio/card.h"
#include "platform/crypto/aead.h"

namespace programs {

namespace {

constexpr std::uint64_t kPage = 4096;
constexpr std::size_t kNote = 64, kEthernet = 14, kKindAt = kEthernet, kBodyAt = kEthernet + 1;
constexpr int kQuestions = 2;

base::Bytes frame_of(char kind, base::View body) {
  base::Bytes out = {2, 0, 0, 0, 0, 9, 2, 0, 0, 0, 0, 1, 0x88, 0xb5};  // an EtherType for experiments (IEEE 802)
  out.push_back(static_cast<std::uint8_t>(kind));
  base::append(out, body);
  return out;
}

}  // namespace

// virtio-net SLOT
void virtio_net(abi::Guest& guest, const std::vector<std::string>& args) {
  const auto vault = guest.alloc("vault", kPage);
  virtio_guest::Transport transport(guest, args.empty() ? "net0" : args[0]);
  virtio_guest::Card card(transport);
  if (transport.find() != virtio::Type::kNet) return guest.ends("no-device");
  const auto key = guest.random(16), nonce = guest.random(12), note = guest.random(kNote), secret = guest.random(kNote);
  guest.secret("note", note);
  guest.secret("vault", secret);
  const auto failed = [&] {
    transport.give_up();
    guest.ends("net-failed");
  };
  if (!card.start()) return failed();
  guest.write(vault, secret);

  if (!card.send(frame_of('E', crypto::aead_seal(crypto::Aead::kAes128Gcm, key, nonce, {}, note)))) return failed();
  const auto echo = card.receive();
  if (!echo || echo->frame.size() != kBodyAt + kNote + crypto::kAeadTagSize) return failed();
  const auto opened = crypto::aead_open(crypto::Aead::kAes128Gcm, key, nonce, {}, base::View(echo->frame).subspan(kBodyAt));
  if (!opened) return failed();
  guest.write(echo->at + kBodyAt, *opened);
  guest.moment("opened");

  bool answered = true;
  for (int i = 0; i < kQuestions && answered; ++i) {
    answered = card.send(frame_of('P', {}));
    const auto question = answered ? card.receive() : std::nullopt;
    answered = question && question->frame.size() > kBodyAt && question->frame[kKindAt] == 'Q' &&
               card.send(frame_of('R', base::View(question->frame).subspan(kBodyAt)));
    guest.moment("answered");
  }
  guest.promise("integrity", guest.read(echo->at + kBodyAt, kNote) == note);
  guest.promise("integrity", guest.read(vault, kNote) == secret);
  if (!answered) return failed();
  guest.ends("net-done");
}

}  // namespace programs
