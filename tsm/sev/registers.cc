#include "tsm/sev/registers.h"

#include "platform/base/check.h"
#include "platform/crypto/hash.h"
#include "tsm/sev/registers_rules.h"

namespace sev {

SaveAreas::SaveAreas(Level level, memory::EncryptedMemory& memory, Rmp* rmp, trust::Defences& defences, std::string at)
    : level_(level), memory_(memory), rmp_(rmp), defences_(defences), at_(std::move(at)) {
  base::check(level != Level::kSnp || rmp != nullptr, "a machine with page ownership has a table of it");
}

memory::KeyId SaveAreas::key(std::uint32_t asid) const {
  return level_ == Level::kSev ? memory::KeyId::kNone : memory::KeyId{asid};
}

trust::Result<base::Bytes> SaveAreas::load(std::uint32_t asid, std::uint64_t spa) {
  if (level_ == Level::kSnp)
    if (auto entered = rmp_->enter(asid, spa); !entered) return entered.refusal();
  base::Bytes page = read(asid, spa);
  auto sum = checksums_.find(spa);
  bool known = sum != checksums_.end();
  SaveAreaCase c{level_ == Level::kSevEs, known, known && sum->second == crypto::sha256(page)};
  if (auto no = defences_.first_refusal<SaveAreaCase>(kSaveAreaRules, c, at_)) return *no;
  return page;
}

void SaveAreas::save(std::uint32_t asid, std::uint64_t spa, base::View page) {
  base::check(page.size() == 4096, "a save area is a page");
  // An area that is gone from memory, or a guest without a key, stops the machine in reality; here nothing is kept.
  bool kept = memory_.has_key(key(asid)) && memory_.write(key(asid), spa, page);
  if (kept && level_ == Level::kSevEs) checksums_[spa] = crypto::sha256(page);
  if (level_ == Level::kSnp) rmp_->leave(spa);
}

void SaveAreas::adopt(std::uint32_t asid, std::uint64_t spa) {
  if (level_ == Level::kSevEs) checksums_[spa] = crypto::sha256(read(asid, spa));
}

base::Bytes SaveAreas::read(std::uint32_t asid, std::uint64_t spa) {
  base::Bytes page(4096);
  if (memory_.has_key(key(asid))) static_cast<void>(static_cast<bool>(memory_.read(key(asid), spa, page)));
  return page;
}

}  // namespace sev
