#pragma once
// What the parts of the security processor's firmware share: settings, what it is attached to, and its platform state.
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "platform/crypto/library.h"
#include "platform/memory/encrypted_memory.h"
#include "platform/protocol/sev/cpuid_page.h"
#include "platform/protocol/sev/report.h"
#include "platform/protocol/sev/status.h"
#include "platform/protocol/sev/tcb.h"
#include "platform/trust/defence.h"
#include "tsm/sev/guest_context.h"
#include "tsm/sev/keys/key_hierarchy.h"
#include "tsm/sev/level.h"
#include "tsm/sev/registers.h"
#include "tsm/sev/rmp.h"

namespace sev {

struct PspSettings {
  Level level = Level::kSnp;
  Product product = Product::kMilan;  // that of the chip
  Tcb current{.bootloader = 4, .tee = 0, .snp = 24, .microcode = 219};
  Tcb committed{.bootloader = 4, .tee = 0, .snp = 24, .microcode = 219};
  Tcb reported{.bootloader = 4, .tee = 0, .snp = 24, .microcode = 219};
  sevproto::FirmwareVersion firmware{.build = 37, .minor = 58, .major = 1};
  sevproto::FirmwareVersion committed_firmware{.build = 37, .minor = 58, .major = 1};
  sevproto::FirmwareVersion sev_api{.build = 15, .minor = 24, .major = 0};  // of the legacy interface
  std::uint32_t report_version = 2;                                         // 2, 3 or 5
  bool smt_enabled = true;
  bool tsme_enabled = false;
  bool ecc_enabled = true;
  bool rapl_disabled = false;
  bool aes_256_xts = false;
  bool ciphertext_hiding = false;
  bool alias_check_done = true;  // boot firmware looks for aliases; the platform bit is set if it finds none
  bool tio_enabled = false;
  std::uint8_t cpuid_fam_id = 0x19, cpuid_mod_id = 0x01, cpuid_step = 0x01;
  std::uint64_t mit_vector = 0;
  std::uint32_t asid_max = 1006;
  // What this processor answers. A leaf that is not here answers zeroes.
  std::vector<sevproto::CpuidFunction> cpuid;
};

// `refusal` is set whenever a row spoke: with a status, or with success when the refusal is sealed for the guest inside
// `out`.
struct [[nodiscard]] CallResult {
  sevproto::Status status = sevproto::Status::kSuccess;
  base::Bytes out;
  std::optional<trust::Refusal> refusal{};
  bool ok() const { return status == sevproto::Status::kSuccess; }
};

struct PspState {
  PspState(Chip the_chip, PspSettings the_settings, Rmp* the_rmp, memory::EncryptedMemory& the_memory,
           trust::Defences& the_defences, crypto::Library& the_library, std::uint64_t the_seed,
           SaveAreas* the_save_areas, std::string the_name);

  Chip chip;
  PspSettings settings;
  Rmp* rmp;  // null on machines without page ownership
  memory::EncryptedMemory& memory;
  trust::Defences& defences;
  crypto::Library& library;
  std::uint64_t seed;
  SaveAreas* save_areas;  // null where nobody runs
  std::string name;

  bool initialized = false;
  bool aliases_absent = false;
  bool mask_chip_id = false;
  bool mask_chip_key = false;
  std::optional<Provider> provider;              // VLEK loaded
  std::map<std::uint32_t, std::uint64_t> asids;  // in use: by whom (context address, or legacy handle)
  std::set<std::uint32_t> dirty_asids;           // given up since the last DF_FLUSH
  // How often each socket had written its caches back when the last of those was given up.
  std::vector<std::uint64_t> write_backs_then;
  void give_up(std::uint32_t asid) {
    dirty_asids.insert(asid);
    write_backs_then.clear();
    for (unsigned socket = 0; socket < memory.settings().sockets; ++socket) write_backs_then.push_back(memory.write_backs(socket));
  }
  std::uint64_t draws = 0;
  std::uint64_t signatures = 0;
  std::function<void(base::Bytes&)> before_signing;    // of a report
  std::function<void(base::Bytes&)> before_measuring;  // of what the MAC of LAUNCH_MEASURE covers, a MeasureInput
  // Tells ground truth the key, IV and plaintext of each answer to a guest. Does nothing to the machine.
  std::function<void(base::View, base::View, base::View)> sealed;

  template <std::size_t N>
  std::array<std::uint8_t, N> random(std::string_view purpose) {
    std::array<std::uint8_t, N> out{};
    draw(purpose, out);
    return out;
  }
  void draw(std::string_view purpose, std::span<std::uint8_t> out);

  // Host memory as firmware reads it, and any page of a guest under the guest's key. False when it is not there.
  bool read(memory::KeyId key, std::uint64_t spa, std::span<std::uint8_t> out) const;
  bool write(memory::KeyId key, std::uint64_t spa, base::View bytes) const;
  // A page that firmware may write for the host: neither a guest's nor firmware's own. simplified: real firmware wants
  // a page in Firmware state, which the driver makes of a bounce buffer for the time of the command.
  bool may_write_for_host(std::uint64_t spa) const;

  // The context in that page; empty when it is no Context page or its content is not one.
  std::optional<GuestContext> context(std::uint64_t gctx_paddr) const;
  void store(std::uint64_t gctx_paddr, const GuestContext& context) const;

  // PLATFORM_INFO of reports.
  std::uint64_t platform_info() const;
};

inline memory::KeyId key_of(std::uint32_t asid) { return memory::KeyId{asid}; }

}  // namespace sev
