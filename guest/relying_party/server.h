#pragma once
// The guest's owner as a party on the network: bytes in, bytes out. Challenges whoever asks, appraises what is
// answered, and releases its secret only to the channel key that accepted evidence vouches for.
#include <functional>
#include <list>
#include <vector>

#include "guest/relying_party/appraiser.h"
#include "guest/relying_party/channel.h"
#include "guest/relying_party/messages.h"

namespace relying_party {

// When a message arrives, by the owner's own two clocks.
struct Arrival {
  Picoseconds at = 0;
  crypto::CalendarTime calendar = 0;
};

// One act of release, for whoever judges whether it was right.
struct Release {
  Picoseconds at = 0;
  Nonce nonce{};
  ChannelKey channel_key{};
};

class RelyingParty {
 public:
  // Challenges remembered at most; the oldest is forgotten first, and evidence for it refused.
  static constexpr std::size_t kSessionsMax = 1024;

  RelyingParty(Appraiser appraiser, base::Bytes secret, Random random, trust::Defences& defences);
  RelyingParty(const RelyingParty&) = delete;
  RelyingParty& operator=(const RelyingParty&) = delete;

  // The answer to one message, always a CHALLENGE, a SECRET or a REFUSED. Time never runs backwards.
  base::Bytes receive(base::View message, const Arrival& arrival);

  const std::vector<Release>& releases() const { return releases_; }

 private:
  struct Session {
    Nonce nonce{};
    Picoseconds issued = 0;
    bool answered = false;
  };

  base::Bytes challenge(const Arrival& arrival);
  base::Bytes answer(const Evidence& evidence, const Arrival& arrival);
  trust::Result<> appraise_answer(const Evidence& evidence, const Arrival& arrival);
  Session* find_session(const Nonce& nonce);

  Appraiser appraiser_;
  base::Bytes secret_;
  Random random_;
  trust::Defences& defences_;
  std::list<Session> sessions_;  // oldest first
  std::vector<Release> releases_;
};

// The rows of the session itself; those of the evidence are in snp_rules.h and tdx_rules.h.
void collect_server_defences(std::vector<const trust::Defence*>& into);

}  // namespace relying_party
