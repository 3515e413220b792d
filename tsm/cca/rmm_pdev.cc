// Physical devices: how they are made, spoken to and given keys for a stream.
#include <algorithm>

#include "platform/crypto/certificate.h"
#include "platform/crypto/hash.h"
#include "platform/crypto/rsa_key.h"
#include "tsm/cca/da_rules.h"
#include "tsm/cca/digest.h"
#include "tsm/cca/rmi_steps.h"

namespace cca {
namespace {

// SubjectPublicKeyInfo of the key as the host hands it over; nothing: there is no such key.
std::optional<base::Bytes> key_of(const ccaproto::PublicKeyParams& params) {
  const base::View key = base::View(params.key).first(std::min<std::size_t>(params.key_len, params.key.size()));
  if (params.algo == ccaproto::SignatureAlgorithm::kRsassa3072) return std::nullopt;  // no device of ours has one
  if (key.empty() || key[0] != 4) return std::nullopt;
  auto info = crypto::public_key_info(key.subspan(1));
  return crypto::point_of(info) ? std::optional(info) : std::nullopt;
}

}  // namespace

Digest digest_of(ccaproto::DigestAlgorithm algorithm, base::View bytes) {
  Digest out{};
  switch (algorithm) {
    case ccaproto::DigestAlgorithm::kSha256: std::ranges::copy(crypto::sha256(bytes), out.begin()); break;
    case ccaproto::DigestAlgorithm::kSha384: std::ranges::copy(crypto::sha384(bytes), out.begin()); break;
    case ccaproto::DigestAlgorithm::kSha512: std::ranges::copy(crypto::sha512(bytes), out.begin()); break;
  }
  return out;
}

const Pdev* Rmm::pdev(std::uint64_t address) const {
  const auto found = pdevs_.find(address);
  return found == pdevs_.end() ? nullptr : &found->second;
}

CallResult Rmm::da_call(Rmi call, const Registers& in, const DaOperands& given) {
  switch (call) {
    case Rmi::kPdevCreate: return pdev_create(in, given.pdev);
    case Rmi::kPdevCommunicate: return pdev_communicate(pdevs_.at(in.x1), in.x2);
    case Rmi::kPdevGetState: return done({.x1 = static_cast<std::uint64_t>(pdevs_.at(in.x1).state)});
    case Rmi::kPdevSetPubkey: return pdev_set_key(pdevs_.at(in.x1), given.key);
    case Rmi::kPdevStop: return pdev_stop(pdevs_.at(in.x1));
    case Rmi::kPdevAbort: pdevs_.at(in.x1).talk = Talk::kIdle; return done();
    case Rmi::kPdevDestroy: pdev_destroy(pdevs_.at(in.x1)); return done();
    case Rmi::kPdevStreamConnect: return stream_connect(given.stream);
    case Rmi::kPdevStreamDisconnect: return stream_begin(in, StreamState::kDisconnecting, PdevTask::kDisconnect);
    case Rmi::kPdevStreamKeyRefresh: return stream_begin(in, StreamState::kRefreshing, PdevTask::kRefreshKeys);
    case Rmi::kPdevStreamComplete: return stream_complete(in);
    case Rmi::kPdevStreamKeyPurge: return fails(RmiStatus::kErrorNotSupported);
    case Rmi::kRttDevMap: return rtt_dev_map(realms_.at(in.x1), in);
    case Rmi::kRttDevUnmap: return rtt_dev_unmap(realms_.at(in.x1), in);
    case Rmi::kRttDevValidate: return rtt_dev_validate(realms_.at(in.x1), in);
    default: return vdev_call(call, in, given);
  }
}

CallResult Rmm::pdev_create(const Registers& in, const ccaproto::PdevParams& params) {
  Pdev made{.pdev = in.x1, .params = params};
  if (ccaproto::category_of(params.flags) != ccaproto::PdevCategory::kRootPort)
    for (const Card& card : cards_)
      if (card.device->id() == params.pdev_id) made.device = card.device, made.mmio = card.mmio;
  pdevs_[in.x1] = made;
  granules_.use(in.x1, GranuleState::kPdev, 0);
  return done();
}

// A conversation that waits goes on at the next call; one that failed leaves the device in error.
CallResult Rmm::pdev_communicate(Pdev& pdev, std::uint64_t data) {
  const Turn turn = talk(pdev);
  const ccaproto::DevCommExit exit{.flags = turn == Turn::kWait ? ccaproto::kCommStreamWait : 0};
  (void)memory_.write(memory::KeyId::kNone, data + ccaproto::kCommExitAt, wire::encode(exit));
  pdev.talk = turn == Turn::kDone ? Talk::kIdle : turn == Turn::kWait ? Talk::kActive : Talk::kError;
  if (turn == Turn::kFailed) pdev.state = PdevState::kError;
  if (turn != Turn::kDone) return done();
  const bool of_stream = pdev.task == PdevTask::kConnect || pdev.task == PdevTask::kDisconnect || pdev.task == PdevTask::kRefreshKeys;
  if (pdev.task == PdevTask::kStop) pdev.state = PdevState::kStopped;
  else if (pdev.state == PdevState::kNew) pdev.state = pdev.device ? PdevState::kNeedsKey : PdevState::kReady;
  else if (pdev.state == PdevState::kHasKey) pdev.state = PdevState::kReady;
  pdev.task = of_stream ? PdevTask::kCompleteStream : PdevTask::kNone;
  return done();
}

Rmm::Turn Rmm::talk(Pdev& pdev) {
  const auto ended = [](const trust::Result<>& result) { return result ? Turn::kDone : Turn::kFailed; };
  if (pdev.task == PdevTask::kStop) {
    // Whatever the device says: it is not spoken to any more.
    if (pdev.device) (void)pdev.device->disconnect(true);
    return Turn::kDone;
  }
  if (pdev.task != PdevTask::kNone) return talk_of_stream(pdev);
  if (!pdev.device) return Turn::kDone;
  const auto digest = [&](tio::EvidencePart part) { return digest_of(pdev.params.hash_algo, pdev.device->evidence({}, part)); };
  if (pdev.state == PdevState::kNew) {
    const auto result = pdev.device->identify(static_cast<std::uint8_t>(pdev.params.id_index));
    if (result) pdev.vca = digest(tio::EvidencePart::kNegotiation), pdev.certificates = digest(tio::EvidencePart::kCertificates);
    return ended(result);
  }
  return pdev.state == PdevState::kHasKey ? ended(pdev.device->open_session()) : Turn::kFailed;
}

// The key that opens the session is the one that the host names: only whoever holds it can. Whether it is the certificate's, the realm
// sees from its digest.
CallResult Rmm::pdev_set_key(Pdev& pdev, const ccaproto::PublicKeyParams& params) {
  const auto key = key_of(params);
  if (!key) return fails(RmiStatus::kErrorDevice);
  pdev.device->use_key(*key);
  pdev.key = digest_of(pdev.params.hash_algo, base::View(params.key).first(params.key_len));
  pdev.state = PdevState::kHasKey;
  pdev.talk = Talk::kPending;
  return done();
}

CallResult Rmm::pdev_stop(Pdev& pdev) {
  pdev.task = PdevTask::kStop;
  pdev.talk = Talk::kPending;
  return done();
}

void Rmm::pdev_destroy(Pdev& pdev) {
  const std::uint64_t address = pdev.pdev;
  pdevs_.erase(address);
  release(address);
}

// ---- streams --------------------------------------------------------------------------------------------------------

CallResult Rmm::stream_connect(const ccaproto::PdevStreamParams& params) {
  Pdev &device = pdevs_.at(params.pdev_1), &port = pdevs_.at(params.pdev_2);
  device.stream = {.state = StreamState::kConnecting, .step = StreamStep::kStart, .root_port = port.pdev, .device = device.device,
                   .id = static_cast<std::uint8_t>(params.ide_sid)};
  port.partner = device.pdev;
  for (Pdev* end : {&device, &port}) end->task = PdevTask::kConnect, end->talk = Talk::kPending, ++end->streams;
  return done({.x1 = device.pdev | ccaproto::kStreamNonCoherent});
}

CallResult Rmm::stream_begin(const Registers& in, StreamState state, PdevTask task) {
  Pdev &device = pdevs_.at(in.x1), &port = pdevs_.at(in.x2);
  device.stream.state = state;
  device.stream.step = StreamStep::kStart;
  port.partner = device.pdev;
  for (Pdev* end : {&device, &port}) end->task = task, end->talk = Talk::kPending;
  return done();
}

CallResult Rmm::stream_complete(const Registers& in) {
  Pdev &device = pdevs_.at(in.x1), &port = pdevs_.at(in.x2);
  if (device.stream.state == StreamState::kDisconnecting) drop_stream(device);
  else device.stream.state = StreamState::kConnected, device.stream.step = StreamStep::kNone;
  device.task = port.task = PdevTask::kNone;
  return done();
}

void Rmm::drop_stream(Pdev& device) {
  Pdev& port = pdevs_.at(device.stream.root_port);
  --device.streams, --port.streams;
  device.stream = {};
}

// The root port's turn, the device's, and each again: keys change when both have begun.
Rmm::Turn Rmm::talk_of_stream(Pdev& pdev) {
  Pdev& device = pdev.device ? pdev : pdevs_.at(pdev.partner);
  Stream& stream = device.stream;
  if (!pdev.device) {
    if (stream.step == StreamStep::kDeviceReady) return stream.step = StreamStep::kRootPortDone, Turn::kDone;
    stream.step = StreamStep::kRootPortReady;
    return Turn::kWait;
  }
  if (stream.step == StreamStep::kRootPortDone) return Turn::kDone;
  if (stream.step != StreamStep::kRootPortReady) return Turn::kWait;
  // A device that is not there any more does not hold up the end of its stream: the root port forgets the keys.
  trust::Result<> result = trust::ok();
  if (device.task == PdevTask::kConnect) result = device.device->key_stream(stream.id);
  else if (device.task == PdevTask::kRefreshKeys) result = device.device->roll_keys();
  else device.device->erase_keys();
  if (result) return stream.step = StreamStep::kDeviceReady, Turn::kWait;
  // convention: a stream that has no keys is none, and its root port is free again.
  Pdev& port = pdevs_.at(stream.root_port);
  if (device.task == PdevTask::kConnect) drop_stream(device);
  device.task = port.task = PdevTask::kNone;
  port.talk = Talk::kIdle;
  return Turn::kFailed;
}

}  // namespace cca
