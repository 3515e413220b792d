#include "platform/protocol/tpm/commands.h"

#include "platform/crypto/hash.h"
#include "platform/protocol/tpm/attest.h"

namespace tpm {

namespace {

struct PcrValues {
  std::uint32_t count = 0;
  std::vector<Sized> items{};
  using Wire = wire::Layout<wire::Be<&PcrValues::count, 4>{}, wire::Run<&PcrValues::items, &PcrValues::count>{}>;
};
struct PcrReadAnswer {
  std::uint32_t update_counter = 0;
  Selections selected{};
  PcrValues values{};
  using Wire = wire::Layout<wire::Be<&PcrReadAnswer::update_counter, 4>{}, &PcrReadAnswer::selected, &PcrReadAnswer::values>;
};

struct CreatePrimaryParameters {
  std::uint32_t hierarchy = kEndorsement;
  EmptyAuth auth{};
  Sized sensitive = Sized::of(base::Bytes{0, 0, 0, 0});  // no authorization, no data
  Sized wanted{};
  Sized outside{};
  std::uint32_t creation_pcrs = 0;
  using Wire = wire::Layout<wire::Be<&CreatePrimaryParameters::hierarchy, 4>{}, &CreatePrimaryParameters::auth,
                            &CreatePrimaryParameters::sensitive, &CreatePrimaryParameters::wanted, &CreatePrimaryParameters::outside,
                            wire::Be<&CreatePrimaryParameters::creation_pcrs, 4>{}>;
};
struct CreatePrimaryAnswer {
  std::uint32_t handle = 0, parameter_size = 0;
  Sized area{};
  base::Bytes rest{};  // creation data, its hash and ticket, name, session
  using Wire = wire::Layout<wire::Be<&CreatePrimaryAnswer::handle, 4>{}, wire::Be<&CreatePrimaryAnswer::parameter_size, 4>{},
                            &CreatePrimaryAnswer::area, wire::Rest<&CreatePrimaryAnswer::rest>{}>;
};

struct QuoteParameters {
  std::uint32_t key = 0;
  EmptyAuth auth{};
  Sized qualifying{};
  Scheme scheme{};  // the key's own
  Selections pcrs{};
  using Wire = wire::Layout<wire::Be<&QuoteParameters::key, 4>{}, &QuoteParameters::auth, &QuoteParameters::qualifying,
                            &QuoteParameters::scheme, &QuoteParameters::pcrs>;
};

base::Bytes command(std::uint16_t tag, std::uint32_t code, base::Bytes rest) {
  const auto size = static_cast<std::uint32_t>(kHeaderBytes + rest.size());
  return wire::encode(Command{.tag = tag, .size = size, .code = code, .rest = std::move(rest)});
}

base::Bytes big_endian(std::uint32_t value) {
  return {static_cast<std::uint8_t>(value >> 24), static_cast<std::uint8_t>(value >> 16), static_cast<std::uint8_t>(value >> 8),
          static_cast<std::uint8_t>(value)};
}

// What a good answer holds behind its header.
std::optional<base::Bytes> body_of(base::View response) {
  auto answer = wire::decode<Response>(response);
  if (!answer || answer->code != kSuccess || answer->size != response.size()) return std::nullopt;
  return std::move(answer->rest);
}

std::uint32_t code_of(base::View command) {
  const auto read = wire::decode<Command>(command);
  return read ? read->code : 0;
}

}  // namespace

base::Bytes startup() { return command(kNoSessions, kStartup, {0, 0}); }

base::Bytes pcr_extend(unsigned pcr, const Digest& digest) { return wire::encode(PcrExtend{.pcr = pcr, .digest = digest}); }

base::Bytes pcr_read(const std::vector<unsigned>& pcrs) { return command(kNoSessions, kPcrRead, wire::encode(Selections::of(pcrs))); }

base::Bytes create_primary(std::uint32_t hierarchy, const PublicArea& wanted) {
  return command(kSessions, kCreatePrimary,
                 wire::encode(CreatePrimaryParameters{.hierarchy = hierarchy, .wanted = Sized::of(wire::encode(wanted))}));
}

base::Bytes quote(std::uint32_t key, base::View qualifying, const std::vector<unsigned>& pcrs) {
  return command(kSessions, kQuote,
                 wire::encode(QuoteParameters{.key = key, .qualifying = Sized::of(qualifying), .pcrs = Selections::of(pcrs)}));
}

base::Bytes flush_context(std::uint32_t handle) { return command(kNoSessions, kFlushContext, big_endian(handle)); }

std::optional<std::uint32_t> result_of(base::View response) {
  const auto answer = wire::decode<Response>(response);
  if (!answer || answer->size != response.size()) return std::nullopt;
  return answer->code;
}

std::optional<std::map<unsigned, Digest>> read_pcrs(base::View response) {
  const auto body = body_of(response);
  if (!body) return std::nullopt;
  const auto answer = wire::decode<PcrReadAnswer>(*body);
  if (!answer || answer->selected.items.size() > 1) return std::nullopt;
  std::map<unsigned, Digest> out;
  auto value = answer->values.items.begin();
  for (const auto& selection : answer->selected.items)
    for (unsigned pcr = 0; pcr < kPcrs; ++pcr) {
      if (!selection.has(pcr)) continue;
      if (selection.algorithm != kSha256 || value == answer->values.items.end() || value->bytes.size() != Digest{}.size()) return std::nullopt;
      std::copy(value->bytes.begin(), value->bytes.end(), out[pcr].begin());
      ++value;
    }
  if (value != answer->values.items.end()) return std::nullopt;
  return out;
}

std::optional<Created> read_created(base::View response) {
  const auto body = body_of(response);
  if (!body) return std::nullopt;
  const auto answer = wire::decode<CreatePrimaryAnswer>(*body);
  if (!answer) return std::nullopt;
  const auto area = wire::decode<PublicArea>(answer->area.bytes);
  if (!area) return std::nullopt;
  return Created{answer->handle, *area};
}

std::optional<Quoted> read_quoted(base::View response) {
  const auto body = body_of(response);
  if (!body || body->size() < 4) return std::nullopt;
  // Behind the parameters' size, and before the session's answer of five bytes.
  const std::size_t size = std::size_t{(*body)[0]} << 24 | (*body)[1] << 16 | (*body)[2] << 8 | (*body)[3];
  if (size > body->size() - 4) return std::nullopt;
  base::View parameters(body->data() + 4, size);
  const auto attest = wire::decode_front<Sized>(parameters);
  if (!attest) return std::nullopt;
  return Quoted{attest->bytes, base::bytes_of(parameters)};
}

Digest extended(const Digest& before, const Digest& with) {
  base::Bytes both = base::bytes_of(base::View(before));
  base::append(both, with);
  return crypto::sha256(both);
}

Digest digest_of(const std::map<unsigned, Digest>& pcrs, const Selections& selected) {
  base::Bytes all;
  for (const auto& selection : selected.items)
    for (unsigned pcr = 0; pcr < kPcrs; ++pcr)
      if (selection.has(pcr)) {
        const auto value = pcrs.find(pcr);
        base::append(all, value == pcrs.end() ? Digest{} : value->second);
      }
  return crypto::sha256(all);
}

const char* object_of(base::View command) {
  switch (code_of(command)) {
    case kPcrExtend: return "TPM.PCR_Extend";
    case kPcrRead: return "TPM.PCR_Read";
    case kPcrReset: return "TPM.PCR_Reset";
    case kCreatePrimary: return "TPM.CreatePrimary";
    case kQuote: return "TPM.Quote";
  }
  return "TPM";
}

const wire::Schema& schema_of(base::View command) {
  static const wire::Schema kCommand = wire::schema_of<Command>("tpm.COMMAND"), kExtend = wire::schema_of<PcrExtend>("tpm.PCR_EXTEND");
  return wire::decode<PcrExtend>(command) && code_of(command) == kPcrExtend ? kExtend : kCommand;
}

std::vector<wire::Schema> schemas() {
  return {wire::schema_of<Command>("tpm.COMMAND"),
          wire::schema_of<Response>("tpm.RESPONSE"),
          wire::schema_of<PcrExtend>("tpm.PCR_EXTEND"),
          wire::schema_of<PcrReadAnswer>("tpm.PCR_READ_ANSWER"),
          wire::schema_of<CreatePrimaryParameters>("tpm.CREATE_PRIMARY"),
          wire::schema_of<CreatePrimaryAnswer>("tpm.CREATE_PRIMARY_ANSWER"),
          wire::schema_of<QuoteParameters>("tpm.QUOTE"),
          wire::schema_of<PublicArea>("tpm.PUBLIC"),
          wire::schema_of<Quote>("tpm.ATTEST_QUOTE"),
          wire::schema_of<Signature>("tpm.SIGNATURE")};
}

// TCG's policy for the endorsement hierarchy: TPM2_PolicySecret(TPM_RH_ENDORSEMENT).
PublicArea endorsement_template() {
  static constexpr Digest kPolicy = {0x83, 0x71, 0x97, 0x67, 0x44, 0x84, 0xb3, 0xf8, 0x1a, 0x90, 0xcc, 0x8d, 0x46, 0xa5, 0xd7, 0x24,
                                     0xfd, 0x52, 0xd7, 0x6e, 0x06, 0x52, 0x0b, 0x64, 0xf2, 0xa1, 0xda, 0x1b, 0x33, 0x14, 0x69, 0xaa};
  const base::Bytes zeros(32);
  return {.attributes = kFixedTpm | kFixedParent | kSensitiveDataOrigin | kAdminWithPolicy | kRestricted | kDecrypt,
          .policy = Sized::of(kPolicy),
          .symmetric = {.algorithm = kAes, .key_bits = 128, .mode = kCfb},
          .x = Sized::of(zeros),
          .y = Sized::of(zeros)};
}

PublicArea attestation_template() {
  return {.attributes = kFixedTpm | kFixedParent | kSensitiveDataOrigin | kUserWithAuth | kNoDictionary | kRestricted | kSign,
          .scheme = {.algorithm = kEcdsa, .hash = kSha256}};
}

}  // namespace tpm
