#pragma once
// A guest program that is a process of its own: its calls come over a link, one at a time, and are carried out on the VM's fiber as
// those of a program that is built in. The engine knows no process and no socket; whoever starts a run lends it links.
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "platform/base/bytes.h"
#include "scenarios/load/scenario.h"

namespace engine {

class GuestLink {
 public:
  virtual ~GuestLink() = default;  // ends the process, where it is ours
  virtual bool send(base::View frame) = 0;
  // The next frame, without its length. Nothing: there is none any more, and `ended` says why.
  virtual std::optional<base::Bytes> receive() = 0;

  struct End {
    std::string why;          // "was ended by signal 9", "closed the stream"
    std::string limit;        // the named limit that ended it, else empty
    bool memory_error = false;  // it touched what is not its own: whoever made it do so could make it do more
  };
  virtual End ended() const = 0;
};

// A guest for one world. Throws base::UserError where there is none at that path.
using OpenGuest = std::function<std::unique_ptr<GuestLink>(const load::Thread&)>;
// The stream to a TPM in a process of its own (tsm/vtpm/vtpm_protocol.h), for one VM of one world. The file keeps what is permanent; empty:
// nothing is kept.
using OpenTpm = std::function<std::unique_ptr<GuestLink>()>;

}  // namespace engine
