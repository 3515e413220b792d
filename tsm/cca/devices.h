#pragma once
// What the RMM keeps of a physical device (PDEV), its stream, and an interface that is a realm's (VDEV). The contents of their granules
// are the model's.
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "platform/protocol/cca/da.h"
#include "platform/protocol/cca/registers.h"
#include "tsm/tio/device_manager.h"
#include "tsm/tio/mmio_table.h"

namespace cca {

using ccaproto::PdevState;
using ccaproto::VdevState;
using Digest = base::Block<64>;  // an unused end is zero

// A conversation with a device: nothing to say, to be begun, waiting for the other end of a stream, failed.
enum class Talk : std::uint8_t { kIdle, kPending, kActive, kError };
// What a conversation is about. None: what follows from the state.
enum class PdevTask : std::uint8_t { kNone, kConnect, kDisconnect, kRefreshKeys, kCompleteStream, kStop };
enum class VdevTask : std::uint8_t { kNone, kUnlock, kLock, kStart, kMeasure, kReport };

// A stream between device and root port; both PDEVs talk in turns, the root port's first.
enum class StreamState : std::uint8_t { kNone, kConnecting, kConnected, kRefreshing, kDisconnecting };
enum class StreamStep : std::uint8_t { kNone, kStart, kRootPortReady, kDeviceReady, kRootPortDone };
struct Stream {
  StreamState state = StreamState::kNone;
  StreamStep step = StreamStep::kNone;
  std::uint64_t root_port = 0;  // its PDEV
  tio::DeviceManager* device = nullptr;
  std::uint8_t id = 0;
  bool taken() const { return state != StreamState::kNone; }
};

struct Pdev {
  std::uint64_t pdev = 0;  // address of its granule
  ccaproto::PdevParams params;
  PdevState state = PdevState::kNew;
  Talk talk = Talk::kPending;
  PdevTask task = PdevTask::kNone;
  Stream stream{};            // of a device
  std::uint64_t partner = 0;  // of a root port in a task: the device's PDEV
  std::uint64_t streams = 0, vdevs = 0;
  tio::DeviceManager* device = nullptr;  // null: a root port
  tio::MmioTable* mmio = nullptr;
  Digest vca{}, certificates{}, key{};
  bool idle() const { return state == PdevState::kReady && task == PdevTask::kNone && talk == Talk::kIdle; }
};

struct Vdev {
  std::uint64_t vdev = 0;  // address of its granule
  std::uint64_t rd = 0, pdev = 0;
  std::uint64_t id = 0;      // by which the realm names it
  std::uint64_t tdi_id = 0;  // its number on the bus
  tdisp::FunctionId interface{};
  VdevState state = VdevState::kNew;
  Talk talk = Talk::kPending;
  VdevTask task = VdevTask::kUnlock;
  std::vector<ccaproto::AddressRange> ranges{};
  std::uint64_t lock_nonce = 0, meas_nonce = 0, report_nonce = 0;
  Digest measurements{}, report{};
  bool dma = false;
  bool has(std::uint64_t pa) const {
    for (const auto& range : ranges)
      if (range.base <= pa && pa < range.top) return true;
    return false;
  }
};

// A device of the machine, with who speaks to it.
struct Card {
  tio::DeviceManager* device = nullptr;
  tio::MmioTable* mmio = nullptr;
  std::uint16_t root_port = 0;
};

// A call of the realm's that waits for the host to say which VDEV it means.
struct VdevRequest {
  ccaproto::Registers call;
  std::uint64_t vdev = 0;  // 0: the host has not said it
};
// Device memory that the realm asked for and the host has not finished.
struct DevMem {
  std::uint64_t base = 0, top = 0, next = 0, pa = 0;  // pa: of `next`
  std::uint64_t vdev_id = 0;
  bool told = false;  // the realm has left for it
  bool pending() const { return base != top; }
};

}  // namespace cca
