#pragma once
// For tests: an RMM without a host's procedures, with one realm of one page and one REC, new or active, and granules of every kind at
// addresses that tests know.
#include <stdexcept>
#include <string>
#include <vector>

#include "tsm/cca/test_machine.h"

namespace cca {

struct BareRmm {
  static constexpr std::uint64_t kPage = 4096, kBytes = 64ull << 20, kOutside = kBytes;
  static constexpr std::uint64_t kRd = 0x10'0000, kTables = 0x10'1000, kRec = 0x10'2000, kData = 0x10'3000, kFree = 0x10'4000, kFreeToo = 0x10'5000,
                                 kAux = 0x20'0000, kNext = 0x30'0000, kSpareAux = 0x40'0000;
  static constexpr std::uint64_t kHost = 0x80'0000, kParams = 0x80'1000, kRun = 0x80'2000, kSource = 0x80'3000;  // the host's own
  static constexpr std::uint64_t kMapped = 0x1000, kEmpty = 0x2000, kNoTable = 0x40'0000;  // addresses of the realm
  static constexpr std::uint64_t kUnprotected = 1ull << 39;

  static constexpr std::uint64_t kDeviceBase = 0x4'0000'0000, kDeviceTop = 0x8'0000'0000;

  explicit BareRmm(bool active = false, const std::vector<std::string>& lifted = {}, bool with_devices = false)
      : defences(vmm::lift(lifted)), memory({.bytes = kBytes}), devices(with_devices), rmm(settings(with_devices), memory, *defences, 7) {
    rmm.attach(tokens);
    for (const std::uint64_t page : {kRd, kTables, kRec, kData, kFree, kFreeToo}) delegate(page);
    for (std::uint64_t i = 0; i < kRecAuxGranules; ++i) delegate(kAux + i * kPage), delegate(kSpareAux + i * kPage);
    make_realm(kRd, kTables, 1);
    for (const std::uint64_t first : {std::uint64_t{0}, kUnprotected})
      for (std::uint64_t level = 1; level <= 3; ++level) must(call(Rmi::kRttCreate, {.x1 = kRd, .x2 = fresh(), .x3 = first, .x4 = level}));
    must(call(Rmi::kRttInitRipas, {.x1 = kRd, .x2 = kMapped, .x3 = kMapped + kPage}));
    write(kSource, base::Bytes(kPage, 0x5A));
    must(call(Rmi::kDataCreate, {.x1 = kRd, .x2 = kData, .x3 = kMapped, .x4 = kSource, .x5 = 1}));
    must(make_rec(kRec, kAux, 0));
    if (active) must(call(Rmi::kRealmActivate, {.x1 = kRd}));
    put_rec_params(kSpareAux, 1);
  }

  static RmmSettings settings(bool with_devices) {
    return {.memory_bytes = kBytes, .device_assignment = with_devices, .device_base = kDeviceBase, .device_top = kDeviceTop};
  }
  static void must(const CallResult& result) {
    if (!result.ok()) throw std::runtime_error(std::string(ccaproto::name_of(result.status())));
  }
  CallResult call(Rmi command, Registers in = {}) {
    in.x0 = static_cast<std::uint64_t>(command);
    return rmm.rmi(1, in);
  }
  RsiResult rsi(Rsi function, Registers in = {}) {
    in.x0 = static_cast<std::uint64_t>(function);
    return rmm.rsi(1, in);
  }
  void write(std::uint64_t pa, base::View bytes) { (void)static_cast<bool>(memory.write(memory::KeyId::kNone, pa, bytes)); }
  void delegate(std::uint64_t page) { must(call(Rmi::kGranuleDelegate, {.x1 = page})); }
  std::uint64_t fresh() {
    delegate(next_ += kPage);
    return next_;
  }
  static ccaproto::RealmParams realm_params_at(std::uint64_t tables, std::uint16_t vmid) {
    auto params = realm_params({});
    params.rtt_base = tables, params.vmid = vmid;
    return params;
  }
  void make_realm(std::uint64_t rd, std::uint64_t tables, std::uint16_t vmid) {
    auto params = realm_params_at(tables, vmid);
    if (devices) params.flags = ccaproto::kRealmDa;
    write(kParams, wire::encode(params));
    must(call(Rmi::kRealmCreate, {.x1 = rd, .x2 = kParams}));
  }
  void put_rec_params(std::uint64_t aux, std::uint64_t mpidr, std::uint64_t count = kRecAuxGranules) {
    auto params = rec_params();
    params.mpidr = mpidr, params.num_aux = count;
    for (std::uint64_t i = 0; i < kRecAuxGranules; ++i) params.aux[i] = aux + i * kPage;
    write(kHost, wire::encode(params));
  }
  CallResult make_rec(std::uint64_t rec, std::uint64_t aux, std::uint64_t mpidr) {
    put_rec_params(aux, mpidr);
    return call(Rmi::kRecCreate, {.x1 = kRd, .x2 = rec, .x3 = kHost});
  }
  void put_enter(std::uint64_t flags) { write(kRun, wire::encode(RecEnter{.flags = flags})); }
  CallResult enter() { return call(Rmi::kRecEnter, {.x1 = kRec, .x2 = kRun}); }
  RecExit exit_page() {
    base::Bytes bytes(0x800);
    (void)static_cast<bool>(memory.read(memory::KeyId::kNone, kRun + ccaproto::kRecExitAt, bytes));
    return *wire::decode<RecExit>(bytes);
  }
  const Realm& realm() const { return *rmm.realm(kRd); }
  RttEntry entry(std::uint64_t ipa) const { return realm().rtt.walk(ipa, 3).entry; }

  std::unique_ptr<trust::Defences> defences;
  memory::EncryptedMemory memory;
  TestTokens tokens;
  bool devices = false;
  Rmm rmm;

 private:
  std::uint64_t next_ = kNext;
};

}  // namespace cca
