#pragma once
// What the guest and its owner say to each other, through the host and a network:
//
//   guest: HELLO -> owner: CHALLENGE{nonce} -> guest: EVIDENCE{nonce, key, report, certificates}
//                -> owner: SECRET{nonce, sealed} or REFUSED{nonce, defence id}
//
// Little-endian. The report and the certificate table are opaque here, so that any technology's evidence fits.
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "platform/base/bytes.h"
#include "platform/wire/schema.h"
#include "platform/wire/wire.h"

namespace relying_party {

enum class MessageType : std::uint8_t {
  kHello = 1,
  kChallenge = 2,
  kEvidence = 3,
  kSecret = 4,
  kRefused = 5,
  kService = 6,      // service_messages.h
  kTls = 7,          // stream_messages.h: TLS records, and the same in the clear
  kPlain = 8,
  kTpmEvidence = 9,  // tpm_messages.h
};
inline constexpr std::uint8_t kMessageVersion = 1;
// Larger parts are refused unread.
inline constexpr std::size_t kMessageSizeMax = 64 * 1024;

enum class EvidenceKind : std::uint8_t { kSnpReport = 1, kTdQuote = 2, kCcaToken = 3, kDiceChain = 4, kCoveEvidence = 5 };

// By the provider that a guest's kernel names (configfs-tsm's names; of pKVM and CoVE, which have none there, our own).
inline EvidenceKind kind_of_provider(std::string_view provider) {
  if (provider == "tdx_guest") return EvidenceKind::kTdQuote;
  if (provider == "arm_cca_guest") return EvidenceKind::kCcaToken;
  if (provider == "pkvm_guest") return EvidenceKind::kDiceChain;
  if (provider == "cove_guest") return EvidenceKind::kCoveEvidence;
  return EvidenceKind::kSnpReport;
}

struct Header {
  MessageType type = MessageType::kHello;
  std::uint8_t version = kMessageVersion;
  using Wire = wire::Layout<&Header::type, &Header::version, wire::Reserved<2>{}>;
};

struct Hello {
  Header header{.type = MessageType::kHello};
  using Wire = wire::Layout<&Hello::header>;
};

struct Challenge {
  Header header{.type = MessageType::kChallenge};
  std::array<std::uint8_t, 32> nonce{};
  using Wire = wire::Layout<&Challenge::header, &Challenge::nonce>;
};

struct Evidence {
  Header header{.type = MessageType::kEvidence};
  EvidenceKind kind = EvidenceKind::kSnpReport;
  std::array<std::uint8_t, 32> nonce{};        // of the challenge that this answers
  std::array<std::uint8_t, 96> channel_key{};  // P-384, X||Y, big-endian
  std::uint32_t report_size = 0;
  std::uint32_t certificates_size = 0;
  base::Bytes report;
  base::Bytes certificates;  // of a quote: TdxAttachment
  using Wire = wire::Layout<&Evidence::header, &Evidence::kind, wire::Reserved<3>{}, &Evidence::nonce,
                            &Evidence::channel_key, &Evidence::report_size, &Evidence::certificates_size,
                            wire::Run<&Evidence::report, &Evidence::report_size>{},
                            wire::Run<&Evidence::certificates, &Evidence::certificates_size>{}>;
};

struct Secret {
  Header header{.type = MessageType::kSecret};
  std::array<std::uint8_t, 32> nonce{};
  std::array<std::uint8_t, 96> ephemeral{};
  std::uint32_t sealed_size = 0;
  base::Bytes sealed;
  using Wire = wire::Layout<&Secret::header, &Secret::nonce, &Secret::ephemeral, &Secret::sealed_size,
                            wire::Run<&Secret::sealed, &Secret::sealed_size>{}>;
};

// The nonce is zero when the refused message named none.
struct Refused {
  Header header{.type = MessageType::kRefused};
  std::array<std::uint8_t, 32> nonce{};
  std::uint32_t defence_size = 0;
  base::Bytes defence;  // its id, text
  using Wire = wire::Layout<&Refused::header, &Refused::nonce, &Refused::defence_size,
                            wire::Run<&Refused::defence, &Refused::defence_size>{}>;
};

// For whoever prints or alters these messages by name.
inline std::vector<wire::Schema> schemas() {
  return {wire::schema_of<Hello>("rp.HELLO"), wire::schema_of<Challenge>("rp.CHALLENGE"),
          wire::schema_of<Evidence>("rp.EVIDENCE"), wire::schema_of<Secret>("rp.SECRET"),
          wire::schema_of<Refused>("rp.REFUSED")};
}

// The type that these bytes claim, if they are long enough to claim one.
inline std::optional<MessageType> type_of(base::View message) {
  if (message.empty()) return std::nullopt;
  return static_cast<MessageType>(message[0]);
}

}  // namespace relying_party
