// Whatever lies on a disk, it is opened or refused by a named defence, and what opens stays within its device.
#include "guest/storage/rules.h"
#include "guest/storage/test_disk.h"
#include "platform/base/check.h"
#include "tests/fuzz/target.h"

namespace {

using namespace storage;

constexpr Terms kTerms{Cipher::kAesGcmRandom, Tree::kSha256, 4};
constexpr std::uint64_t kDevice = 64;

base::Bytes seed() {
  test::Disk disk(kDevice);
  trust::Defences defences;
  (void)SealedDisk::format(disk, kTerms, test::kOwnerKey, test::source(), defences);
  base::Bytes out;
  for (std::uint64_t sector = 0; sector < Places(kTerms.sectors).end; ++sector) base::append(out, disk.all[sector]);
  return out;
}

void open_one(base::View in, bool lift_all) {
  test::Disk disk(kDevice);
  for (std::size_t at = 0; at < in.size() && at / kSector < kDevice; ++at) disk.all[at / kSector][at % kSector] = in[at];
  trust::Defences defences;
  std::vector<const trust::Defence*> rows;
  collect_storage_defences(rows);
  if (lift_all)
    for (const auto* row : rows) defences.lift(row->id);
  const auto opened = SealedDisk::open(disk, kTerms, test::kOwnerKey, Root{}, test::source(), defences);
  if (!opened) return;
  base::check(Places(opened->terms().sectors).end <= kDevice, "a disk that opens lies on its device");
  (void)opened->read(0);
  (void)opened->write(opened->terms().sectors - 1, base::Bytes(kSector));
}

}  // namespace

FUZZ_TARGET(
    [](base::View in) {
      open_one(in, false);
      open_one(in, true);
    },
    seed())
