#pragma once
// Taking a device into a trust boundary, step by step: the order in which SPDM, IDE_KM and TDISP are spoken, for whoever plays the
// requester, be it firmware, a guest or a host kernel. Data objects of the device's DOE mailbox go through one function; what the
// device said is data to be judged by the caller between the steps. A step that is refused says by which rule; nothing is undone by
// itself: `release` lets go of whatever is held.
#include <functional>
#include <map>
#include <string>

#include "platform/requester/doe.h"
#include "platform/requester/ide_km.h"
#include "platform/requester/spdm.h"
#include "platform/requester/tdisp.h"

namespace requester {

// A whole data object there, and the one that answers it; nothing when none comes.
using CarryObject = std::function<std::optional<base::Bytes>(base::View object)>;

// The other end of a stream, whoever owns it.
class PeerPort {
 public:
  virtual ~PeerPort() = default;
  virtual bool program(std::uint8_t stream, const MirrorKey& key) = 0;
  // The three sub-streams of this direction, as the peer sees it, take the keys of this set into use.
  virtual bool go(std::uint8_t stream, unsigned key_set, ide::Direction direction) = 0;
};

class Assignment {
 public:
  Assignment(Settings settings, tdisp::FunctionId function, Random random, CarryObject carry, trust::Defences& defences,
             std::string at);
  Assignment(const Assignment&) = delete;
  Assignment& operator=(const Assignment&) = delete;

  trust::Result<> connect();  // what the mailbox serves, then version, capabilities, algorithms
  trust::Result<> read_certificates(std::uint8_t slots = 0xff);
  // Instead of the key in the slot's certificate; SubjectPublicKeyInfo.
  void use_key(std::uint8_t slot, base::Bytes public_key_info) { spdm_.use_key(slot, std::move(public_key_info)); }
  // All, signed; with somebody else's nonce where one is given.
  trust::Result<> measure(std::uint8_t slot, const std::optional<spdm::Nonce>& nonce = {}, bool raw = false);
  trust::Result<> open_session(std::uint8_t slot);
  // Keys for both ends of a stream: receivers go before transmitters.
  trust::Result<> key_stream(std::uint8_t stream, unsigned key_set, PeerPort& peer);
  // Which interface of the device the steps below are about: the constructor's one until told otherwise. What was learned of each is
  // kept.
  void turn_to(tdisp::FunctionId function);
  trust::Result<> ask_interface();  // TDISP version and capabilities
  trust::Result<> lock(const Tdisp::Lock& lock);
  trust::Result<> read_report();
  trust::Result<tdisp::State> state();
  trust::Result<> start();
  trust::Result<> stop();
  trust::Result<> heartbeat();
  trust::Result<> update_keys();  // of the session, both ways
  trust::Result<> stop_stream(std::uint8_t stream, unsigned key_set);  // the device's end
  trust::Result<> close_session();
  void on_exchange(Spdm::Heard heard) { spdm_.on_exchange(std::move(heard)); }

  const Learned& learned() const { return spdm_.learned(); }
  const Tdisp& interface() const { return *tdisp_; }
  // The nonces that the requester asked with, from its own random source.
  std::optional<spdm::Nonce> own_proof() const;
  std::optional<spdm::Nonce> own_measurements() const;
  bool in_session() const { return spdm_.in_session(); }

 private:
  trust::Result<> spdm(const Goal& goal);
  template <class Part, class PartGoal>
  trust::Result<> speak(Part& part, const PartGoal& goal);

  CarryObject carry_;
  trust::Defences& defences_;
  std::string at_;
  Spdm spdm_;
  IdeKm ide_km_;
  std::map<std::uint32_t, Tdisp> interfaces_;  // by FunctionId.bits
  Tdisp* tdisp_;
};

}  // namespace requester
