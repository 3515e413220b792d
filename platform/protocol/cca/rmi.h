#pragma once
// The Realm Management Interface, host to RMM, as RMM 1.0 has it, and of the 2.0 alphas what device assignment needs: function identifiers, statuses, and the codes in operands
// ("Realm Management Interface"). Other names that only RMM 2.0 knows are listed for whoever prints them.
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "platform/protocol/cca/registers.h"

namespace ccaproto {

inline constexpr std::uint64_t kRmiFirst = 0xC400'0150, kRmiLast = 0xC400'018F, kRmiSecondFirst = 0xC400'01D0,
                               kRmiSecondLast = 0xC400'02CF;

enum class Rmi : std::uint64_t {
  kVersion = 0xC400'0150,
  kGranuleDelegate = 0xC400'0151,
  kGranuleUndelegate = 0xC400'0152,
  kDataCreate = 0xC400'0153,
  kDataCreateUnknown = 0xC400'0154,
  kDataDestroy = 0xC400'0155,
  kRealmActivate = 0xC400'0157,
  kRealmCreate = 0xC400'0158,
  kRealmDestroy = 0xC400'0159,
  kRecCreate = 0xC400'015A,
  kRecDestroy = 0xC400'015B,
  kRecEnter = 0xC400'015C,
  kRttCreate = 0xC400'015D,
  kRttDestroy = 0xC400'015E,
  kRttMapUnprotected = 0xC400'015F,
  kRttReadEntry = 0xC400'0161,
  kRttUnmapUnprotected = 0xC400'0162,
  kPsciComplete = 0xC400'0164,
  kFeatures = 0xC400'0165,
  kRttFold = 0xC400'0166,
  kRecAuxCount = 0xC400'0167,
  kRttInitRipas = 0xC400'0168,
  kRttSetRipas = 0xC400'0169,
  // Device assignment.
  kRttDevValidate = 0xC400'0163,
  kPdevAbort = 0xC400'0174,
  kPdevCommunicate = 0xC400'0175,
  kPdevCreate = 0xC400'0176,
  kPdevDestroy = 0xC400'0177,
  kPdevGetState = 0xC400'0178,
  kPdevStreamKeyRefresh = 0xC400'017A,
  kPdevSetPubkey = 0xC400'017B,
  kPdevStop = 0xC400'017C,
  kVdevAbort = 0xC400'0185,
  kVdevCommunicate = 0xC400'0186,
  kVdevCreate = 0xC400'0187,
  kVdevDestroy = 0xC400'0188,
  kVdevGetState = 0xC400'0189,
  kVdevUnlock = 0xC400'018A,
  kVdevComplete = 0xC400'018E,
  kVdevGetInterfaceReport = 0xC400'01D0,
  kVdevGetMeasurements = 0xC400'01D1,
  kVdevLock = 0xC400'01D2,
  kVdevStart = 0xC400'01D3,
  kRttDevMap = 0xC400'01F7,
  kRttDevUnmap = 0xC400'01F8,
  kPdevStreamConnect = 0xC400'0204,
  kPdevStreamDisconnect = 0xC400'0205,
  kPdevStreamComplete = 0xC400'0206,
  kPdevStreamKeyPurge = 0xC400'0207,
};

struct RmiName {
  std::uint64_t function;
  std::string_view name;  // "RMI_DATA_CREATE"
  bool in_1_0;
};
// Every function of the interface, 1.0's first; each number once in each of the two.
std::span<const RmiName> rmi_names();
std::string_view name_of(Rmi call);  // "RMI_?" where the number names nothing
std::optional<Rmi> rmi_named(std::string_view name);

// X0, bits 7:0; bits 15:8 are the index: the level at which a walk ended, or what exactly was wrong with a realm.
enum class RmiStatus : std::uint8_t { kSuccess = 0, kErrorInput = 1, kErrorRealm = 2, kErrorRec = 3, kErrorRtt = 4,
                                      // with device assignment
                                      kErrorNotSupported = 5, kErrorDevice = 6, kErrorGranule = 16 };
std::string_view name_of(RmiStatus status);
constexpr std::uint64_t with(RmiStatus status, unsigned index = 0) { return static_cast<std::uint64_t>(status) | std::uint64_t{index} << 8; }
constexpr RmiStatus rmi_status_of(std::uint64_t x0) { return static_cast<RmiStatus>(x0 & 0xFF); }
constexpr unsigned rmi_index_of(std::uint64_t x0) { return x0 >> 8 & 0xFF; }

// Major in bits 30:16, minor below.
constexpr std::uint64_t interface_version(unsigned major, unsigned minor) { return std::uint64_t{major} << 16 | minor; }
inline constexpr std::uint64_t kInterface10 = interface_version(1, 0);
// convention: the interface of 1.0 and device assignment beside it, as the alphas between 1.0 and 2.0 called themselves.
inline constexpr std::uint64_t kInterface11 = interface_version(1, 1);

// RMI_FEATURES, register 0.
inline constexpr std::uint64_t kFeatureS2szMask = 0xFF, kFeatureLpa2 = 1 << 8, kFeatureSve = 1 << 9, kFeaturePmu = 1 << 22,
                               kFeatureHashSha256 = 1 << 28, kFeatureHashSha512 = 1 << 29;
// Register 2.
inline constexpr std::uint64_t kFeatureDa = 1, kFeatureDaAts = 8;
constexpr std::uint64_t feature_breakpoints(std::uint64_t count) { return count << 14; }
constexpr std::uint64_t feature_watchpoints(std::uint64_t count) { return count << 18; }

// RMI_DATA_CREATE
inline constexpr std::uint64_t kMeasureContent = 1;
// Of a page that the host maps into the unprotected half: memory attributes (bits 4:2) and access (bits 7:6).
inline constexpr std::uint64_t kUnprotectedWriteBack = 0xF << 2, kUnprotectedReadWrite = 3 << 6, kUnprotectedAttributes = 0x3F << 2;

// States of a granule.
enum class GranuleState : std::uint8_t { kUndelegated, kDelegated, kRd, kRec, kRecAux, kData, kRtt, kPdev, kVdev, kDevMapped };
// Which physical address space a granule is in, by the code of the granule protection table (Arm ARM, GPI).
enum class Gpi : std::uint8_t { kNoAccess = 0, kSecure = 8, kNonSecure = 9, kRoot = 10, kRealm = 11, kAny = 15 };

// What an RTT entry says. RMI_RTT_READ_ENTRY tells both halves as these codes.
enum class Hipas : std::uint8_t { kUnassigned = 0, kAssigned = 1, kTable = 2, kAssignedDev = 3 };
enum class Ripas : std::uint8_t { kEmpty = 0, kRam = 1, kDestroyed = 2, kDev = 3 };
std::string_view name_of(Ripas ripas);

inline constexpr int kRttPageLevel = 3;
constexpr std::uint64_t rtt_entry_bytes(int level) { return std::uint64_t{0x1000} << (9 * (kRttPageLevel - level)); }
inline constexpr unsigned kRttEntries = 512;

// States of a realm.
enum class RealmState : std::uint8_t { kNew = 0, kActive = 1, kSystemOff = 2 };

}  // namespace ccaproto
