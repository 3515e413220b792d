#include "tsm/abi/cove_guest.h"

#include <algorithm>

#include "platform/crypto/ec_key.h"
#include "platform/crypto/hash.h"
#include "platform/protocol/cose/key.h"
#include "tsm/abi/cove_guest_rules.h"

namespace tsm_abi {
namespace {

using coveproto::Covg;
using coveproto::kPageSize;
using coveproto::SbiError;
using coveproto::SbiRet;

template <class T>
Answer<T> refused(trust::Refusal refusal) {
  return {std::nullopt, Problem::kRefused, 0, refusal};
}
template <class T>
Answer<T> tsm_error(SbiError error) {
  return {std::nullopt, Problem::kFirmwareError, static_cast<std::uint32_t>(error), {}};
}
constexpr std::uint64_t frame_of(std::uint64_t gpa) { return gpa / kPageSize; }
constexpr std::uint64_t page_of(std::uint64_t gpa) { return gpa & ~(kPageSize - 1); }

}  // namespace

CoveGuest::CoveGuest(CovePlatform& platform, const CoveLayout& layout, trust::Defences& defences, std::string at)
    : platform_(platform), layout_(layout), defences_(defences), at_(std::move(at)) {}

SbiRet CoveGuest::call(Covg function, std::uint64_t a0, std::uint64_t a1, std::uint64_t a2, std::uint64_t a3, std::uint64_t a4,
                       std::uint64_t a5) {
  return platform_.ecall({a0, a1, a2, a3, a4, a5, coveproto::function_id(static_cast<std::uint16_t>(function), 0), coveproto::kCovg});
}

Answer<Done> CoveGuest::simple(Covg function, std::uint64_t a0, std::uint64_t a1) {
  const SbiRet ret = call(function, a0, a1);
  if (ret.error != SbiError::kSuccess) return tsm_error<Done>(ret.error);
  return {Done{}};
}

Answer<Done> CoveGuest::boot() {
  const SbiRet ret = call(Covg::kGetAttcaps, layout_.first_gpa, kPageSize);
  if (ret.error != SbiError::kSuccess) return tsm_error<Done>(ret.error);
  const auto found = wire::decode<coveproto::AttestationCapabilities>(
      platform_.read(layout_.first_gpa, coveproto::kAttestationCapabilitiesSize));
  if (!found) return {std::nullopt, Problem::kMalformed, 0, {}};
  capabilities_ = *found;
  const CoveBootCase c{capabilities_};
  if (auto no = defences_.first_refusal<CoveBootCase>(kCoveBootRules, c, at_)) return refused<Done>(*no);
  return {Done{}};
}

// ---- pages ----------------------------------------------------------------------------------------------------------

Answer<Done> CoveGuest::share_page(std::uint64_t gpa) {
  const std::uint64_t page = page_of(gpa);
  if (auto done = simple(Covg::kShareMemoryRegion, page, kPageSize); !done) return done;
  accepted_.erase(frame_of(page));
  shared_.insert(frame_of(page));
  return {Done{}};
}

Answer<Done> CoveGuest::accept_page(std::uint64_t gpa) {
  const std::uint64_t page = page_of(gpa);
  const CoveAcceptCase c{accepted(page)};
  if (auto no = defences_.first_refusal<CoveAcceptCase>(kCoveAcceptRules, c, at_)) return refused<Done>(*no);
  if (shared(page)) {
    if (auto done = simple(Covg::kUnshareMemoryRegion, page, kPageSize); !done) return done;
    shared_.erase(frame_of(page));
  }
  const base::Bytes first = platform_.read(page, kPageSize);
  const CoveFreshCase f{std::all_of(first.begin(), first.end(), [](std::uint8_t byte) { return byte == 0; })};
  if (auto no = defences_.first_refusal<CoveFreshCase>(kCoveFreshRules, f, at_)) return refused<Done>(*no);
  accepted_.insert(frame_of(page));
  return {Done{}};
}

void CoveGuest::note_accepted(std::uint64_t gpa, std::uint64_t bytes) {
  for (std::uint64_t frame = frame_of(gpa); frame * kPageSize < gpa + bytes; ++frame) accepted_.insert(frame);
}

Answer<base::Bytes> CoveGuest::take_in_unmeasured(std::uint64_t gpa) {
  if (auto done = share_page(gpa); !done) return {std::nullopt, done.problem, done.code, done.refusal};
  base::Bytes bytes = platform_.read(gpa, kPageSize);
  if (auto done = accept_page(gpa); !done) return {std::nullopt, done.problem, done.code, done.refusal};
  platform_.write(gpa, bytes);
  return {std::move(bytes)};
}

Answer<base::Bytes> CoveGuest::take_in(std::uint64_t gpa, unsigned register_index, std::string_view what) {
  auto bytes = take_in_unmeasured(gpa);
  if (!bytes) return bytes;
  if (auto done = extend(register_index, crypto::sha384(*bytes), what); !done) return {std::nullopt, done.problem, done.code, done.refusal};
  return bytes;
}

Answer<Done> CoveGuest::add_mmio_region(std::uint64_t gpa, std::uint64_t bytes) { return simple(Covg::kAddMmioRegion, gpa, bytes); }
Answer<Done> CoveGuest::remove_mmio_region(std::uint64_t gpa, std::uint64_t bytes) { return simple(Covg::kRemoveMmioRegion, gpa, bytes); }

Answer<Done> CoveGuest::allow_interrupt(std::uint64_t id) {
  auto done = simple(Covg::kAllowExternalInterrupt, id);
  if (done) expects_interrupts_ = true;
  return done;
}

// simplified: what this guest expects is not kept by identity.
Answer<Done> CoveGuest::deny_interrupt(std::uint64_t id) { return simple(Covg::kDenyExternalInterrupt, id); }

// ---- measurement ----------------------------------------------------------------------------------------------------

Answer<Done> CoveGuest::extend(unsigned register_index, const coveproto::Digest& digest, std::string_view what) {
  platform_.write(layout_.first_gpa, digest);
  const SbiRet ret = call(Covg::kExtendMeasurement, layout_.first_gpa, digest.size(), register_index);
  if (ret.error != SbiError::kSuccess) return tsm_error<Done>(ret.error);
  log_.push_back({register_index, digest, std::string(what)});
  return {Done{}};
}

Answer<coveproto::Digest> CoveGuest::read_measurement(unsigned register_index) {
  coveproto::Digest out{};
  const SbiRet ret = call(Covg::kReadMeasurement, layout_.first_gpa, out.size(), register_index);
  if (ret.error != SbiError::kSuccess) return tsm_error<coveproto::Digest>(ret.error);
  const auto bytes = platform_.read(layout_.first_gpa, out.size());
  std::copy(bytes.begin(), bytes.end(), out.begin());
  return {out};
}

Answer<base::Bytes> CoveGuest::get_evidence(const coveproto::Challenge& challenge, std::uint32_t format) {
  const auto key = crypto::EcKey::derive(crypto::Curve::kP384, platform_.trusted_random(48), "TVM key");
  const base::Bytes public_key = cbor::encode(cose::ec2_key(key.public_point()));
  platform_.write(layout_.first_gpa, public_key);
  platform_.write(layout_.second_gpa, challenge);
  // The TSM has read both before it writes: the certificate may lie where the challenge was.
  const SbiRet ret = call(Covg::kGetEvidence, layout_.first_gpa, public_key.size(), layout_.second_gpa, format,
                          layout_.second_gpa, kPageSize);
  if (ret.error != SbiError::kSuccess) return tsm_error<base::Bytes>(ret.error);
  const CoveEvidenceCase c{ret.value, kPageSize};
  if (auto no = defences_.first_refusal<CoveEvidenceCase>(kCoveEvidenceRules, c, at_)) return refused<base::Bytes>(*no);
  return {platform_.read(layout_.second_gpa, ret.value)};
}

std::vector<const trust::Defence*> cove_guest_defences() {
  std::vector<const trust::Defence*> all;
  trust::collect<CoveBootCase>(all, kCoveBootRules);
  trust::collect<CoveFreshCase>(all, kCoveFreshRules);
  trust::collect<CoveAcceptCase>(all, kCoveAcceptRules);
  trust::collect<CoveEvidenceCase>(all, kCoveEvidenceRules);
  return all;
}

}  // namespace tsm_abi
