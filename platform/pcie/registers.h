#pragma once
// Offsets and bits of configuration space (PCIe 6.0, chapter 7) that more than one part asks for. Offsets of a
// capability's registers count from its header.
#include <cstdint>

namespace pcie {

// Both header types.
inline constexpr unsigned kCommand = 0x04, kStatus = 0x06, kHeaderType = 0x0e, kBar0 = 0x10, kCapabilityPointer = 0x34;
inline constexpr std::uint32_t kCommandMemory = 1 << 1, kCommandMaster = 1 << 2;
// Type 1.
inline constexpr unsigned kPrimaryBus = 0x18, kSecondaryBus = 0x19, kSubordinateBus = 0x1a, kMemoryBase = 0x20,
                          kMemoryLimit = 0x22, kPrefetchBase = 0x24, kPrefetchLimit = 0x26, kPrefetchBaseUpper = 0x28,
                          kPrefetchLimitUpper = 0x2c, kBridgeControl = 0x3e;
inline constexpr std::uint32_t kSecondaryBusReset = 1 << 6;

enum class Capability : std::uint8_t { kPowerManagement = 0x01, kMsi = 0x05, kPcie = 0x10, kMsix = 0x11 };
enum class ExtendedCapability : std::uint16_t {
  kAer = 0x01,
  kSerialNumber = 0x03,
  kAcs = 0x0d,
  kAts = 0x0f,
  kDpc = 0x1d,
  kDoe = 0x2e,
  kIde = 0x30,
};

// PCI Express capability.
enum class PortType : std::uint8_t { kEndpoint = 0, kRootPort = 4, kUpstream = 5, kDownstream = 6 };
inline constexpr unsigned kDeviceCapabilities = 0x04, kDeviceControl = 0x08, kDeviceStatus = 0x0a, kLinkControl = 0x10,
                          kLinkStatus = 0x12, kDeviceControl2 = 0x28;
inline constexpr std::uint32_t kDeviceCapFlr = 1u << 28, kDeviceCapTeeIo = 1u << 30;
inline constexpr std::uint32_t kInitiateFlr = 1 << 15, kLinkDisable = 1 << 4, kLinkActive = 1 << 13;
inline constexpr std::uint32_t kUnsupportedRequestDetected = 1 << 3, kPrefixBlocking = 1 << 15;

// Power management: control at 04, state 1:0.
inline constexpr unsigned kPowerControl = 0x04;
inline constexpr std::uint32_t kPowerStateD3Hot = 3, kNoSoftReset = 1 << 3;

// AER.
inline constexpr unsigned kAerUncorrectable = 0x04;
inline constexpr std::uint32_t kAerSurpriseDown = 1u << 5, kAerPoisoned = 1u << 12, kAerTimeout = 1u << 14,
                               kAerUnexpectedCompletion = 1u << 16, kAerMalformed = 1u << 18,
                               kAerUnsupportedRequest = 1u << 20, kAerAcsViolation = 1u << 21, kAerIdeCheck = 1u << 28,
                               kAerMisroutedIde = 1u << 29, kAerPcrcCheck = 1u << 30, kAerPrefixBlocked = 1u << 25;

inline constexpr unsigned kAcsControl = 0x06;
inline constexpr std::uint32_t kAcsSourceValidation = 1 << 0, kAcsTranslationBlocking = 1 << 1,
                               kAcsRequestRedirect = 1 << 2, kAcsDirectTranslated = 1 << 6;

inline constexpr unsigned kDpcControl = 0x06, kDpcStatus = 0x08;
inline constexpr std::uint32_t kDpcTriggerFatal = 1, kDpcTriggerEnable = 3, kDpcSoftware = 1 << 6, kDpcTriggered = 1;

inline constexpr unsigned kAtsControl = 0x06;
inline constexpr std::uint32_t kAtsEnable = 1u << 15;

inline constexpr unsigned kMsixControl = 0x02, kMsixTable = 0x04, kMsixPba = 0x08;
inline constexpr std::uint32_t kMsixEnable = 1u << 15, kMsixFunctionMask = 1u << 14;

// DOE.
inline constexpr unsigned kDoeControl = 0x08, kDoeStatus = 0x0c, kDoeWrite = 0x10, kDoeRead = 0x14;
inline constexpr std::uint32_t kDoeAbort = 1, kDoeInterruptEnable = 2, kDoeGo = 1u << 31;
inline constexpr std::uint32_t kDoeBusy = 1, kDoeInterruptStatus = 2, kDoeError = 4, kDoeReady = 1u << 31;

// IDE: capability at 04, control at 08, then link blocks of 8 bytes, then selective blocks. Offsets below count from a
// selective block.
inline constexpr unsigned kIdeCapability = 0x04, kIdeControl = 0x08, kIdeBlocks = 0x0c;
inline constexpr unsigned kIdeStreamControl = 0x04, kIdeStreamStatus = 0x08, kIdeRid1 = 0x0c, kIdeRid2 = 0x10,
                          kIdeAddress = 0x14;
inline constexpr std::uint32_t kIdeEnable = 1, kIdeForConfig = 1 << 9, kIdeDefault = 1 << 22, kIdeTeeLimited = 1 << 23;
inline constexpr std::uint32_t kIdePcrc = 1 << 8;  // control; 3:2, 5:4 and 7:6 are the codes of aggregation
inline constexpr std::uint32_t kIdeAggregation = 0x3f << 2;
inline constexpr std::uint32_t kIdeCapLink = 1, kIdeCapAggregation = 1 << 4, kIdeCapPcrc = 1 << 5;
inline constexpr std::uint32_t kIdeFailReceived = 1u << 31;

}  // namespace pcie
