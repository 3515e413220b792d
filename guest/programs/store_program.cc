// Guests that keep something on a disk that is not theirs, sealed as their image says.
#include <optional>

#include "guest/abi/guest_defences.h"
#include "guest/entropy/pool.h"
#include "guest/net/owner_client.h"
#include "guest/net/owner_stream.h"
#include "guest/programs/disk_driver.h"
#include "guest/programs/owner_secret.h"
#include "guest/programs/programs.h"
#include "guest/storage/sealed_disk.h"
#include "platform/crypto/hash.h"

namespace programs {

namespace {

constexpr std::uint64_t kPage = 4096;
constexpr std::uint32_t kSectors = 32;
constexpr std::uint64_t kNote = 5, kOther = 6, kLog = 7;  // sectors

// An NVMe disk through bounce buffers.
class DiskSectors final : public storage::SectorDevice {
 public:
  DiskSectors(abi::Guest& guest, const std::string& device)
      : guest_(guest), device_(device), driver_(guest, device_.c_str()), out_(guest.alloc("to-device", kPage, GLACIS_SHARED)),
        in_(guest.alloc("from-device", kPage, GLACIS_SHARED)) {}
  bool start() {
    const auto share = [&](std::uint64_t gpa, bool) { return guest_.device_share(device_.c_str(), gpa, kPage); };
    return share(out_, false) && share(in_, true) && driver_.prepare(GLACIS_SHARED, share) && driver_.start();
  }
  std::uint64_t sectors() const override { return driver_.blocks(); }
  std::optional<base::Bytes> read(std::uint64_t sector) override {
    if (!driver_.read(sector, in_)) return std::nullopt;
    return guest_.read(in_, storage::kSector);
  }
  bool write(std::uint64_t sector, base::View bytes) override {
    guest_.write(out_, bytes);
    return driver_.write(sector, out_);
  }
  bool flush() override { return driver_.flush(); }

 private:
  abi::Guest& guest_;
  std::string device_;
  DiskDriver driver_;
  std::uint64_t out_, in_;
};

// What the image asks of a disk: less where the world has taken a defence away.
storage::Terms terms_of(abi::Guest& guest) {
  using storage::Cipher;
  const bool sealed = !guest.lifted("guest.disk.encryption"), authenticated = !guest.lifted("guest.disk.integrity");
  return {.cipher = !sealed ? Cipher::kNull : authenticated ? Cipher::kAesGcmRandom : Cipher::kAesXtsPlain64,
          .tree = guest.lifted("guest.disk.monotonic") ? storage::Tree::kNone : storage::Tree::kSha256,
          .sectors = kSectors};
}

relying_party::StoreRoot committed(const storage::Root& root, std::uint64_t generation) {
  return {.generation = generation, .disk_id = root.disk_id, .hash = root.hash};
}

// What one sector is to say, now and before.
struct Told {
  base::Bytes before, now;
};

Told tell(abi::Guest& guest) { return {guest.random(storage::kSector), guest.random(storage::kSector)}; }

void is_secret(abi::Guest& guest, const char* name, const Told& told) {
  guest.secret(name, told.now);
  guest.secret((std::string(name) + "-before").c_str(), told.before);
}

// Whether it came back, and if so what of it.
bool compare(abi::Guest& guest, storage::SealedDisk& disk, std::uint64_t sector, const Told& told) {
  const auto got = disk.read(sector);
  if (!got) return false;
  if (*got == told.before) guest.promise("freshness", false);
  else guest.promise("integrity", *got == told.now);
  return true;
}

}  // namespace

std::vector<const trust::Defence*> store_rows() {
  std::vector<const trust::Defence*> rows;
  storage::collect_storage_defences(rows);
  net::collect_client_defences(rows);
  net::collect_stream_defences(rows);
  trust::collect<entropy::SampleCase>(rows, entropy::kSampleRules);
  return rows;
}

// keep-on-disk DEVICE [swap]
void keep_on_disk(abi::Guest& guest, const std::vector<std::string>& args) {
  const std::string name = args.empty() ? "nvme0" : args[0];
  const bool swap = args.size() > 1 && args[1] == "swap";
  abi::GuestDefences rows(guest, store_rows());
  trust::Defences& defences = rows.get();
  // Pages that are swapped out are worth nothing after the guest's end: their key, and their root, are in its memory alone.
  std::optional<base::Bytes> secret = swap ? guest.random(32) : owner_secret(guest);
  if (!secret) return;
  const base::Bytes key = crypto::hkdf_sha256(*secret, {}, base::view_of("glacis-disk-v1"), 32);
  guest.secret("disk-key", key);
  net::OwnerClient owner(guest, *secret, defences);
  const storage::Random random = [&](std::size_t size) { return guest.random(size); };
  const storage::Terms terms = terms_of(guest);
  const bool counted = !swap && terms.tree != storage::Tree::kNone;
  const auto failed = [&] { guest.ends("disk-failed"); };

  DiskSectors device(guest, name);
  if (!device.start()) return failed();
  auto known = counted ? owner.root(name) : relying_party::StoreRoot{};
  if (!known) return failed();
  std::uint64_t generation = known->generation;
  const auto keep_root = [&](const storage::SealedDisk& disk) {
    return disk.terms().tree == storage::Tree::kNone || swap || owner.commit(name, committed(disk.root(), ++generation));
  };

  auto disk = storage::SealedDisk::format(device, terms, key, random, defences);
  if (!disk) return failed();
  guest.moment("formatted");
  const Told note = tell(guest), other = tell(guest), last = tell(guest);
  const auto are_secret = [&] { is_secret(guest, "note", note), is_secret(guest, "other", other), is_secret(guest, "log", last); };
  // Where the image seals nothing, an honest host carries it all in the clear, and only what then lies there can still be kept from it.
  const bool sealed = terms.cipher != storage::Cipher::kNull;
  if (sealed) are_secret();
  if (!disk->write(kNote, note.before) || !disk->write(kOther, other.now) || !disk->flush()) return failed();
  guest.moment("commits-once");
  if (!keep_root(*disk)) return failed();
  guest.moment("stored-once");
  if (counted) {  // the owner has it
    guest.moment("looks-back");
    const auto now = owner.root(name);
    if (!now || now->generation != generation) return failed();
  }
  if (!disk->write(kNote, note.now) || !disk->flush() || !keep_root(*disk)) return failed();
  guest.moment("stored");

  if (!swap) {  // the guest starts anew, and knows its owner only
    std::optional<storage::Root> kept;
    if (counted) {
      known = owner.root(name);
      if (!known) return failed();
      generation = known->generation;
      kept = storage::Root{known->disk_id, known->hash};
    }
    disk = storage::SealedDisk::open(device, terms, key, kept, random, defences);
    if (!disk) return failed();
    guest.moment("mounted");
  }
  if (!disk->write(kLog, last.now) || !disk->flush() || !keep_root(*disk)) return failed();
  guest.moment("logged");
  if (!compare(guest, *disk, kNote, note) || !compare(guest, *disk, kOther, {{}, other.now}) || !compare(guest, *disk, kLog, last)) return failed();
  if (!sealed) are_secret();
  guest.moment("kept");
  guest.ends("disk-done");
}

}  // namespace programs
