#pragma once
// What an endpoint's logic shows to the bus, and what the bus offers to it. A device implements `Function` (one per
// function, virtual ones included); an `Endpoint` (endpoint.h) owns the link and hands each function its `Requester`.
#include <cstdint>
#include <optional>

#include "platform/base/bytes.h"
#include "platform/pcie/config_space.h"
#include "platform/protocol/tlp/tlp.h"

namespace pcie {

// Everything that makes a function forget. `kFlr` leaves the rest of the device alone; the others befall all of it.
enum class Reset {
  kPowerOn,   // D3cold and back, a card put in
  kHot,       // conventional reset over the link: secondary bus reset, link disable, DPC containment
  kFlr,       // function level reset
  kLinkDown,  // surprise down: power stays, the link is gone
  kD3Hot,     // only when the function does not claim No_Soft_Reset
};

// How a request arrived. A function that cares for TDISP decides by these.
struct Origin {
  tlp::RequesterId requester = 0;
  bool trusted = false;                // T bit; false unless the packet came over a stream
  std::optional<std::uint8_t> stream;  // IDE stream id, nothing when the packet came in the clear
};

class Function {
 public:
  virtual ~Function() = default;

  // Built once, before the function is attached; the endpoint reads BARs, command and capabilities there.
  virtual ConfigSpace& config() = 0;

  // `offset` counts from the start of BAR `bar` (the lower of a 64-bit pair). Nothing, or false: Unsupported Request;
  // the access is then without effect. The MSI-X table is served before this is asked (msix.h).
  virtual std::optional<base::Bytes> mmio_read(unsigned bar, std::uint64_t offset, std::size_t size,
                                               const Origin& origin) = 0;
  virtual bool mmio_write(unsigned bar, std::uint64_t offset, base::View bytes, const Origin& origin) = 0;

  // Asked before every access to a BAR, the MSI-X table included: a lock decides here.
  virtual bool mmio_permitted(unsigned bar, std::uint64_t offset, std::size_t size, bool write, const Origin& origin) {
    (void)bar, (void)offset, (void)size, (void)write, (void)origin;
    return true;
  }

  // Config space has been reset already when this is called.
  virtual void reset(Reset kind) = 0;

  // After a config write took effect (`config().watch` tells the details); here so that a lock can see who wrote.
  virtual void config_written(unsigned offset, std::size_t size, const Origin& origin) {
    (void)offset, (void)size, (void)origin;
  }

  // A stream of the port became insecure: keys are gone, whatever was bound to it has lost its protection.
  virtual void stream_failed(std::uint8_t stream) { (void)stream; }
};

// What a function can do on the bus. Bytes come back empty, and writes have no effect, whenever a request does not get
// through; `outcome` says which way.
enum class Outcome { kOk, kUnsupportedRequest, kCompleterAbort, kTimeout, kLinkDown, kNotMaster };

struct DmaRead {
  Outcome outcome = Outcome::kOk;
  base::Bytes bytes;  // all ones on timeout, as a root port gives them
};

class Requester {
 public:
  virtual ~Requester() = default;
  // Any size; cut into packets at 4 KiB and at the payload limit. `trusted` asks for a T bit, which needs a secure
  // stream. `translated`: the address came from the IOMMU before (ATS).
  virtual DmaRead memory_read(std::uint64_t address, std::size_t size, bool trusted, bool translated = false) = 0;
  virtual Outcome memory_write(std::uint64_t address, base::View bytes, bool trusted, bool translated = false) = 0;
  virtual Outcome message(const tlp::Tlp& message) = 0;
  // Fires an MSI-X vector, or pends it when masked.
  virtual Outcome interrupt(unsigned vector, bool trusted) = 0;
  virtual tlp::RequesterId requester_id() const = 0;
};

}  // namespace pcie
