// Programs that are started, and told the time, by their host.
#include <algorithm>

#include "guest/host_words/acpi.h"
#include "guest/host_words/boot.h"
#include "guest/programs/owner_secret.h"
#include "guest/programs/programs.h"

namespace programs {

namespace {

constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kSecond = 1'000'000'000;  // nanoseconds
constexpr const char* kPolicy = "admit: the owner, and nobody else";

}  // namespace

// boot-and-serve [tables] [map] [line] [ramdisk] [config] [rom]: which of the host's words the kernel takes; all of them when nothing is
// said. What it holds dear: a policy in the page behind the one that takes the host's words, and a vault for the owner's secret.
void boot_and_serve(abi::Guest& guest, const std::vector<std::string>& args) {
  const auto takes = [&](const char* word) { return args.empty() || std::ranges::find(args, word) != args.end(); };
  const auto room = guest.alloc("room", kPage), policy_page = guest.alloc("policy", kPage);
  const auto vault = guest.alloc("vault", kPage);
  guest.alloc("ring", kPage, GLACIS_SHARED);
  base::Bytes policy = base::bytes_of(std::string_view(kPolicy));
  policy.resize(256);
  guest.write(policy_page, policy);
  guest.moment("loaded");

  host_words::Tables tables(guest, room);
  if (takes("tables") && !tables.install()) return guest.ends("tables-refused");
  if (takes("map") && !host_words::map_memory(guest, vault)) return guest.ends("map-refused");
  std::optional<std::string> init = "/sbin/init", script = "keep\n";
  if (takes("line") && !(init = host_words::init_of(guest))) return guest.ends("line-refused");
  if (takes("ramdisk") && !(script = host_words::ramdisk(guest))) return guest.ends("no-ramdisk");
  if (takes("config") && !host_words::take_config(guest, "opt/glacis/tuning", room)) guest.log("goes without a configuration file");
  const bool rom_runs = takes("rom") && host_words::runs_rom(guest, "nic0");

  const auto secret = owner_secret(guest);
  if (!secret) return;  // it has said how it ends
  guest.write(vault, *secret);
  guest.moment("kept");
  guest.yield();
  // From here on whoever runs in the guest has what the owner gave to his own image.
  if (rom_runs) guest.guard("runs code out of a device's ROM", false);
  if (*init != "/sbin/init") guest.guard("gives a shell on the console", false);
  if (script->find("send ") != std::string::npos) guest.send("client", *secret);
  if (takes("tables")) tables.poll();
  guest.moment("polled");
  guest.yield();
  const bool intact = guest.read(policy_page, policy.size()) == policy;
  guest.promise("integrity", intact);
  guest.ends(intact && guest.read(vault, secret->size()) == *secret ? "served" : "corrupted");
}

// keep-lease SOURCE [SOURCE]: serves for ten seconds by that clock, and looks again half a minute later. Two sources are compared.
void keep_lease(abi::Guest& guest, const std::vector<std::string>& args) {
  constexpr std::uint64_t kLease = 10 * kSecond, kDrift = kSecond;
  constexpr int kWaits = 30;  // of a second each, by the processor's own timer
  std::vector<std::string> sources = args;
  if (sources.empty()) sources = {"tsc"};
  const auto read = [&](std::vector<std::uint64_t>& out) {
    for (const auto& source : sources) {
      const auto now = guest.clock(source.c_str());
      if (!now) return false;
      out.push_back(*now);
    }
    return true;
  };
  std::vector<std::uint64_t> first, then;
  if (!read(first)) return guest.ends("no-clock");
  guest.moment("leased");
  for (int i = 0; i < kWaits; ++i) (void)guest.receive("client");
  if (!read(then)) return guest.ends("no-clock");
  std::vector<std::int64_t> spans;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    if (then[i] < first[i] && !guest.defend("guest.time.monotonic", false)) return guest.ends("clock-distrusted");
    spans.push_back(static_cast<std::int64_t>(then[i] - first[i]));
  }
  const auto [low, high] = std::ranges::minmax(spans);
  if (static_cast<std::uint64_t>(high - low) > kDrift && !guest.defend("guest.time.cross-check", false)) return guest.ends("clock-distrusted");
  if (spans.front() >= static_cast<std::int64_t>(kLease)) return guest.ends("lease-over");
  guest.guard("serves a client whose lease is over", false);
  guest.ends("served");
}

// watch-processor: where the interrupt controller's registers are, by the register that says so; and acknowledges an interrupt there.
void watch_processor(abi::Guest& guest, const std::vector<std::string>&) {
  constexpr std::uint32_t kApicBase = 0x1B;
  constexpr std::uint64_t kAddress = 0xF'FFFF'F000, kUsual = 0xFEE0'0000, kEndOfInterrupt = 0xB0;
  const auto page = guest.alloc("ledger", kPage);
  const base::Bytes ledger(256, 0x5A);
  guest.write(page, ledger);
  guest.moment("started");
  const auto base = guest.msr(kApicBase);
  if (!base) return guest.ends("no-register");
  // The list has this one with the only value that such machines have.
  std::uint64_t at = *base & kAddress;
  if (at != kUsual && !guest.defend("guest.msr.allow-list", false)) at = kUsual;
  if (at < host_words::kMemoryEnd) guest.write(at + kEndOfInterrupt, base::Bytes(4));
  const bool intact = guest.read(page, ledger.size()) == ledger;
  guest.promise("integrity", intact);
  guest.ends(intact ? "watched" : "corrupted");
}

}  // namespace programs
