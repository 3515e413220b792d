// Whatever commands a host sends, with whatever buffers, the security processor answers. An input is a row of commands: its code,
// the size of its buffer, the buffer.
#include "platform/wire/wire.h"
#include "tests/fuzz/target.h"
#include "tsm/sev/test_machine.h"

namespace {

constexpr std::size_t kCommandsMax = 16;

void append_command(base::Bytes& out, sevproto::Command code, const base::Bytes& buffer) {
  out.push_back(static_cast<std::uint8_t>(code));
  out.push_back(static_cast<std::uint8_t>(buffer.size()));
  base::append(out, buffer);
}

// A launch on SEV-SNP, and the first steps of a legacy one.
base::Bytes seed() {
  using C = sevproto::Command;
  using M = sev::TestMachine;
  namespace command = sev::command;
  base::Bytes out;
  append_command(out, C::kSnpInit, {});
  append_command(out, C::kSnpGctxCreate, wire::encode(command::Guest{M::kContext}));
  append_command(out, C::kSnpLaunchStart, wire::encode(command::LaunchStart{.gctx_paddr = M::kContext, .policy = M::kPolicy}));
  append_command(out, C::kSnpActivate, wire::encode(command::Activate{M::kContext, M::kAsid}));
  append_command(out, C::kSnpLaunchUpdate, wire::encode(command::LaunchUpdate{.gctx_paddr = M::kContext, .page = 2, .address = 0x20'0000}));
  append_command(out, C::kSnpLaunchFinish, wire::encode(command::LaunchFinish{.gctx_paddr = M::kContext}));
  append_command(out, C::kSnpGuestRequest, wire::encode(command::GuestRequest{M::kContext, 0x30'0000, 0x30'1000}));
  append_command(out, C::kSnpConfig, wire::encode(command::Config{}));
  append_command(out, C::kLaunchStart, wire::encode(command::SevLaunchStart{.policy = 1, .session = {}}));
  append_command(out, C::kLaunchUpdateData, wire::encode(command::SevLaunchUpdate{.handle = 1, .address = 0x20'0000, .length = 16}));
  return out;
}

}  // namespace

FUZZ_TARGET(
    [](base::View in) {
      for (const auto level : {sev::Level::kSnp, sev::Level::kSevEs}) {
        sev::PspSettings settings;
        settings.level = level;
        sev::TestMachine machine(settings);
        machine.make_firmware(sev::TestMachine::kContext);
        machine.make_pre_guest(0x20'0000, 0x1000);
        base::View rest = in;
        for (std::size_t i = 0; i < kCommandsMax && rest.size() >= 2; ++i) {
          const auto code = static_cast<sevproto::Command>(rest[0]);
          const std::size_t size = std::min<std::size_t>(rest[1], rest.size() - 2);
          (void)machine.psp.call(code, rest.subspan(2, size));
          rest = rest.subspan(2 + size);
        }
      }
    },
    seed())
