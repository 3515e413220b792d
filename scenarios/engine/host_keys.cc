#include "scenarios/engine/host_keys.h"

namespace engine {

namespace {

class PortAbove final : public requester::PeerPort {
 public:
  explicit PortAbove(pcie::IdePort& port) : port_(port) {}
  bool program(std::uint8_t stream, const requester::MirrorKey& key) override {
    auto* there = port_.find(stream);
    return there && there->program({key.key_set, key.direction, key.sub_stream}, key.key);
  }
  bool go(std::uint8_t stream, unsigned key_set, ide::Direction direction) override {
    auto* there = port_.find(stream);
    for (unsigned s = 0; there && s < ide::kSubStreams; ++s) there->go({key_set, direction, static_cast<ide::SubStream>(s)});
    port_.refresh();
    return there != nullptr;
  }

 private:
  pcie::IdePort& port_;
};

}  // namespace

HostKeys::HostKeys(std::uint64_t seed, const std::string& name, requester::CarryObject carry)
    : random_(seed, name), side_({}, tdisp::FunctionId{}, [this](std::span<std::uint8_t> out) { random_.fill(out); }, std::move(carry),
                                 defences_, "vmm") {}

bool HostKeys::key(pcie::IdePort& above, ide::StreamId stream) {
  PortAbove peer(above);
  if (auto* there = above.find(stream)) there->wipe();  // of whatever lay below before
  return side_.connect() && side_.read_certificates(1) && side_.open_session(0) && side_.key_stream(stream, 0, peer);
}

}  // namespace engine
