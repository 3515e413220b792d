#pragma once
// The TPM of one VM: libtpms in a process of its own, given power when the VM starts, on the world's clock and with randomness of the
// world's. Whose it is decides who comes near: one that the host runs is asked across the boundary vm*.tpm, and its state is in the
// host's hands; one inside the guest's trust boundary (an SVSM's, a paravisor's) is asked by a call that the host does not carry, and
// its endorsement key goes into what the platform attests for it.
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "guest/relying_party/tpm_policy.h"
#include "platform/protocol/tpm/commands.h"
#include "scenarios/engine/outside_guest.h"
#include "tsm/vtpm/tpm.h"

namespace engine {

class World;
struct VmState;

class VmTpm {
 public:
  enum class Holder { kHost, kTrusted };
  // Powered and started. Throws base::UserError where nobody lends a process.
  VmTpm(World& world, VmState& vm, Holder holder);
  VmTpm(const VmTpm&) = delete;
  VmTpm& operator=(const VmTpm&) = delete;

  Holder holder() const { return holder_; }
  // By the guest's firmware, which speaks to the TPM as everything later does: what it boots.
  void measure_boot();
  // As the guest asks: nothing where no answer comes.
  std::optional<base::Bytes> ask(const base::Bytes& command);
  // Of a trusted one: the endorsement key's public area (TPMT_PUBLIC), as an SVSM's vTPM service gives it in its manifest. Empty: there
  // is none that a platform would attest.
  base::Bytes manifest();
  // PCRs by the TPM's own word, past everybody.
  std::map<unsigned, tpm::Digest> pcrs();

  // In the host's hands.
  void reset();                         // power goes and comes back, and the TPM is started
  void save(const std::string& name);   // all state
  bool restore(const std::string& name);  // false: none of that name

  vtpm::Tpm& chip() { return chip_; }

 private:
  std::optional<base::Bytes> carry_out(const base::Bytes& command) { return chip_.command(command); }

  World& world_;
  VmState& vm_;
  Holder holder_;
  std::uint64_t asked_ = 0;
  std::unique_ptr<GuestLink> link_;
  vtpm::Tpm chip_;
  std::map<std::string, std::pair<base::Bytes, base::Bytes>> saved_;  // permanent, volatile
  base::Bytes manifest_;
};

// What the firmware of a VM measures before a program runs, as digests by register in their order. The PC Client profile's registers:
// 0 firmware, 1 its configuration, 4 what it boots, 8 the command line, and a separator in 0 to 7.
std::map<unsigned, tpm::Digest> boot_pcrs(World& world, const VmState& vm, bool golden);

// The endorsement key that the platform attests for this VM: of the TPM inside its trust boundary, also where the host has the guest speak to
// another one. Empty: there is none inside.
base::Bytes attested_manifest(World& world, VmState& vm);

// What an owner who built this VM believes of quotes.
relying_party::TpmPolicy quote_policy(World& world, const VmState& vm);
// The platform's evidence in a message to the owner, also where a quote is around it.
base::Bytes evidence_in(const base::Bytes& message);

// Whose TPM a VM of that name has by its machine's file, if it has one.
std::optional<VmTpm::Holder> tpm_holder(const World& world, const std::string& vm);

}  // namespace engine
