// Sealed TLPs: one stream of a sending port and one of a receiving port, as the two ends of a link have them. A turn
// seals a memory write to the bytes on the wire, and decodes and opens them. Beside it AES-256-GCM by OpenSSL alone,
// one context each way with its key set once: the same bytes, additional data and tag, encrypted and decrypted.
#include <openssl/evp.h>

#include <memory>
#include <string>

#include "platform/base/check.h"
#include "platform/pcie/ide_stream.h"
#include "tests/bench/row.h"
#include "tests/bench/turns.h"

namespace bench {
namespace {

constexpr int kRounds = 31;
constexpr int kPackets = 2000;  // in one round
constexpr std::size_t kAadSize = 20;  // the prefix, and the header of a 64-bit write

ide::Key key_of(unsigned sub_stream, unsigned direction) {
  ide::Key key{};
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<std::uint8_t>(i * 7 + sub_stream * 2 + direction);
  return key;
}

// Both ends of a stream, secure. Direction 0 is what `down` receives.
struct Ends {
  Ends() {
    for (auto* end : {&up, &down}) {
      for (unsigned s = 0; s < ide::kSubStreams; ++s)
        for (unsigned d = 0; d < 2; ++d) {
          const pcie::KeySlot slot{0, static_cast<ide::Direction>(d), static_cast<ide::SubStream>(s)};
          base::check(end->program(slot, key_of(s, end == &down ? d : 1 - d)), "a new stream takes keys");
          end->go(slot);
        }
      end->configure({.enabled = true, .id = 1});
      base::check(end->secure(), "a stream with keys is secure");
    }
  }
  trust::Defences defences;
  pcie::IdeStream up{"rp0", defences, {}}, down{"gpu0", defences, {}};
};

class RawGcm {
 public:
  explicit RawGcm(bool seals) : seals_(seals), context_(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free) {
    const auto key = key_of(0, 0);
    base::check(EVP_CipherInit_ex(context_.get(), EVP_aes_256_gcm(), nullptr, key.data(), nullptr, seals) == 1,
                "AES-256-GCM is available");
  }
  void pass(std::uint64_t counter, base::View aad, base::View in, std::uint8_t* out, std::uint8_t* tag) {
    const auto iv = ide::iv_of(ide::SubStream::kPosted, counter);
    int size = 0;
    bool good = EVP_CipherInit_ex(context_.get(), nullptr, nullptr, nullptr, iv.data(), -1) == 1;
    if (!seals_) good = good && EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_AEAD_SET_TAG, ide::kMacSize, tag) == 1;
    good = good && EVP_CipherUpdate(context_.get(), nullptr, &size, aad.data(), static_cast<int>(aad.size())) == 1 &&
           EVP_CipherUpdate(context_.get(), out, &size, in.data(), static_cast<int>(in.size())) == 1 &&
           EVP_CipherFinal_ex(context_.get(), out + size, &size) == 1;
    if (seals_) good = good && EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_AEAD_GET_TAG, ide::kMacSize, tag) == 1;
    base::check(good, "the cipher works");
  }

 private:
  bool seals_;
  std::unique_ptr<EVP_CIPHER_CTX, void (*)(EVP_CIPHER_CTX*)> context_;
};

Row sealed_row(std::size_t payload, double target) {
  Ends ends;
  const tlp::Tlp write = tlp::memory_write(tlp::requester_id(1, 0, 0), 0x4'1000'0000, base::Bytes(payload, 0x5a));
  std::vector<pcie::Opened> opened_packets;
  const auto ours = [&] {
    for (int i = 0; i < kPackets; ++i)
      for (const base::Bytes& sent : ends.up.seal(write, true)) {
        auto packet = ide::read_packet(sent);
        base::check(packet.has_value(), "what is sent can be read");
        opened_packets.clear();
        auto done = ends.down.open(std::move(*packet), sent, opened_packets);
        base::check(done && opened_packets.size() == 1 && opened_packets[0].packet.payload == write.payload,
                    "what was sealed is opened");
      }
  };
  RawGcm sealer(true), opener(false);
  std::uint64_t counter = ide::kFirstCounter;
  base::Bytes aad(kAadSize, 0x92), sealed(payload + 16), opened(payload + 16);
  const auto theirs = [&] {
    for (int i = 0; i < kPackets; ++i, ++counter) {
      std::uint8_t mac[16];
      sealer.pass(counter, aad, write.payload, sealed.data(), mac);
      opener.pass(counter, aad, base::View(sealed).first(payload), opened.data(), mac);
      base::check(base::View(opened).first(payload)[payload - 1] == 0x5a, "what was sealed is opened");
    }
  };
  const Turns turns = in_turns(kRounds, ours, theirs);
  const double ratio = 1 / turns.ratio;
  return {"ide: sealed TLPs, " + std::to_string(payload) + " B / AES-256-GCM",
          kPackets / turns.ours / 1000, kPackets / turns.baseline / 1000, ratio, "1000/s",
          target > 0 ? ">= 0.9" : "", ratio >= target,
          target > 0 ? "packets are written and read besides" : ""};
}

}  // namespace

void ide_rows(std::vector<Row>& rows) {
  rows.push_back(sealed_row(256, 0.9));
  rows.push_back(sealed_row(64, 0));
}

}  // namespace bench
