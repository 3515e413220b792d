#pragma once
// Evidence of a VM with a TPM: the platform's own evidence, and beside it a quote with what it takes to read it. In the place of EVIDENCE in
// a conversation of messages.h. What is the TPM's is big-endian, the rest little-endian.
#include <map>

#include "guest/relying_party/channel.h"
#include "guest/relying_party/messages.h"
#include "platform/crypto/hash.h"
#include "platform/protocol/tpm/attest.h"
#include "platform/protocol/tpm/public_area.h"

namespace relying_party {

inline constexpr std::size_t kPcrsShown = 11;  // 0 to 10: firmware, what it boots, the command line, IMA

// An entry of Linux's binary_runtime_measurements_sha256. Without data: it is withheld.
struct LogEntry {
  std::uint32_t pcr = 0;
  tpm::Digest digest{};
  std::uint32_t name_size = 0;
  base::Bytes name{};
  std::uint32_t data_size = 0;
  base::Bytes data{};
  using Wire = wire::Layout<&LogEntry::pcr, &LogEntry::digest, &LogEntry::name_size, wire::Run<&LogEntry::name, &LogEntry::name_size>{},
                            &LogEntry::data_size, wire::Run<&LogEntry::data, &LogEntry::data_size>{}>;
};

struct TpmEvidence {
  Header header{.type = MessageType::kTpmEvidence};
  std::uint8_t bound = 0;  // the platform's evidence is of the TPM too: binding_of below
  std::array<std::uint8_t, 32> nonce{};
  std::array<std::uint8_t, 96> channel_key{};
  tpm::PublicArea endorsement{};  // EK
  tpm::PublicArea attestation{};  // AK
  tpm::Quote quote{};
  tpm::Signature signature{};
  std::array<tpm::Digest, kPcrsShown> pcrs{};
  std::uint32_t evidence_size = 0;
  base::Bytes evidence{};  // an EVIDENCE
  std::uint32_t entry_count = 0;
  std::vector<LogEntry> entries{};  // IMA's
  using Wire = wire::Layout<&TpmEvidence::header, &TpmEvidence::bound, wire::Reserved<3>{}, &TpmEvidence::nonce, &TpmEvidence::channel_key,
                            &TpmEvidence::endorsement, &TpmEvidence::attestation, &TpmEvidence::quote, &TpmEvidence::signature,
                            &TpmEvidence::pcrs, &TpmEvidence::evidence_size,
                            wire::Run<&TpmEvidence::evidence, &TpmEvidence::evidence_size>{}, &TpmEvidence::entry_count,
                            wire::Run<&TpmEvidence::entries, &TpmEvidence::entry_count>{}>;
};

inline std::vector<wire::Schema> tpm_schemas() { return {wire::schema_of<TpmEvidence>("rp.TPM_EVIDENCE")}; }

// What a quote is made for: the challenge and the key that the secret is to be sealed to.
inline tpm::Digest qualifying_data(const Nonce& nonce, const ChannelKey& channel_key) {
  base::Bytes all = base::bytes_of(base::view_of("glacis-quote-v1"));
  all.push_back(0);
  base::append(all, nonce);
  base::append(all, crypto::sha384(channel_key));
  return crypto::sha256(all);
}

// What the guest has attested: the session, and the key that signs its quotes.
inline base::Block<64> request_for(const base::Block<64>& session, const tpm::PublicArea& attestation) {
  base::Bytes all = base::bytes_of(base::View(session));
  base::append(all, tpm::name_of(attestation));
  return crypto::sha512(all);
}

// What whoever holds the TPM inside the trust boundary makes of it, as an SVSM attests a service: the request and the service's manifest,
// which of a vTPM is its endorsement key (SVSM 1.00, SVSM_ATTEST_SINGLE_SERVICE).
inline base::Block<64> service_binding(const base::Block<64>& request, base::View manifest) {
  base::Bytes all = base::bytes_of(base::View(request));
  base::append(all, manifest);
  return crypto::sha512(all);
}

}  // namespace relying_party
