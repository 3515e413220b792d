#pragma once
// GET_MEASUREMENTS, MEASUREMENTS and the measurement blocks inside (DSP0274 1.3, 10.11).
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "platform/protocol/spdm/algorithms.h"
#include "platform/protocol/spdm/header.h"

namespace spdm {

// param1 of GET_MEASUREMENTS.
inline constexpr std::uint8_t kSignatureRequested = 1u << 0;
inline constexpr std::uint8_t kRawBitStreamRequested = 1u << 1;  // 1.2
inline constexpr std::uint8_t kNewMeasurementRequested = 1u << 2;  // 1.3

// param2 of GET_MEASUREMENTS: one index, or one of these.
inline constexpr std::uint8_t kMeasurementCount = 0;
inline constexpr std::uint8_t kMeasurementAll = 0xff;

inline constexpr std::uint8_t kIndexManifest = 0xfd;
inline constexpr std::uint8_t kIndexDeviceMode = 0xfe;

struct GetMeasurements {
  Header header{.code = Code::kGetMeasurements};
  Nonce nonce{};                         // with a signature
  std::uint8_t slot_id = 0;              // with a signature, 1.1; 3:0
  RequesterContext requester_context{};  // 1.3
  bool operator==(const GetMeasurements&) const = default;
  bool wants_signature() const { return (header.param1 & kSignatureRequested) != 0; }
  bool has_slot() const { return wants_signature() && header.version >= Version::k11; }
  bool has_context() const { return header.version >= Version::k13; }
  using Wire = wire::Layout<&GetMeasurements::header,
                            wire::When<&GetMeasurements::wants_signature, &GetMeasurements::nonce>{},
                            wire::When<&GetMeasurements::has_slot, &GetMeasurements::slot_id>{},
                            wire::When<&GetMeasurements::has_context, &GetMeasurements::requester_context>{}>;
};

// param2 5:4 of MEASUREMENTS 1.2 with a signature; 3:0 is the slot.
inline constexpr std::uint8_t kContentChangeMask = 3u << 4;
inline constexpr std::uint8_t kContentChangeNotDetectable = 0u << 4;
inline constexpr std::uint8_t kContentChangeDetected = 1u << 4;
inline constexpr std::uint8_t kContentUnchanged = 2u << 4;

struct Measurements {
  Header header{.code = Code::kMeasurements};  // param1: number of indices, when the count was asked for
  std::uint8_t number_of_blocks = 0;
  std::uint32_t measurement_record_length = 0;  // 24 bits
  base::Bytes measurement_record{};
  Nonce nonce{};
  std::uint16_t opaque_length = 0;
  base::Bytes opaque_data{};
  RequesterContext requester_context{};  // 1.3
  base::Bytes signature{};
  Shape shape{};
  bool operator==(const Measurements&) const = default;
  std::size_t signature_size() const { return shape.signed_measurements ? shape.signature : 0; }
  bool has_context() const { return header.version >= Version::k13; }
  using Wire = wire::Layout<&Measurements::header, &Measurements::number_of_blocks,
                            wire::Le<&Measurements::measurement_record_length, 3>{},
                            wire::Run<&Measurements::measurement_record, &Measurements::measurement_record_length>{},
                            &Measurements::nonce, &Measurements::opaque_length,
                            wire::Run<&Measurements::opaque_data, &Measurements::opaque_length>{},
                            wire::When<&Measurements::has_context, &Measurements::requester_context>{},
                            wire::Run<&Measurements::signature, &Measurements::signature_size>{}>;
};

enum class MeasurementType : std::uint8_t {
  kImmutableRom = 0,
  kMutableFirmware = 1,
  kHardwareConfiguration = 2,
  kFirmwareConfiguration = 3,
  kManifest = 4,
  kDeviceMode = 5,
  kVersion = 6,
  kSecureVersionNumber = 7,
  kHashExtend = 8,
  kInformational = 9,
  kStructuredManifest = 10,
};
inline constexpr std::uint8_t kMeasurementTypeMask = 0x7f;
inline constexpr std::uint8_t kMeasurementRaw = 0x80;  // the value itself, not its digest

struct MeasurementBlock {
  std::uint8_t index = 1;
  std::uint8_t measurement_specification = kMeasurementSpecificationDmtf;
  std::uint16_t measurement_size = 0;
  base::Bytes measurement{};  // a DmtfMeasurement, when the specification is DMTF's
  bool operator==(const MeasurementBlock&) const = default;
  using Wire = wire::Layout<&MeasurementBlock::index, &MeasurementBlock::measurement_specification,
                            &MeasurementBlock::measurement_size,
                            wire::Run<&MeasurementBlock::measurement, &MeasurementBlock::measurement_size>{}>;
};

struct DmtfMeasurement {
  std::uint8_t value_type = 0;  // 6:0 MeasurementType, 7 raw
  std::uint16_t value_size = 0;
  base::Bytes value{};
  bool operator==(const DmtfMeasurement&) const = default;
  MeasurementType type() const { return static_cast<MeasurementType>(value_type & kMeasurementTypeMask); }
  bool is_raw() const { return (value_type & kMeasurementRaw) != 0; }
  using Wire = wire::Layout<&DmtfMeasurement::value_type, &DmtfMeasurement::value_size,
                            wire::Run<&DmtfMeasurement::value, &DmtfMeasurement::value_size>{}>;
};

// The value of a kDeviceMode measurement.
struct DeviceMode {
  std::uint32_t operational_mode_capabilities = 0;
  std::uint32_t operational_mode_state = 0;
  std::uint32_t device_mode_capabilities = 0;
  std::uint32_t device_mode_state = 0;
  bool operator==(const DeviceMode&) const = default;
  using Wire = wire::Layout<&DeviceMode::operational_mode_capabilities, &DeviceMode::operational_mode_state,
                            &DeviceMode::device_mode_capabilities, &DeviceMode::device_mode_state>;
};
inline constexpr std::uint32_t kModeManufacturing = 1u << 0;
inline constexpr std::uint32_t kModeValidation = 1u << 1;
inline constexpr std::uint32_t kModeNormal = 1u << 2;
inline constexpr std::uint32_t kModeRecovery = 1u << 3;
inline constexpr std::uint32_t kModeRma = 1u << 4;
inline constexpr std::uint32_t kModeDecommissioned = 1u << 5;
inline constexpr std::uint32_t kDebugNonInvasiveActive = 1u << 0;
inline constexpr std::uint32_t kDebugInvasiveActive = 1u << 1;
inline constexpr std::uint32_t kDebugNonInvasiveWasActive = 1u << 2;
inline constexpr std::uint32_t kDebugInvasiveWasActive = 1u << 3;
inline constexpr std::uint32_t kDebugInvasiveWasActiveAfterManufacturing = 1u << 4;

// A block whose sizes fit its value.
MeasurementBlock measurement_block(std::uint8_t index, MeasurementType type, bool raw, base::View value);
// The bytes of a measurement record, and back. Empty for a record that is no row of blocks; the number of blocks is
// for the caller to compare.
base::Bytes record_of(const std::vector<MeasurementBlock>& blocks);
std::optional<std::vector<MeasurementBlock>> blocks_of(base::View record);

// The summary hash (10.8.2): over these blocks, in the order of their indices. Which blocks belong to the TCB is the
// responder's own knowledge.
base::Bytes measurement_summary(crypto::Digest digest, const std::vector<MeasurementBlock>& blocks);

}  // namespace spdm
