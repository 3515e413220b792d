// Round trips through root complex, root port, link and endpoint. A config read beside encoding and decoding its two
// packets, which is what no implementation with packets gets around; a data object of 256 bytes and its answer through
// the mailbox of a card beside as many config round trips as it takes by itself: a write for each DW, GO and status, a
// read and a write for each DW of the answer.
#include <string>

#include "devices/accelerator/accelerator.h"
#include "platform/base/check.h"
#include "platform/pcie/doe_driver.h"
#include "platform/pcie/root_complex.h"
#include "tests/bench/row.h"
#include "tests/bench/turns.h"

namespace bench {
namespace {

constexpr int kRounds = 31;
constexpr int kReads = 5000, kObjects = 20;  // in one round
constexpr std::size_t kObjectDwords = 64;
constexpr tlp::RequesterId kBridge = tlp::requester_id(0, 1, 0), kCard = tlp::requester_id(1, 0, 0);

struct NoMemory final : pcie::HostMemory {
  std::optional<base::Bytes> dma_read(const pcie::DmaAccess&, std::size_t) override { return std::nullopt; }
  bool dma_write(const pcie::DmaAccess&, base::View) override { return false; }
};

struct Machine {
  Machine() {
    root.add(port, 8);
    root.config_write(kBridge, pcie::kPrimaryBus, 4, 0x0001'0100);
    root.config_write(kBridge, pcie::kCommand, 2, pcie::kCommandMemory | pcie::kCommandMaster);
    card.serve(pcie::kDoeCma, [](base::View object) { return std::optional(base::bytes_of(object)); });
  }
  struct PortConfig : pcie::ConfigSpace {
    PortConfig() { pcie::RootPort::build(*this, {}); }
  };
  trust::Defences defences;
  NoMemory memory;
  pcie::Iommu iommu{"iommu0", defences};
  pcie::RootComplex root{"rc0", memory, iommu, defences};
  pcie::Link link{"link0"};
  PortConfig port_config;
  pcie::RootPort port{"rp0", port_config, link, defences, {}};
  accelerator::Accelerator card{"gpu0", link, defences, {}, {}, [] { return std::optional(tdisp::Nonce{}); }};
};

template <class M>
M through_bytes(const M& message) {
  auto back = wire::decode<M>(wire::encode(message));
  base::check(static_cast<bool>(back), "what was written can be read");
  return *std::move(back);
}

}  // namespace

void pcie_rows(std::vector<Row>& rows) {
  Machine machine;
  const std::uint32_t id = machine.card.function(0).config().get(0, 4);
  const auto reads = [&] {
    for (int i = 0; i < kReads; ++i) base::check(machine.root.config_read(kCard, 0, 4) == id, "the card answers");
  };
  base::Bytes word;
  base::append_le(word, id);
  const auto codec = [&] {
    for (int i = 0; i < kReads; ++i) {
      const auto request = through_bytes(tlp::config_read(0, 0, kCard, 0, 4, true));
      const auto answer = through_bytes(tlp::completion(request, kCard, tlp::Status::kSuccess, word));
      base::check(base::load_le<std::uint32_t>(answer.payload) == id, "the packet says what it is told");
    }
  };
  Turns turns = in_turns(kRounds, reads, codec);
  rows.push_back({"pcie: config reads / packets' encoding", kReads / turns.ours / 1000, kReads / turns.baseline / 1000,
                  1 / turns.ratio, "1000/s", "", true});

  base::Bytes object(4 * kObjectDwords, 0x3c);
  base::store_le<std::uint32_t>(object, 0, pcie::kPciSigVendor | pcie::kDoeCma << 16);
  base::store_le<std::uint32_t>(object, 4, kObjectDwords);
  const unsigned doe = pcie::find(machine.card.function(0).config(), pcie::ExtendedCapability::kDoe);
  const auto objects = [&] {
    for (int i = 0; i < kObjects; ++i) {
      const auto answer = pcie::exchange_object(machine.root, kCard, doe, object);
      base::check(answer && *answer == object, "the mailbox answers");
    }
  };
  const auto trips = [&] {
    for (int i = 0; i < kObjects; ++i) {
      for (std::size_t d = 0; d < kObjectDwords + 1; ++d) machine.root.config_write(kCard, 0, 4, 0);
      for (std::size_t d = 0; d < kObjectDwords; ++d) machine.root.config_write(kCard, 0, 4, 0);
      for (std::size_t d = 0; d < kObjectDwords + 1; ++d)
        base::check(machine.root.config_read(kCard, 0, 4) == id, "the card answers");
    }
  };
  turns = in_turns(kRounds, objects, trips);
  rows.push_back({"pcie: DOE objects, 256 B / config trips", kObjects / turns.ours / 1000,
                  kObjects / turns.baseline / 1000, 1 / turns.ratio, "1000/s", "", true});
}

}  // namespace bench
