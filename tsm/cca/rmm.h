#pragma once
// The Realm Management Monitor, version 1.0 and, where the machine has it, device assignment as the 2.0 alphas have it; and of the processor and the monitor beneath it what only they decide: the granule
// protection table, a realm's translations, entry into and exit from a realm. The host reaches it by RMI, a realm by RSI.
//
// Promise: every policy of a call is a row of rmm_rules.h, asked in the order of rmi_steps.h; what passes has the effect that the
// interface gives it, also when it passed because a row is lifted.
//
// simplified: a REC runs on a processor of its own, numbered by whoever owns it; translations are not cached; the contents of RD, REC
// and RTT granules are the model's, but for a REC's live registers.
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "platform/cpu/technology.h"
#include "platform/protocol/cca/structures.h"
#include "tsm/cca/granules.h"
#include "tsm/cca/realm.h"

namespace cca {

using ccaproto::RecEnter;
using ccaproto::RecExit;
using ccaproto::Rmi;
using ccaproto::RmiStatus;
using ccaproto::Rsi;
using ccaproto::RsiStatus;

// What of a realm its attestation token says.
struct RealmClaims {
  base::Block<64> challenge{};
  base::Block<64> rpv{};
  HashAlgorithm algorithm = HashAlgorithm::kSha256;
  Measurement rim{};
  std::array<Measurement, kRems> rem{};
};

// Who makes the token of realm and platform. Its layout is not the RMM's.
class TokenUnit {
 public:
  virtual ~TokenUnit() = default;
  virtual base::Bytes make(const RealmClaims& claims) = 0;
};

// With FEAT_MEC the RMM gives each realm a memory encryption context of its own; else all of the realm address space has one.
enum class EncryptionContexts { kShared, kPrivate };

struct RmmSettings {
  EncryptionContexts contexts = EncryptionContexts::kPrivate;
  std::uint32_t context_first = 64;  // the first is the RMM's own
  std::uint64_t memory_bytes = 0;    // granules of [0, memory_bytes) can be delegated
  unsigned ipa_bits_max = 48;
  // Of the 2.0 alphas beside 1.0; else none of their calls is there.
  bool device_assignment = false;
  std::uint64_t device_base = 0, device_top = 0;  // where the machine has device memory; the top is outside
};

struct CallResult {
  Registers out;  // X0: the status
  std::optional<trust::Refusal> refusal;
  bool ok() const { return out.x0 == 0; }
  RmiStatus status() const { return ccaproto::rmi_status_of(out.x0); }
};

// An RSI call either ends with registers or leaves the realm. After the host has entered it again, a call that leaves by its nature
// ends with `resumed`; anything else is executed again. `dead`: the realm never runs again.
struct RsiResult {
  Registers out;
  std::optional<RecExit> exit{};
  bool dead = false;
};

// What becomes of an access that the tables refused.
struct Fault {
  enum class Seen { kRealmExit, kSea, kDead };
  Seen seen = Seen::kRealmExit;
  RecExit exit;  // kRealmExit
};

struct DaOperands;

struct RmiCase;

class Rmm final : public memory::OwnershipTable {
 public:
  // Refusals stand at `name`; those of the processor, at `at`.
  Rmm(const RmmSettings& settings, memory::EncryptedMemory& memory, trust::Defences& defences, std::uint64_t seed,
      std::string name = "rmm0", std::string at = "cpu0");
  Rmm(const Rmm&) = delete;
  Rmm& operator=(const Rmm&) = delete;

  void attach(TokenUnit& unit) { tokens_ = &unit; }
  // A device that the machine has.
  void attach(const Card& card) { cards_.push_back(card); }

  // SMC of the host on a processor. RMI_REC_ENTER returns when the REC runs; `exit_to_host` is the other half.
  CallResult rmi(std::uint32_t pe, const Registers& in);

  // ---- the processor, on behalf of whoever runs on `pe`
  trust::Result<> check(const memory::Access& access) override;  // access.asid is the processor
  // Where an address leads, in the half that is meant; nothing where the realm would leave for it or take an abort. `host_says` is
  // what the host's own tables have there.
  std::optional<std::uint64_t> translate(std::uint32_t pe, std::uint64_t gpa, bool is_protected, std::optional<std::uint64_t> host_says);
  // An access to this address failed. The realm leaves where the host is to know.
  Fault fault(std::uint32_t pe, std::uint64_t gpa, bool is_protected, bool write);
  void exit_to_host(std::uint32_t pe, const RecExit& exit);
  // Live registers, into and out of the REC granule.
  void save(std::uint32_t pe, base::View registers);
  trust::Result<base::Bytes> load(std::uint32_t pe, std::size_t count);

  // ---- the realm
  RsiResult rsi(std::uint32_t pe, const Registers& in);
  // Of the call that the host has just answered; nothing where none was under way.
  std::optional<Registers> resumed(std::uint32_t pe);
  // Whether the host answered the last exit with an abort.
  bool take_injected_abort(std::uint32_t pe);
  std::set<std::uint32_t> take_interrupts(std::uint32_t pe);  // by INTID

  // ---- ground truth
  const Realm* realm(std::uint64_t rd) const;
  const Rec* rec(std::uint64_t address) const;
  const Rec* rec_on(std::uint32_t pe) const;
  const Pdev* pdev(std::uint64_t address) const;
  const Vdev* vdev(std::uint64_t address) const;
  const std::vector<Card>& cards() const { return cards_; }
  // Whether another interface than `but` has any of it, or is that one.
  bool is_taken(const ccaproto::VdevParams& params) const;
  std::optional<std::uint64_t> mapped_of(const Vdev& vdev) const;  // the first of its memory that is a realm's
  const std::map<std::uint64_t, Pdev>& pdevs() const { return pdevs_; }
  const Granules& granules() const { return granules_; }
  const RmmSettings& settings() const { return settings_; }
  std::uint64_t feature_register(std::uint64_t index) const;
  std::uint64_t realm_flags() const { return settings_.device_assignment ? ccaproto::kRealmDa : 0; }
  bool vmid_free(std::uint16_t vmid) const { return !vmids_.contains(vmid); }
  // A structure in the host's memory, read once.
  std::optional<base::Bytes> host_page(std::uint64_t pa) const;

 private:
  // rmm.cc
  CallResult carry_out(std::uint32_t pe, Rmi call, const RmiCase& c);
  void delegate(std::uint64_t pa);
  void undelegate(std::uint64_t pa);
  CallResult realm_create(std::uint64_t rd, const ccaproto::RealmParams& params);
  void realm_destroy(Realm& realm);
  void release(std::uint64_t pa);  // wiped and delegated again
  memory::KeyId context_for(const Realm& realm);
  memory::KeyId own_key() const { return memory::KeyId{settings_.context_first}; }
  memory::KeyBytes fresh_key();

  // rmm_rtt.cc
  CallResult data_create(Realm& realm, const Registers& in);
  CallResult data_create_unknown(Realm& realm, const Registers& in);
  CallResult data_destroy(Realm& realm, std::uint64_t ipa);
  CallResult rtt_create(Realm& realm, const Registers& in);
  CallResult rtt_destroy(Realm& realm, const Registers& in);
  CallResult rtt_fold(Realm& realm, const Registers& in);
  CallResult rtt_read_entry(const Realm& realm, const Registers& in);
  CallResult rtt_map_unprotected(Realm& realm, const Registers& in);
  CallResult rtt_unmap_unprotected(Realm& realm, const Registers& in);
  CallResult rtt_init_ripas(Realm& realm, const Registers& in);
  CallResult rtt_set_ripas(Realm& realm, const Registers& in);

  // rmm_pdev.cc
  CallResult da_call(Rmi call, const Registers& in, const DaOperands& given);
  CallResult pdev_create(const Registers& in, const ccaproto::PdevParams& params);
  CallResult pdev_communicate(Pdev& pdev, std::uint64_t data);
  CallResult pdev_set_key(Pdev& pdev, const ccaproto::PublicKeyParams& params);
  CallResult pdev_stop(Pdev& pdev);
  void pdev_destroy(Pdev& pdev);
  CallResult stream_connect(const ccaproto::PdevStreamParams& params);
  CallResult stream_begin(const Registers& in, StreamState state, PdevTask task);
  CallResult stream_complete(const Registers& in);
  enum class Turn { kDone, kWait, kFailed };
  Turn talk(Pdev& pdev);
  Turn talk_of_stream(Pdev& pdev);
  void drop_stream(Pdev& device);

  // rmm_vdev.cc
  CallResult vdev_call(Rmi call, const Registers& in, const DaOperands& given);
  CallResult vdev_create(const Registers& in, const ccaproto::VdevParams& params);
  CallResult vdev_begin(Vdev& vdev, VdevTask task);
  CallResult vdev_communicate(Vdev& vdev, std::uint64_t data);
  bool talk(Vdev& vdev);
  CallResult vdev_unlock(Vdev& vdev);
  void vdev_destroy(Vdev& vdev);
  Pdev& pdev_of(const Vdev& vdev) { return pdevs_.at(vdev.pdev); }
  std::uint64_t fresh_nonce();
  void stop_dma(Vdev& vdev);

  // rmm_dev_rtt.cc
  CallResult rtt_dev_map(Realm& realm, const Registers& in);
  CallResult rtt_dev_unmap(Realm& realm, const Registers& in);
  CallResult rtt_dev_validate(Realm& realm, const Registers& in);
  void give_up_device_page(const Realm& realm, std::uint64_t pa);

  // rmm_rsi_vdev.cc
  RsiResult vdev_request(Realm& realm, Rec& rec, const Registers& in);
  void finish_vdev_request(Rec& rec);
  std::optional<Registers> vdev_info(const Realm& realm, Rec& rec, const Vdev& vdev, const Registers& call);
  Registers vdev_validate(Rec& rec, const Vdev& vdev, const Registers& call);
  Registers vdev_dma(const Realm& realm, Vdev& vdev, const Registers& call);
  std::optional<trust::Refusal> as_it_looked(const Vdev& vdev, std::uint64_t lock, std::uint64_t measurements, std::uint64_t report);
  void answer_dev_mem(Rec& rec, std::uint64_t flags);
  trust::Result<> check_device(const memory::Access& access, const Rec& rec) const;
  // Where the realm's tables lead a device of its own, and a page of its memory there.
  static std::optional<std::uint64_t> device_ram(const Realm& realm, std::uint64_t ipa);
  std::optional<std::uint64_t> device_page(std::uint64_t rd, std::uint64_t ipa, std::optional<std::uint64_t> host_says) const;

  // rmm_rec.cc
  CallResult rec_create(Realm& realm, std::uint64_t address, const ccaproto::RecParams& params);
  void rec_destroy(Rec& rec);
  CallResult rec_enter(std::uint32_t pe, Rec& rec, std::uint64_t run, const RecEnter& enter);
  CallResult psci_complete(const Registers& in);
  Rec* on(std::uint32_t pe);
  Realm* realm_of(const Rec& rec);

  // rmm_realm.cc
  RsiResult version(const Registers& in) const;
  RsiResult measurement_read(const Realm& realm, const Registers& in);
  RsiResult measurement_extend(Realm& realm, const Registers& in);
  RsiResult token_init(const Realm& realm, Rec& rec, const Registers& in);
  RsiResult token_continue(const Realm& realm, Rec& rec, const Registers& in);
  RsiResult realm_config(const Realm& realm, const Registers& in);
  RsiResult ipa_state_set(const Realm& realm, Rec& rec, const Registers& in);
  RsiResult ipa_state_get(const Realm& realm, const Registers& in);
  RsiResult host_call(const Realm& realm, Rec& rec, const Registers& in);
  RsiResult psci(Realm& realm, Rec& rec, const Registers& in);
  // The realm's own bytes of one page, as the RMM reaches them for an operand; or how the call ends instead.
  std::optional<RsiResult> copy_operand(const Realm& realm, const Registers& call, std::uint64_t ipa, std::span<std::uint8_t> out, base::View in);

  static CallResult done(Registers out = {}) { return {out, std::nullopt}; }
  static CallResult fails(RmiStatus status, unsigned index = 0) { return {Registers{.x0 = ccaproto::with(status, index)}, std::nullopt}; }

  RmmSettings settings_;
  memory::EncryptedMemory& memory_;
  trust::Defences& defences_;
  std::uint64_t seed_;
  std::string name_, at_;
  TokenUnit* tokens_ = nullptr;
  Granules granules_;
  std::map<std::uint64_t, Realm> realms_;  // by RD
  std::map<std::uint64_t, Rec> recs_;      // by granule
  std::map<std::uint32_t, std::uint64_t> current_;  // processor to REC
  std::set<std::uint16_t> vmids_;
  std::set<std::uint32_t> contexts_;  // in use
  std::vector<Card> cards_;
  std::map<std::uint64_t, Pdev> pdevs_;  // by granule
  std::map<std::uint64_t, Vdev> vdevs_;
  std::uint64_t keys_made_ = 0, nonces_made_ = 0;
};

// Rows of the RMM's tables.
std::vector<const trust::Defence*> rmm_defences();

}  // namespace cca
