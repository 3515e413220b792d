#include <gtest/gtest.h>

#include "platform/protocol/spdm/capabilities.h"
#include "platform/protocol/spdm/certificates.h"
#include "platform/protocol/spdm/challenge.h"
#include "platform/protocol/spdm/chunk.h"
#include "platform/protocol/spdm/encapsulated.h"
#include "platform/protocol/spdm/error.h"
#include "platform/protocol/spdm/key_exchange.h"
#include "platform/protocol/spdm/measurements.h"
#include "platform/protocol/spdm/psk.h"
#include "platform/protocol/spdm/session_control.h"
#include "platform/protocol/spdm/vendor_defined.h"
#include "platform/protocol/spdm/version.h"

namespace spdm {
namespace {

constexpr Version kAllVersions[] = {Version::k10, Version::k11, Version::k12, Version::k13};
const Shape kShapes[] = {
    {},
    {.digest = 32, .signature = 64, .requester_signature = 132, .exchange = 64, .measurement_summary = true,
     .signed_measurements = true, .multi_key = true},
    {.digest = 64, .signature = 384, .requester_signature = 96, .exchange = 132, .measurement_summary = true,
     .handshake_in_the_clear = true},
};

// Counts as given, everything else filled so that two fields in the wrong order are told apart.
template <wire::Message M>
base::Bytes filled(const M& form) {
  base::Bytes raw = wire::encode(wire::sized(form));
  for (const auto& field : wire::fields_of(wire::sized(form)))
    if (field.kind == wire::Kind::kBytes)
      for (std::size_t i = field.offset; i < field.offset + field.size; ++i) raw[i] = static_cast<std::uint8_t>(i + 1);
  return raw;
}

// Written back as read, of that size, whole or not at all.
template <wire::Message M>
void expect_exact(const M& form, std::size_t size, bool open_end = false) {
  const base::Bytes raw = filled(form);
  ASSERT_EQ(raw.size(), size) << name_of(raw.size() > 1 ? Code{raw[1]} : Code{});
  auto message = wire::decode<M>(raw, form);
  ASSERT_TRUE(message) << message.error().text();
  EXPECT_EQ(wire::encode(*message), raw);
  if (open_end) return;
  for (std::size_t n = 0; n < size; ++n) ASSERT_FALSE(wire::decode<M>(base::View(raw).first(n), form)) << n;
  base::Bytes tailed = raw;
  tailed.push_back(0);
  EXPECT_FALSE(wire::decode<M>(tailed, form));
}

template <class M>
M with(Version version, std::uint8_t param1 = 0, std::uint8_t param2 = 0) {
  M message;
  message.header.version = version;
  message.header.param1 = param1;
  message.header.param2 = param2;
  return message;
}

// As between the DMTF's own emulators.
TEST(Messages, Version) {
  EXPECT_EQ(base::to_hex(wire::encode(GetVersion{})), "10840000");
  const base::Bytes raw = base::from_hex("1004000000010012").value();
  auto message = wire::decode<VersionResponse>(raw);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->version_number_entries, std::vector<VersionNumber>{version_number(Version::k12)});
  EXPECT_EQ(version_of(0x1200), Version::k12);
  EXPECT_TRUE(is_alpha(0x1201));
  EXPECT_EQ(wire::encode(*message), raw);
  expect_exact(VersionResponse{.version_number_entry_count = 3}, 12);
  expect_exact(GetVersion{}, 4);
}

TEST(Messages, CapabilitiesByVersion) {
  expect_exact(with<GetCapabilities>(Version::k10), 4);
  expect_exact(with<GetCapabilities>(Version::k11), 12);
  expect_exact(with<GetCapabilities>(Version::k12), 20);
  expect_exact(with<GetCapabilities>(Version::k13, kSupportedAlgorithms), 20);
  expect_exact(with<Capabilities>(Version::k10), 12);
  expect_exact(with<Capabilities>(Version::k11), 12);
  expect_exact(with<Capabilities>(Version::k12, kSupportedAlgorithms), 20);
  expect_exact(with<Capabilities>(Version::k13), 20);
  auto block = with<Capabilities>(Version::k13, kSupportedAlgorithms);
  expect_exact(block, 50);
  block.supported_algorithms.param1 = 2;
  block.supported_algorithms.ext_asym_count = 1;
  expect_exact(block, 62);
}

TEST(Messages, Digests) {
  expect_exact(GetDigests{}, 4);
  for (const Shape& shape : kShapes) {
    for (Version version : kAllVersions) {
      auto digests = with<Digests>(version, 0xff, 0x15);
      digests.shape = shape;
      expect_exact(digests, 4 + 3 * shape.digest + (version == Version::k13 && shape.multi_key ? 3 * 4 : 0));
    }
  }
  Digests digests = with<Digests>(Version::k12, 0, 0x15);
  digests = *wire::decode<Digests>(filled(digests), digests);
  EXPECT_EQ(digest_of_slot(digests, 2).data(), digests.digests.data() + 48);
  EXPECT_EQ(digest_of_slot(digests, 4).data(), digests.digests.data() + 96);
  EXPECT_TRUE(digest_of_slot(digests, 1).empty());
  EXPECT_TRUE(digest_of_slot(digests, 8).empty());
  digests.digests.resize(96);
  EXPECT_TRUE(digest_of_slot(digests, 4).empty());
}

TEST(Messages, Certificate) {
  expect_exact(GetCertificate{}, 8);
  expect_exact(CertificateResponse{.portion_length = 1000}, 1008);
  for (const Shape& shape : kShapes)
    expect_exact(CertificateChain{.length = 500, .shape = shape}, 500);
  // A length that ends inside the hash leaves nothing for certificates, and then its own bytes are too many.
  expect_exact(CertificateChain{.length = 20}, 52);
}

TEST(Messages, ACertificateChainNamesItsRoot) {
  const base::Bytes root = base::from_hex("3003020101").value(), leaf = base::from_hex("3003020102").value();
  const base::Bytes blob = certificate_chain_of(crypto::Digest::kSha384, {root, leaf});
  auto chain = wire::decode<CertificateChain>(blob);
  ASSERT_TRUE(chain);
  EXPECT_EQ(chain->length, 4 + 48 + 10);
  EXPECT_EQ(chain->root_hash, crypto::hash(crypto::Digest::kSha384, root));
  EXPECT_EQ(split_certificates(chain->certificates), (std::vector<base::Bytes>{root, leaf}));
  EXPECT_TRUE(split_certificates(base::View(chain->certificates).first(9)).empty());
}

TEST(Messages, Challenge) {
  for (Version version : kAllVersions) {
    const std::size_t context = version == Version::k13 ? 8 : 0;
    expect_exact(with<Challenge>(version), 36 + context);
    for (const Shape& shape : kShapes) {
      auto auth = with<ChallengeAuth>(version);
      auth.opaque_length = 7;
      auth.shape = shape;
      const std::size_t summary = shape.measurement_summary ? shape.digest : 0;
      expect_exact(auth, 4 + shape.digest + 32 + summary + 2 + 7 + context + shape.signature);
    }
  }
  // Seen between the DMTF's own emulators: SHA-384, P-384, all measurements, no opaque data.
  auto auth = with<ChallengeAuth>(Version::k12);
  auth.shape.measurement_summary = true;
  expect_exact(auth, 230);
}

TEST(Messages, Measurements) {
  expect_exact(with<GetMeasurements>(Version::k12), 4);
  expect_exact(with<GetMeasurements>(Version::k13), 12);
  expect_exact(with<GetMeasurements>(Version::k10, kSignatureRequested), 36);
  expect_exact(with<GetMeasurements>(Version::k11, kSignatureRequested), 37);
  expect_exact(with<GetMeasurements>(Version::k13, kSignatureRequested), 45);
  for (const Shape& shape : kShapes) {
    auto message = with<Measurements>(Version::k12);
    message.measurement_record_length = 0x10203;
    message.opaque_length = 3;
    message.shape = shape;
    const base::Bytes raw = filled(message);
    EXPECT_EQ(raw.size(), 8 + 0x10203 + 32 + 2 + 3 + (shape.signed_measurements ? shape.signature : 0));
    EXPECT_EQ(wire::encode(*wire::decode<Measurements>(raw, message)), raw);
    message.measurement_record_length = 5;
    expect_exact(message, 8 + 5 + 32 + 2 + 3 + (shape.signed_measurements ? shape.signature : 0));
  }
  expect_exact(with<Measurements>(Version::k13), 8 + 32 + 2 + 8);
}

TEST(Messages, MeasurementBlocks) {
  const auto rom = measurement_block(2, MeasurementType::kImmutableRom, false, base::Bytes(48, 1));
  const auto svn = measurement_block(1, MeasurementType::kSecureVersionNumber, true, base::Bytes(8, 2));
  EXPECT_EQ(base::to_hex(wire::encode(svn)), "01010b00" "870800" "0202020202020202");
  const base::Bytes record = record_of({rom, svn});
  EXPECT_EQ(blocks_of(record), (std::vector<MeasurementBlock>{rom, svn}));
  EXPECT_FALSE(blocks_of(base::View(record).first(record.size() - 1)));
  EXPECT_EQ(measurement_summary(crypto::Digest::kSha256, {rom, svn}),
            crypto::hash(crypto::Digest::kSha256, record_of({svn, rom})));
  auto value = wire::decode<DmtfMeasurement>(svn.measurement);
  ASSERT_TRUE(value);
  EXPECT_EQ(value->type(), MeasurementType::kSecureVersionNumber);
  EXPECT_TRUE(value->is_raw());
  expect_exact(DeviceMode{}, 16);
}

TEST(Messages, KeyExchangeAndFinish) {
  for (const Shape& shape : kShapes) {
    const std::size_t summary = shape.measurement_summary ? shape.digest : 0;
    expect_exact(KeyExchange{.opaque_length = 20, .shape = shape},
                 40 + shape.exchange + 2 + 20);
    KeyExchangeResponse response;
    response.opaque_length = 12;
    response.shape = shape;
    expect_exact(response, 40 + shape.exchange + summary + 2 + 12 + shape.signature +
                               (shape.handshake_in_the_clear ? 0 : shape.digest));
    expect_exact(Finish{.shape = shape}, 4 + shape.digest);
    auto finish = with<Finish>(Version::k12, kSignatureIncluded);
    finish.shape = shape;
    expect_exact(finish, 4 + shape.requester_signature + shape.digest);
    expect_exact(FinishResponse{.shape = shape}, 4 + (shape.handshake_in_the_clear ? shape.digest : 0));
  }
  KeyExchangeResponse seen;  // as for CHALLENGE_AUTH
  seen.opaque_length = 12;
  seen.shape.measurement_summary = true;
  expect_exact(seen, 342);
  EXPECT_EQ(session_id_of(0x1234, 0xffff), 0xffff1234u);
}

TEST(Messages, PreSharedKey) {
  expect_exact(PskExchange{.psk_hint_length = 3, .context_length = 32, .opaque_length = 5}, 12 + 3 + 32 + 5);
  for (const Shape& shape : kShapes) {
    PskExchangeResponse response;
    response.context_length = 32;
    response.opaque_length = 6;
    response.shape = shape;
    expect_exact(response, 12 + (shape.measurement_summary ? shape.digest : 0) + 32 + 6 + shape.digest);
    expect_exact(PskFinish{.shape = shape}, 4 + shape.digest);
  }
  expect_exact(PskFinishResponse{}, 4);
}

TEST(Messages, SessionControlIsHeaders) {
  expect_exact(Heartbeat{}, 4);
  expect_exact(HeartbeatAck{}, 4);
  expect_exact(KeyUpdate{}, 4);
  expect_exact(KeyUpdateAck{}, 4);
  expect_exact(EndSession{}, 4);
  expect_exact(EndSessionAck{}, 4);
  EXPECT_EQ(base::to_hex(wire::encode(Heartbeat{})), "12e80000");
  EXPECT_EQ(base::to_hex(wire::encode(EndSessionAck{})), "126c0000");
}

TEST(Messages, Encapsulated) {
  expect_exact(GetEncapsulatedRequest{}, 4);
  expect_exact(EncapsulatedRequest{}, 4, true);
  expect_exact(DeliverEncapsulatedResponse{}, 4, true);
  expect_exact(with<EncapsulatedResponseAck>(Version::k11), 4, true);
  expect_exact(with<EncapsulatedResponseAck>(Version::k12), 8, true);
  const base::Bytes raw = base::from_hex("126b0201" "07000000" "12810000").value();
  auto ack = wire::decode<EncapsulatedResponseAck>(raw);
  ASSERT_TRUE(ack);
  EXPECT_EQ(ack->ack_request_id, 7);
  EXPECT_EQ(header_of(ack->payload)->code, Code::kGetDigests);
}

TEST(Messages, Chunks) {
  expect_exact(ChunkSend{.chunk_size = 10}, 12 + 4 + 10);
  expect_exact(ChunkSend{.chunk_seq_no = 1, .chunk_size = 10}, 12 + 10);
  expect_exact(ChunkResponse{.chunk_size = 10}, 12 + 4 + 10);
  expect_exact(ChunkResponse{.chunk_seq_no = 1, .chunk_size = 10}, 12 + 10);
  expect_exact(ChunkGet{}, 6);
  expect_exact(ChunkSendAck{}, 6, true);
}

TEST(Messages, VendorDefined) {
  expect_exact(VendorDefinedRequest{.vendor_id_length = 2, .payload_length = 9}, 20);
  expect_exact(VendorDefinedResponse{.payload_length = 9}, 18);
  const auto query = pci_request(Version::k12, kPciProtocolTdisp, base::from_hex("1081").value());
  EXPECT_EQ(base::to_hex(wire::encode(query)), "12fe0000" "0300" "02" "0100" "0300" "01" "1081");
  auto payload = pci_payload(query);
  ASSERT_TRUE(payload);
  EXPECT_EQ(payload->protocol, kPciProtocolTdisp);
  EXPECT_EQ(base::to_hex(payload->message), "1081");
  auto foreign = query;
  foreign.vendor_id[0] = 2;
  EXPECT_FALSE(pci_payload(foreign));
  foreign = query;
  foreign.standard_id = kRegistryDmtf;
  EXPECT_FALSE(pci_payload(foreign));
  foreign = query;
  foreign.payload.clear();
  EXPECT_FALSE(pci_payload(foreign));
}

TEST(Messages, Errors) {
  EXPECT_EQ(base::to_hex(wire::encode(error(Version::k12, ErrorCode::kUnsupportedRequest, 0xed))), "127f07ed");
  EXPECT_EQ(base::to_hex(wire::encode(error_large_response(Version::k12, 9))), "127f0f0009");
  const NotReady when{.rdt_exponent = 10, .request_code = Code::kChallenge, .token = 3, .rdtm = 2};
  const base::Bytes raw = wire::encode(error_not_ready(Version::k12, when));
  EXPECT_EQ(base::to_hex(raw), "127f42000a830302");
  EXPECT_EQ(*wire::decode<NotReady>(wire::decode<Error>(raw)->extended), when);
  expect_exact(with<Error>(Version::k12, 0x01), 4);
  expect_exact(with<Error>(Version::k12, 0x0f), 5);
  expect_exact(with<Error>(Version::k12, 0x42), 8);
  expect_exact(with<Error>(Version::k12, 0xff), 4, true);
  expect_exact(RespondIfReady{}, 4);
  EXPECT_EQ(name_of(ErrorCode::kDecryptError), "DecryptError");
  EXPECT_EQ(name_of(ErrorCode{0x02}), "");
}

TEST(Messages, CodesAndTheirNames) {
  EXPECT_EQ(response_to(Code::kGetMeasurements), Code::kMeasurements);
  EXPECT_EQ(response_to(Code::kKeyExchange), Code::kKeyExchangeRsp);
  EXPECT_TRUE(is_request(Code::kGetVersion));
  EXPECT_FALSE(is_request(Code::kError));
  EXPECT_EQ(name_of(Code::kPskExchangeRsp), "PSK_EXCHANGE_RSP");
  EXPECT_EQ(name_of(Code{0x00}), "");
  EXPECT_FALSE(header_of(base::Bytes(3)));
}

}  // namespace
}  // namespace spdm
