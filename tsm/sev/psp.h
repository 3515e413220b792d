#pragma once
// The security processor's SEV firmware. The host talks to it through one door, guests through sealed messages that the
// host carries to that door.
//
// Promise: every policy of a command is a row of psp_rules.h, asked in the order of the specification; what passes has
// the effect that the specification gives it, also when it passed because a row is lifted.
#include <memory>
#include <string>

#include "platform/base/bytes.h"
#include "tsm/sev/commands.h"
#include "tsm/sev/guest_requests.h"
#include "tsm/sev/launch.h"
#include "tsm/sev/legacy_launch.h"
#include "tsm/sev/psp_state.h"
#include "tsm/sev/tio.h"

namespace sev {

class Psp {
 public:
  using Settings = PspSettings;

  // `rmp` is null on a machine without page ownership, `save_areas` where no vCPU runs. Refusals stand at `name`.
  Psp(const Chip& chip, const Settings& settings, Rmp* rmp, memory::EncryptedMemory& memory, trust::Defences& defences,
      crypto::Library& library, std::uint64_t seed, SaveAreas* save_areas = nullptr, std::string name = "psp0");
  Psp(const Psp&) = delete;
  Psp& operator=(const Psp&) = delete;

  // `buffer` is the command's structure of commands.h, encoded. Anything but exactly that is INVALID_LENGTH.
  CallResult call(sevproto::Command command, base::View buffer);

  // The keys of the platform that are public: where a legacy guest owner's session goes (PDH).
  base::Bytes pdh_point() const { return legacy_.pdh().public_point(); }
  const PspState& state() const { return state_; }
  // SEV-TIO: the device that firmware speaks to, and the table of device memory. Before SNP_INIT.
  void attach(tio::DeviceManager& device, tio::MmioTable& mmio) { tio_.attach(device, mmio); }
  // Ground truth hears the key, IV and plaintext of each sealed answer.
  // A look at each report before it is signed, and the chance to alter it. None in an honest world.
  void show_reports(std::function<void(base::Bytes&)> to) { state_.before_signing = std::move(to); }
  void show_measurements(std::function<void(base::Bytes&)> to) { state_.before_measuring = std::move(to); }
  void tell_sealed(std::function<void(base::View, base::View, base::View)> to) { state_.sealed = std::move(to); }

 private:
  template <class Message, class Part>
  CallResult with(base::View buffer, Part& part, CallResult (Part::*member)(const Message&));

  CallResult init(const command::Empty&);
  CallResult platform_status(const command::Empty&);
  CallResult decommission(const command::Guest& request);
  CallResult df_flush(const command::Empty&);
  CallResult commit(const command::Empty&);
  CallResult page_reclaim(const command::PageReclaim& request);
  CallResult config(const command::Config& request);
  CallResult download_firmware(const command::FirmwareImage& image);
  CallResult vlek_load(base::View wrapped);
  CallResult debug_decrypt(const command::Debug& request);
  CallResult debug_encrypt(const command::Debug& request);
  CallResult debug(const command::Debug& request, bool decrypt);

  PspState state_;
  Launch launch_;
  Tio tio_;
  GuestRequests guest_requests_;
  LegacyLaunch legacy_;
};

// What the vendor's key server gives a provider for one chip: the provider's key, readable by that chip alone.
// convention: the wrapping is ours.
base::Bytes wrap_vlek(const Chip& chip, const Provider& provider);

}  // namespace sev
