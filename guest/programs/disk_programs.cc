// Guests that keep something on a disk: one they have not taken in, in the clear or sealed, and one they have.
#include "guest/abi/guest_defences.h"
#include "guest/programs/device_look.h"
#include "guest/programs/device_taking.h"
#include "guest/programs/disk_driver.h"
#include "guest/programs/programs.h"
#include "platform/crypto/aead.h"

namespace programs {

namespace {

constexpr std::uint64_t kPage = 4096;
constexpr std::size_t kBlock = 512;
constexpr std::uint64_t kWhere = 40;  // the block that is used

// Between guest and disk.
struct Pages {
  std::uint64_t out = 0, in = 0;
};

bool store(abi::Guest& guest, DiskDriver& disk, const Pages& pages, base::View block) {
  guest.write(pages.out, block);
  return disk.write(kWhere, pages.out) && disk.flush();
}

std::optional<base::Bytes> load(abi::Guest& guest, DiskDriver& disk, const Pages& pages) {
  guest.write(pages.in, base::Bytes(kBlock));
  if (!disk.read(kWhere, pages.in)) return std::nullopt;
  guest.moment("loaded");
  return guest.read(pages.in, kBlock);
}

// AES-128-GCM with the block's number, and how often it was written, as nonce: what comes back is the last that went out, or
// nothing.
class Sealer {
 public:
  explicit Sealer(abi::Guest& guest) : guest_(guest), key_(guest.random(16)) { guest.secret("disk-key", key_); }
  static constexpr std::size_t kPlain = kBlock - crypto::kAeadTagSize;

  base::Bytes seal(base::View plain) {
    ++count_;
    return crypto::aead_seal(crypto::Aead::kAes128Gcm, key_, nonce(), {}, plain);
  }
  std::optional<base::Bytes> open(base::View sealed) {
    const auto plain = crypto::aead_open(crypto::Aead::kAes128Gcm, key_, nonce(), {}, sealed);
    if (!guest_.defend("guest.disk.tag", plain.has_value())) return std::nullopt;
    if (plain) return plain;
    // Whoever does not look at the tag has the counter mode below it (SP 800-38D, 7.1: data begin with counter 2).
    base::Block<16> first{}, key{};
    const auto iv = nonce();
    std::copy(iv.begin(), iv.end(), first.begin());
    first[15] = 2;
    std::copy(key_.begin(), key_.end(), key.begin());
    return crypto::aes128_ctr(key, first, sealed.first(kPlain));
  }

 private:
  base::Bytes nonce() const {
    base::Bytes out;
    base::append_le<std::uint64_t>(out, kWhere);
    base::append_le<std::uint32_t>(out, count_);
    return out;
  }
  abi::Guest& guest_;
  base::Bytes key_;
  std::uint32_t count_ = 0;
};

}  // namespace

// disk-untrusted DEVICE [sealed]
void disk_untrusted(abi::Guest& guest, const std::vector<std::string>& args) {
  const std::string name = args.empty() ? "nvme0" : args[0];
  const bool sealed = args.size() > 1 && args[1] == "sealed";
  const auto share = [&](std::uint64_t gpa, bool) { return guest.device_share(name.c_str(), gpa, kPage); };
  DiskDriver disk(guest, name.c_str());
  const Pages pages{guest.alloc("to-device", kPage, GLACIS_SHARED), guest.alloc("from-device", kPage, GLACIS_SHARED)};
  if (!share(pages.out, false) || !share(pages.in, true) || !disk.prepare(GLACIS_SHARED, share) || !disk.start()) return guest.ends("disk-failed");
  guest.moment("using");
  if (!sealed) {
    // In the clear: nothing that is a secret goes this way.
    const auto note = guest.random(kBlock);
    if (!store(guest, disk, pages, note)) return guest.ends("disk-failed");
    guest.moment("stored");
    const auto back = load(guest, disk, pages);
    if (!back) return guest.ends("disk-failed");
    guest.promise("integrity", *back == note);
    return guest.ends("disk-done");
  }
  Sealer sealer(guest);
  const auto plain = guest.random(Sealer::kPlain);
  const auto own = guest.alloc("own", kPage);
  guest.secret("note", plain);
  guest.write(own, plain);
  if (!store(guest, disk, pages, sealer.seal(guest.random(Sealer::kPlain)))) return guest.ends("disk-failed");
  guest.moment("stored-once");
  if (!store(guest, disk, pages, sealer.seal(plain))) return guest.ends("disk-failed");
  guest.moment("stored");
  const auto back = load(guest, disk, pages);
  const auto opened = back ? sealer.open(*back) : std::nullopt;
  if (!opened) return guest.ends("disk-failed");
  guest.promise("integrity", *opened == plain);
  guest.ends("disk-done");
}

// disk-trusted DEVICE
void disk_trusted(abi::Guest& guest, const std::vector<std::string>& args) {
  const std::string name = args.empty() ? "nvme0" : args[0];
  const char* device = name.c_str();
  abi::GuestDefences defences(guest, device_rows());
  const auto taking = taking_of(guest, name, defences.get());
  if (!taking) return guest.ends("no-policy");
  const auto failed = [&] {
    taking->let_go();
    guest.ends("assignment-failed");
  };
  if (!taking->take({})) return failed();
  const auto lend = [&](std::uint64_t gpa, bool writable) { return taking->lend(gpa, kPage, writable); };
  DiskDriver disk(guest, device);
  const Pages pages{guest.alloc("to-device", kPage), guest.alloc("from-device", kPage)};
  if (!lend(pages.out, false) || !lend(pages.in, true) || !disk.prepare(GLACIS_PRIVATE, lend) || !taking->lent() || !disk.start())
    return failed();
  guest.moment("using");
  const auto note = guest.random(kBlock);
  guest.secret("note", note);
  if (!store(guest, disk, pages, note)) return failed();
  guest.moment("stored");
  const auto back = load(guest, disk, pages);
  if (!back) return failed();
  guest.promise("integrity", *back == note);
  if (!taking->give_back()) return failed();
  guest.ends("disk-done");
}

}  // namespace programs
