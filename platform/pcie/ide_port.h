#pragma once
// The IDE engine of one port: a stream for each selective block of its IDE capability, and one for each link block.
// Chooses the stream of what leaves, opens what arrives, and keeps the status registers true. Keys come from whoever
// manages them: the device's IDE_KM responder, or the TSM for a root port.
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
  bool associated = true;  // with the stream that it came over; else an Unsupported Request, though well sealed
};

class IdePort {
 public:
  // `config` may have no IDE capability; then everything is in the clear.
  IdePort(std::string at, ConfigSpace& config, trust::Defences& defences, const IdeSettings& settings);
  IdePort(const IdePort&) = delete;
  IdePort& operator=(const IdePort&) = delete;

  // Selective streams first, in the order of their blocks, then those of the link.
  unsigned selective_count() const { return selective_; }
  unsigned block_count() const { return static_cast<unsigned>(streams_.size()); }
  IdeStream& block(unsigned index) { return *streams_[index]; }
  // The stream that a control register names with this id; an enabled one first.
  IdeStream* find(ide::StreamId id);
  // Streams whose control has the Default bit.
  std::vector<ide::StreamId> default_streams() const;
  // To be called after keys changed: status registers follow.
  void refresh();

  // The stream of the link for this traffic class, whose control register has it enabled.
  IdeStream* link_stream(unsigned traffic_class = 0);
  bool is_link(const IdeStream& stream) const;
  // The enabled selective stream that carries what is meant for this function; null: none.
  IdeStream* stream_to(tlp::RequesterId function);

  // What goes onto the link, in order. A completion takes the stream of its request, `over`; a request the one that
  // its address or target is associated with, else the default stream, else that of the link. `more`: as in
  // IdeStream::seal.
  trust::Result<Sealed> send(const tlp::Tlp& packet, bool trusted,
                             std::optional<ide::StreamId> over = std::nullopt, bool more = false);
  // The same over this stream, chosen before; null: in the clear.
  trust::Result<Sealed> send_by(IdeStream* stream, const tlp::Tlp& packet, bool trusted, bool more = false);
  // Its two halves: whether a packet may leave so, and its bytes.
  std::optional<trust::Refusal> refuses(IdeStream* stream, bool trusted);
  trust::Result<Sealed> pack(IdeStream* stream, const tlp::Tlp& packet, bool trusted, bool more = false);
  // Which stream `send` would take.
  IdeStream* choose(const tlp::Tlp& packet, std::optional<ide::StreamId> over);

  // Packets in the clear or opened. None without a refusal: it was no packet, one that waits for its MAC, or meant for
  // the engine itself.
  struct Received {
    std::optional<Arrived> arrived;
    std::vector<Arrived> before;          // those of its unit that come before it
    std::optional<trust::Refusal> refusal;
    std::optional<ide::StreamId> failed;  // this stream has just failed
    bool malformed = false;
    bool misrouted = false;               // sealed for a stream that this port does not have
    bool pcrc_failed = false;             // a packet was dropped whose data is not what its source sent
  };
  Received receive(base::View bytes);
  Received receive_clear(tlp::Tlp packet);  // what came without a prefix

  // Told when a secure stream is switched off in its control register.
  void on_disabled(std::function<void(ide::StreamId)> told) { told_ = std::move(told); }
  // Conventional reset, or FLR of the function that owns the capability.
  void wipe();

 private:
  void configure();
  unsigned control_at(unsigned index) const { return blocks_[index].control; }
  std::uint32_t control_of(unsigned index) const { return config_.get(control_at(index), 4); }
  bool is_link(unsigned index) const { return index >= selective_; }
  Received opened(unsigned index, ide::Packet sealed, base::View bytes);
  bool rid_associated(unsigned index, tlp::RequesterId rid) const;
  bool address_associated(unsigned index, std::uint64_t address) const;

  std::string at_;
  ConfigSpace& config_;
  unsigned offset_;
  trust::Defences& defences_;
  std::vector<std::unique_ptr<IdeStream>> streams_;  // the selective ones, then those of the link
  // Where a stream's registers lie, which its capability fixes.
  struct Block {
    unsigned control, rid = 0, addresses = 0, address_count = 0;
  };
  std::vector<Block> blocks_;
  unsigned selective_ = 0;
  std::vector<Opened> opened_;
  std::function<void(ide::StreamId)> told_;
};

}  // namespace pcie
