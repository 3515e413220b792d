#pragma once
// A machine of the SEV family for tests: memory, ownership, save areas and the security processor, and a host that does
// its job.
#include <algorithm>
#include <memory>

#include "platform/protocol/sev/page_info.h"
#include "platform/protocol/sev/policy.h"
#include "platform/protocol/sev/vmsa.h"
#include "tsm/sev/psp.h"

namespace sev {

struct TestMachine {
  static constexpr std::uint64_t kBytes = 64ull << 20;
  static constexpr std::uint64_t kContext = 0x10'0000;
  static constexpr std::uint32_t kAsid = 5;
  static constexpr std::uint64_t kPolicy = sevproto::kPolicyMustBeOne | sevproto::kPolicySmtAllowed;
  static constexpr auto kNone = memory::KeyId::kNone;
  using C = sevproto::Command;

  explicit TestMachine(PspSettings settings = {}, std::vector<std::string> lifted = {}, unsigned sockets = 1)
      : chip(Chip::from_seed(settings.product, base::view_of("chip"))),
        memory({.bytes = kBytes, .sockets = sockets}),
        rmp(kBytes, defences),
        areas(settings.level, memory, &rmp, defences),
        psp(chip, settings, &rmp, memory, defences, library, 7, &areas) {
    for (const auto& id : lifted) defences.lift(id);
  }

  template <class Message>
  CallResult call(C command, const Message& message) {
    return psp.call(command, wire::encode(message));
  }
  CallResult call(C command) { return psp.call(command, {}); }

  void make_firmware(std::uint64_t spa) { (void)rmp.rmpupdate(spa, {.assigned = true, .immutable = true}); }
  void make_pre_guest(std::uint64_t spa, std::uint64_t gpa, std::uint32_t asid = kAsid) {
    (void)rmp.rmpupdate(spa, {.assigned = true, .asid = asid, .gpa = gpa, .immutable = true});
  }
  void write_host(std::uint64_t spa, base::View bytes) { (void)static_cast<bool>(memory.write(kNone, spa, bytes)); }
  base::Bytes read(memory::KeyId key, std::uint64_t spa, std::size_t count = 4096) {
    base::Bytes out(count);
    (void)static_cast<bool>(memory.read(key, spa, out));
    return out;
  }

  void begin(std::uint64_t policy = kPolicy) {
    (void)call(C::kSnpInit);
    make_firmware(kContext);
    (void)call(C::kSnpGctxCreate, command::Guest{kContext});
    (void)call(C::kSnpLaunchStart, command::LaunchStart{.gctx_paddr = kContext, .policy = policy});
    (void)call(C::kSnpActivate, command::Activate{kContext, kAsid});
  }
  CallResult add(sevproto::PageType type, std::uint64_t spa, std::uint64_t gpa, base::View page = {}) {
    if (!page.empty()) write_host(spa, page);
    make_pre_guest(spa, gpa);
    return call(C::kSnpLaunchUpdate,
                command::LaunchUpdate{.gctx_paddr = kContext, .page = command::page_word(type), .address = spa});
  }
  CallResult finish(command::LaunchFinish request = {}) {
    request.gctx_paddr = kContext;
    return call(C::kSnpLaunchFinish, request);
  }
  GuestContext context() { return *psp.state().context(kContext); }

  trust::Defences defences;
  crypto::Library library{1};
  Chip chip;
  memory::EncryptedMemory memory;
  Rmp rmp;
  SaveAreas areas;
  Psp psp;
};

}  // namespace sev
