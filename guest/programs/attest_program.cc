#include <optional>

#include "guest/programs/owner_secret.h"
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

// The owner's secret, on evidence of one's own; empty when it did not come, and then the guest has said how it ends, unless
// nobody answered and the caller wants to hear of that itself.
std::optional<Proved> attest(abi::Guest& guest, const std::vector<std::string>& args, bool* silence = nullptr) {
  const auto none = [&](const char* how) {
    guest.ends(how);
    return std::nullopt;
  };
  const auto unanswered = [&]() -> std::optional<Proved> {
    if (!silence) return none("no-answer");
    *silence = true;
    return std::nullopt;
  };
  const int level = args.empty() ? 0 : std::atoi(args[0].c_str());
  guest.moment("started");
  if (guest.send("owner0", wire::encode(rp::Hello{})) != GLACIS_OK) return none("not-sent");
  const auto answer = guest.receive("owner0");
  if (!answer) return unanswered();
  const auto challenge = wire::decode<rp::Challenge>(*answer);
  if (!challenge) return none("refused");
  guest.moment("challenged");
  guest.yield();

  const auto key = rp::make_channel_key([&](std::size_t size) { return guest.random(size); });
  rp::Evidence evidence;
  evidence.nonce = challenge->nonce;
  evidence.channel_key = rp::public_half(key);
  const auto own = guest.evidence(rp::report_data_for(evidence.nonce, evidence.channel_key), level);
  if (own) {
    evidence.kind = rp::kind_of_provider(own->provider);
    evidence.report = own->report;
    evidence.certificates = own->certificates;
  }
  evidence.report_size = static_cast<std::uint32_t>(evidence.report.size());
  evidence.certificates_size = static_cast<std::uint32_t>(evidence.certificates.size());
  guest.moment("attested");
  if (guest.send("owner0", wire::encode(evidence)) != GLACIS_OK) return none("not-sent");
  const auto reply = guest.receive("owner0");
  if (!reply) return unanswered();
  const auto secret = wire::decode<rp::Secret>(*reply);
  if (!secret) return none("refused");
  const auto opened = rp::open_secret(key, evidence.nonce, {.ephemeral = secret->ephemeral, .sealed = secret->sealed});
  if (!opened) return none("not-for-us");
  return Proved{.secret = *opened, .key = key, .nonce = evidence.nonce};
}

// As the platform has it: injected at launch, else on evidence.
std::optional<base::Bytes> fetch(abi::Guest& guest, const std::vector<std::string>& args) {
  const auto injected = guest.launch_secret();
  if (injected && !injected->empty()) return *injected;
  const auto proved = attest(guest, args);
  return proved ? std::optional(proved->secret) : std::nullopt;
}

}  // namespace

std::optional<base::Bytes> owner_secret(abi::Guest& guest) { return fetch(guest, {}); }
std::optional<Proved> prove(abi::Guest& guest) { return attest(guest, {}); }

// attest-and-fetch [VMPL]: the privilege level whose report to ask for.
void attest_and_fetch(abi::Guest& guest, const std::vector<std::string>& args) {
  if (const auto proved = attest(guest, args)) keep(guest, proved->secret);
}

void fetch_secret(abi::Guest& guest, const std::vector<std::string>& args) {
  if (const auto secret = fetch(guest, args)) keep(guest, *secret);
}

void fetch_and_branch(abi::Guest& guest, const std::vector<std::string>& args) {
  if (const auto secret = fetch(guest, args)) branch_on(guest, *secret);
}

void fetch_and_update(abi::Guest& guest, const std::vector<std::string>& args) {
  if (fetch(guest, args)) keep_and_update(guest, {});
}

void give_away_secret(abi::Guest& guest, const std::vector<std::string>& args) {
  const auto secret = fetch(guest, args);
  if (!secret) return;
  guest.send("client", *secret);
  guest.ends("given-away");
}

void attest_and_retry(abi::Guest& guest, const std::vector<std::string>& args) {
  bool silence = false;
  if (const auto proved = attest(guest, args, &silence)) return keep(guest, proved->secret);
  if (!silence) return;
  for (int waits = 0; waits < kWaitsBeforeRetry; ++waits) (void)guest.receive("owner0");
  guest.moment("retries");
  attest_and_fetch(guest, args);
}

void attest_twice(abi::Guest& guest, const std::vector<std::string>& args) {
  fetch_secret(guest, args);
  guest.moment("next-day");
  fetch_secret(guest, args);
}

}  // namespace programs
