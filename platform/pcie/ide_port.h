#pragma once
// The IDE engine of one port: a stream for each selective block of its IDE capability. Chooses the stream of what
// leaves, opens what arrives, and keeps the status registers true. Keys come from whoever manages them: the device's
// IDE_KM responder, or the TSM for a root port.
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "platform/pcie/config_builder.h"
#include "platform/pcie/ide_stream.h"

namespace pcie {

// A packet as the port understood it.
struct Arrived {
  tlp::Tlp packet;
  bool trusted = false;
  std::optional<ide::StreamId> stream;
};

class IdePort {
 public:
  // `config` may have no IDE capability; then everything is in the clear.
  IdePort(std::string at, ConfigSpace& config, trust::Defences& defences, const IdeSettings& settings);
  IdePort(const IdePort&) = delete;
  IdePort& operator=(const IdePort&) = delete;

  unsigned block_count() const { return static_cast<unsigned>(streams_.size()); }
  IdeStream& block(unsigned index) { return *streams_[index]; }
  // The stream that a control register names with this id; an enabled one first.
  IdeStream* find(ide::StreamId id);
  // Streams whose control has the Default bit.
  std::vector<ide::StreamId> default_streams() const;
  // To be called after keys changed: status registers follow.
  void refresh();

  // What goes onto the link, in order. A completion takes the stream of its request, `over`; a request the one that
  // its address or target is associated with, else the default stream.
  trust::Result<std::vector<base::Bytes>> send(const tlp::Tlp& packet, bool trusted,
                                               std::optional<ide::StreamId> over = std::nullopt);
  // Which stream `send` would take.
  IdeStream* choose(const tlp::Tlp& packet, std::optional<ide::StreamId> over);

  // A packet in the clear or opened. Nothing without a refusal: it was no packet, or meant for the engine itself.
  struct Received {
    std::optional<Arrived> arrived;
    std::optional<trust::Refusal> refusal;
    std::optional<ide::StreamId> failed;  // this stream has just failed
    bool associated = true;               // false: an Unsupported Request, though well sealed
    bool malformed = false;
    bool misrouted = false;               // sealed for a stream that this port does not have
  };
  Received receive(base::View bytes);

  // Told when a secure stream is switched off in its control register.
  void on_disabled(std::function<void(ide::StreamId)> told) { told_ = std::move(told); }
  // Conventional reset, or FLR of the function that owns the capability.
  void wipe();

 private:
  void configure();
  std::uint32_t control_of(unsigned index) const;
  bool rid_associated(unsigned index, tlp::RequesterId rid) const;
  bool address_associated(unsigned index, std::uint64_t address) const;

  std::string at_;
  ConfigSpace& config_;
  unsigned offset_;
  trust::Defences& defences_;
  std::vector<std::unique_ptr<IdeStream>> streams_;
  std::function<void(ide::StreamId)> told_;
};

}  // namespace pcie
