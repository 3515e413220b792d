#pragma once
// What the calls of RISC-V CoVE-IO point to, and the values that they take and give (RISC-V CoVE-IO 0.3.0, 9). Fields lie where the
// tables of that chapter have them, little-endian.
#include <cstdint>
#include <vector>

#include "platform/base/bytes.h"
#include "platform/wire/wire.h"

namespace coveproto {

// ---- COVH -----------------------------------------------------------------------------------------------------------

// One block of the IDE address association registers.
struct AddressAssociation {
  std::uint32_t first = 0, second = 0, third = 0;
  bool operator==(const AddressAssociation&) const = default;
  using Wire = wire::Layout<&AddressAssociation::first, &AddressAssociation::second, &AddressAssociation::third>;
};

// Which selective stream a root port gets, and what is associated with it: images of the registers of PCIe 6.0, 7.9.26.
struct IdeStreamDescriptor {
  std::uint8_t stream_id = 0;
  std::uint8_t num_addr_assoc = 0;
  std::uint32_t rid_assoc_1 = 0;  // 23:8 the last requester id
  std::uint32_t rid_assoc_2 = 0;  // 0 valid, 23:8 the first
  std::vector<AddressAssociation> addr_assoc;
  bool operator==(const IdeStreamDescriptor&) const = default;
  using Wire = wire::Layout<&IdeStreamDescriptor::stream_id, &IdeStreamDescriptor::num_addr_assoc, wire::Reserved<2>{},
                            &IdeStreamDescriptor::rid_assoc_1, &IdeStreamDescriptor::rid_assoc_2,
                            wire::Run<&IdeStreamDescriptor::addr_assoc, &IdeStreamDescriptor::num_addr_assoc>{}>;
};
inline constexpr std::size_t kIdeStreamDescriptorSize = 12;  // without blocks
inline constexpr std::uint8_t kAddrAssocMax = 15;            // PCIe 6.0, 7.9.26: a field of four bits
static_assert(wire::min_size<IdeStreamDescriptor>() == kIdeStreamDescriptorSize);

// convention: the specification names no value for its version; this is 0.3.
inline constexpr std::uint8_t kCoveIoVersion = 3;
// Every plain message that set a connection up, request and response in turn.
struct ConnectionTranscript {
  std::uint8_t cove_io_version = kCoveIoVersion;
  std::uint32_t connection_transcript_length = 0;
  base::Bytes connection_transcript;
  bool operator==(const ConnectionTranscript&) const = default;
  using Wire = wire::Layout<&ConnectionTranscript::cove_io_version, &ConnectionTranscript::connection_transcript_length,
                            wire::Run<&ConnectionTranscript::connection_transcript, &ConnectionTranscript::connection_transcript_length>{}>;
};
inline constexpr std::size_t kConnectionTranscriptHead = 5;

// ---- COVG -----------------------------------------------------------------------------------------------------------

// sbiret.value of get_device_link.
inline constexpr std::uint64_t kLinkSecuredSpdm = 1 << 0, kLinkPcieIde = 1 << 1;
enum class TranscriptElement : std::uint64_t {
  kFullTranscript = 0, kDeviceCertificate = 1, kDeviceMeasurement = 2, kVca = 3, kSession = 4, kTdispVc = 5,
};
inline constexpr std::uint64_t kCertificateSlotMax = 7;
inline constexpr std::size_t kMeasurementNonceSize = 32;
enum class InterfaceState : std::uint64_t { kUnlocked = 0, kLocked = 1, kRunning = 2, kError = 3 };

// ---- the host -------------------------------------------------------------------------------------------------------

// convention: how a TVM asks its host for an interface, and gives it back, for which the specification has hot plug and nothing else: an
// extension of the range that SBI leaves to vendors (RISC-V SBI 3.0, 17). a0: the interface's number on the bus.
inline constexpr std::uint64_t kHostDevices = 0x0947'4C41;
enum class HostDevices : std::uint16_t { kTake = 0, kGiveBack = 1 };

// ---- COVT -----------------------------------------------------------------------------------------------------------

struct IdeKeyDescriptor {
  std::uint8_t stream_id = 0;
  std::uint8_t sub_stream_id = 0;
  std::uint8_t key_set = 0;
  std::uint8_t tx_rx = 0;  // 0 transmitter's, 1 receiver's
  bool operator==(const IdeKeyDescriptor&) const = default;
  using Wire = wire::Layout<&IdeKeyDescriptor::stream_id, &IdeKeyDescriptor::sub_stream_id, &IdeKeyDescriptor::key_set,
                            &IdeKeyDescriptor::tx_rx>;
};
inline constexpr std::size_t kIdeKeyDescriptorSize = 4;
static_assert(wire::min_size<IdeKeyDescriptor>() == kIdeKeyDescriptorSize);

// As the payload of KEY_PROG has them (platform/protocol/ide_km).
struct IdeKeyData {
  base::Block<32> key{};
  base::Block<8> ifv{};
  bool operator==(const IdeKeyData&) const = default;
  using Wire = wire::Layout<&IdeKeyData::key, &IdeKeyData::ifv>;
};
inline constexpr std::size_t kIdeKeyDataSize = 40;
static_assert(wire::min_size<IdeKeyData>() == kIdeKeyDataSize);

// sbiret.value of rp_ide_key_status.
enum class IdeKeyStatus : std::uint64_t { kCleared = 0, kProgrammed = 1, kEnabled = 2 };

}  // namespace coveproto
