#pragma once
// The connection transcript of one device: every plain message that set the connection up, request and response in turn. The TSM writes
// it while it connects, hands it to the host, and keeps no more than a digest and where each message ends; a TVM that asks for a part
// of it is answered from what the host brings back.
//
// Promise: nothing is answered from bytes that are not the connection's.
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "platform/base/bytes.h"
#include "platform/protocol/cove/io.h"
#include "platform/protocol/spdm/header.h"

namespace cove {

class IoTranscript {
 public:
  // The connection is no more.
  void end();
  // While the connection is set up. Messages that carry keys of a stream are left out, and so is what has no place in a transcript.
  void begin();
  void hear(base::View request, base::View response);
  // It is set up: the bytes, which are forgotten here.
  base::Bytes finish();

  bool finished() const { return finished_; }
  bool is_of_this(base::View bytes) const;
  // TDISP's version and capabilities of the last interface that was asked for them, which no connection needs.
  const base::Bytes& tdisp() const { return tdisp_; }
  // Of bytes that are this connection's. Empty: it has no such part.
  base::Bytes element(base::View bytes, coveproto::TranscriptElement which, std::uint8_t slot) const;

 private:
  struct Message {
    spdm::Code code{};
    std::size_t at = 0, size = 0;
  };
  void note(base::View message);

  base::Bytes open_;  // until it is finished
  std::vector<Message> messages_;
  base::Block<48> digest_{};
  std::map<base::Block<48>, std::vector<Message>> ends_;  // of each connection that there was, by its digest
  bool hearing_ = false, finished_ = false;
  base::Bytes tdisp_;
};

}  // namespace cove
