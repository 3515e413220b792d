#include <algorithm>

#include "guest/programs/components.h"
#include "guest/programs/measuring.h"
#include "guest/programs/programs.h"
#include "guest/relying_party/measured_party.h"

namespace programs {

namespace rp = relying_party;

namespace {

constexpr std::uint64_t kPage = 4096;

// What runs on this guest, and whether all of it is what its owner built.
struct Running {
  abi::Guest& guest;
  Measuring measuring;
  bool as_built = true;
};

enum class Care { kMeasured, kUnmeasured, kRacing, kOfAnother };

// From a disk of the host's into a buffer that the host shares, and from there into memory of the guest's own, to be run. False: it
// could not be measured, and then it does not run.
bool load(Running& running, const Component& file, const char* buffer, Care care) {
  auto& guest = running.guest;
  const auto page = guest.alloc(buffer, kPage, GLACIS_SHARED);
  guest.write(page, base::view_of(file.content));
  guest.moment("loaded");
  guest.yield();
  auto content = guest.read(page, file.content.size());
  if (care != Care::kUnmeasured && !running.measuring.file(file.path, content, care == Care::kOfAnother)) return false;
  guest.moment("measured");
  guest.yield();
  if (care == Care::kRacing) {
    // The file is mapped, not copied: what runs is what lies there now. The kernel knows who writes to it, and tells.
    const auto now = guest.read(page, file.content.size());
    if (now != content && !running.measuring.violation(file.path)) return false;
    content = now;
  }
  running.as_built = running.as_built && content == base::bytes_of(base::view_of(file.content));
  guest.log(std::string("runs ") + file.path);
  return true;
}

// True: the owner's secret is here.
bool attest(Running& running) {
  auto& guest = running.guest;
  const auto none = [&](const char* how) {
    guest.ends(how);
    return false;
  };
  if (guest.send("owner0", wire::encode(rp::Hello{})) != GLACIS_OK) return none("not-sent");
  const auto answer = guest.receive("owner0");
  if (!answer) return none("no-answer");
  const auto challenge = wire::decode<rp::Challenge>(*answer);
  if (!challenge) return none("refused");
  guest.moment("challenged");

  const auto key = rp::make_channel_key([&](std::size_t size) { return guest.random(size); });
  rp::TpmEvidence shown;
  shown.nonce = challenge->nonce;
  shown.channel_key = rp::public_half(key);
  if (!running.measuring.quote(shown)) return none("no-quote");
  rp::Evidence evidence;
  evidence.nonce = shown.nonce;
  evidence.channel_key = shown.channel_key;
  const auto session = rp::report_data_for(shown.nonce, shown.channel_key);
  auto own = guest.evidence(rp::request_for(session, shown.attestation), GLACIS_SERVICE_LEVEL);
  shown.bound = own.has_value();
  if (!own) own = guest.evidence(session);
  if (own) {
    evidence.kind = rp::kind_of_provider(own->provider);
    evidence.report = own->report;
    evidence.certificates = own->certificates;
  }
  evidence.report_size = static_cast<std::uint32_t>(evidence.report.size());
  evidence.certificates_size = static_cast<std::uint32_t>(evidence.certificates.size());
  shown.evidence = wire::encode(evidence);
  shown.evidence_size = static_cast<std::uint32_t>(shown.evidence.size());
  rp::show_entries(shown, running.measuring.list_for_owner());
  guest.moment("attested");
  if (guest.send("owner0", wire::encode(shown)) != GLACIS_OK) return none("not-sent");
  const auto reply = guest.receive("owner0");
  if (!reply) return none("no-answer");
  const auto secret = wire::decode<rp::Secret>(*reply);
  if (!secret) return none("refused");
  if (!rp::open_secret(key, shown.nonce, {.ephemeral = secret->ephemeral, .sealed = secret->sealed})) return none("not-for-us");
  // The owner took what runs here for what he had built.
  guest.promise("authenticity", running.as_built);
  guest.ends("fetched");
  return true;
}

}  // namespace

void run_measured(abi::Guest& guest, const std::vector<std::string>& args) {
  const auto says = [&](const char* word) { return std::find(args.begin(), args.end(), word) != args.end(); };
  Running running{guest, Measuring(guest)};
  guest.moment("started");
  if (!running.measuring.begin()) return guest.ends("no-tpm");
  const Care care = says("racing") ? Care::kRacing : Care::kMeasured;
  if (!load(running, kApplication, "component", care)) return guest.ends("no-tpm");
  if (says("unmeasured") && !load(running, kModule, "module", Care::kUnmeasured)) return guest.ends("no-tpm");
  if (says("shared")) {
    guest.secret("second-tenant", base::view_of(kNeighbour.path));
    if (!load(running, kNeighbour, "neighbour", Care::kOfAnother)) return guest.ends("no-tpm");
  }
  if (!attest(running) || !says("again")) return;
  guest.moment("next-day");
  if (!load(running, kModule, "module", Care::kMeasured)) return guest.ends("no-tpm");
  (void)attest(running);
}

}  // namespace programs
