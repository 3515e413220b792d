#include "guest/programs/programs.h"
#include "guest/relying_party/channel.h"
#include "guest/relying_party/messages.h"

namespace programs {

namespace rp = relying_party;

namespace {

constexpr std::uint64_t kPage = 4096;
constexpr int kWaitsBeforeRetry = 30;  // of a second each

void keep(abi::Guest& guest, base::View secret) {
  const auto page = guest.alloc("secret", kPage);  // a new one each time
  guest.write(page, secret);
  guest.moment("kept");
  guest.yield();
  guest.ends(guest.read(page, secret.size()) == base::bytes_of(secret) ? "fetched" : "corrupted");
}

bool ended(abi::Guest& guest, const char* state) {
  guest.ends(state);
  return true;
}

// False when nobody answers.
bool attempt(abi::Guest& guest, const std::vector<std::string>& args) {
  const int level = args.empty() ? 0 : std::atoi(args[0].c_str());
  guest.moment("started");
  if (guest.send("owner0", wire::encode(rp::Hello{})) != GLACIS_OK) return ended(guest, "not-sent");
  const auto answer = guest.receive("owner0");
  if (!answer) return false;
  const auto challenge = wire::decode<rp::Challenge>(*answer);
  if (!challenge) return ended(guest, "refused");
  guest.moment("challenged");
  guest.yield();

  const auto key = rp::make_channel_key([&](std::size_t size) { return guest.random(size); });
  rp::Evidence evidence;
  evidence.nonce = challenge->nonce;
  evidence.channel_key = rp::public_half(key);
  const auto own = guest.evidence(rp::report_data_for(evidence.nonce, evidence.channel_key), level);
  if (own) {
    evidence.report = own->report;
    evidence.certificates = own->certificates;
  }
  evidence.report_size = static_cast<std::uint32_t>(evidence.report.size());
  evidence.certificates_size = static_cast<std::uint32_t>(evidence.certificates.size());
  guest.moment("attested");
  if (guest.send("owner0", wire::encode(evidence)) != GLACIS_OK) return ended(guest, "not-sent");
  const auto reply = guest.receive("owner0");
  if (!reply) return false;
  const auto secret = wire::decode<rp::Secret>(*reply);
  if (!secret) return ended(guest, "refused");
  const auto opened = rp::open_secret(key, evidence.nonce, {.ephemeral = secret->ephemeral, .sealed = secret->sealed});
  if (!opened) return ended(guest, "not-for-us");
  keep(guest, *opened);
  return true;
}

}  // namespace

// attest-and-fetch [VMPL]: the privilege level whose report to ask for.
void attest_and_fetch(abi::Guest& guest, const std::vector<std::string>& args) {
  if (!attempt(guest, args)) guest.ends("no-answer");
}

void attest_and_retry(abi::Guest& guest, const std::vector<std::string>& args) {
  if (attempt(guest, args)) return;
  for (int waits = 0; waits < kWaitsBeforeRetry; ++waits) (void)guest.receive("owner0");
  guest.moment("retries");
  attest_and_fetch(guest, args);
}

void attest_twice(abi::Guest& guest, const std::vector<std::string>& args) {
  attest_and_fetch(guest, args);
  guest.moment("next-day");
  attest_and_fetch(guest, args);
}

void fetch_launch_secret(abi::Guest& guest, const std::vector<std::string>&) {
  guest.moment("started");
  const auto secret = guest.launch_secret();
  if (!secret || secret->empty()) return guest.ends("no-secret");
  keep(guest, *secret);
}

}  // namespace programs
