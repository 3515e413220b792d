// A guest that keeps public blocks on an emulated disk and serves one of them, beside a secret of its own in the same memory.
#include "guest/programs/programs.h"
#include "guest/virtio/disk.h"
#include "platform/crypto/hash.h"

namespace programs {

namespace {

constexpr std::uint64_t kPage = 4096, kFirst = 7, kSecond = 8;
constexpr std::size_t kSector = virtio::kSector, kNote = 64;
// In the page that the disk's reads and writes go from and to.
constexpr std::uint64_t kBlockAt = 0, kNoteAt = kSector, kOneAt = 1024, kOtherAt = 1536;

// A map of the disk in private memory, a bit for each sector, with the guest's own marks right behind.
class Map {
 public:
  Map(abi::Guest& guest, std::uint64_t sectors) : guest_(guest), at_(guest.alloc("map", kPage)), bytes_((sectors + 7) / 8), marks_(guest.random(kNote)) {
    guest.write(at_, base::Bytes(bytes_));
    guest.write(at_ + bytes_, marks_);
  }
  void take(std::uint64_t sector) {
    auto byte = guest_.read(at_ + sector / 8, 1);
    byte[0] ^= static_cast<std::uint8_t>(1u << sector % 8);
    guest_.write(at_ + sector / 8, byte);
  }
  bool marks_stand() { return guest_.read(at_ + bytes_, marks_.size()) == marks_; }

 private:
  abi::Guest& guest_;
  std::uint64_t at_, bytes_;
  base::Bytes marks_;
};

}  // namespace

// virtio-blk SLOT
void virtio_blk(abi::Guest& guest, const std::vector<std::string>& args) {
  const auto vault = guest.alloc("vault", kPage);
  virtio_guest::Transport transport(guest, args.empty() ? "blk0" : args[0]);
  virtio_guest::Disk disk(transport);
  const auto failed = [&] {
    transport.give_up();
    guest.ends("disk-failed");
  };
  if (transport.find() != virtio::Type::kBlock) return guest.ends("no-device");
  if (!disk.start() || disk.sectors() <= kSecond || disk.sectors() > 8 * (kPage - kNote)) return failed();
  const auto work = disk.page("work");
  Map map(guest, disk.sectors());

  const auto secret = guest.random(kNote), note = guest.random(kNote);
  guest.secret("vault", secret);
  guest.secret("note", note);
  guest.write(vault, secret);
  guest.write(work + kNoteAt, note);
  guest.moment("kept");

  const auto block = guest.random(kSector);
  guest.write(work + kBlockAt, block);
  for (const auto sector : {kFirst, kSecond})
    if (!disk.write(sector, work + kBlockAt)) return failed();
  if (!disk.flush()) return failed();
  guest.moment("stored");

  // The last sector holds the end of the file system. How many there are is asked once, or each time.
  std::uint64_t last = disk.sectors();
  if (const auto now = disk.sectors_now(); now != last && guest.defend("guest.virtio.config-once", false)) last = now;
  if (last - 1 < 8 * kPage) map.take(last - 1);
  guest.promise("integrity", map.marks_stand());

  // One block is served as it comes, one is used because it is right.
  const auto count = disk.read(kFirst, work + kBlockAt);
  if (!count) return failed();
  guest.send("peer0", guest.read(work + kBlockAt, *count));
  const auto hash = crypto::sha256(block);
  if (!disk.read(kFirst, work + kBlockAt, [&](base::View read) { return crypto::sha256(read) == hash; })) return failed();
  guest.promise("integrity", guest.read(work + kBlockAt, kSector) == block);

  // Two at once; the room of the first is the guest's own again as soon as that one has come.
  if (!disk.begin_read(0, kFirst, work + kOneAt)) return failed();
  guest.moment("one-begun");
  if (!disk.begin_read(1, kSecond, work + kOtherAt)) return failed();
  const auto came = disk.finish_read();
  if (!came) return failed();
  const auto room = work + (*came == 0 ? kOneAt : kOtherAt);
  const auto thought = guest.random(kNote);
  guest.write(room, thought);
  const bool both = disk.finish_read().has_value();
  disk.drain();
  guest.promise("integrity", guest.read(room, kNote) == thought);
  if (!both) return failed();
  guest.ends("disk-done");
}

}  // namespace programs
