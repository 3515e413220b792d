#pragma once
// Rows of device assignment: the RMM's, and of the SMMU what only the RMM's tables decide. Clauses: "RMM 2.0" are the alphas of the Realm
// Management Monitor specification (Arm DEN0137), by subject or command; where they are silent, the reference implementation's order
// holds. "SMMU" is the Arm System MMU architecture version 3 (IHI 0070).
#include "platform/trust/defence.h"
#include "tsm/cca/rmm_rules.h"

namespace cca {

// ---- devices --------------------------------------------------------------------------------------------------------

inline constexpr trust::Defence kPdevParams{"cca.pdev.params", "RMM 2.0, RMI_PDEV_CREATE, parameters",
                                            "A device object is of a kind that the RMM knows, and of a device that is there.", kRefuse, kConforms};
inline constexpr trust::Defence kPdevState{"cca.pdev.state", "RMM 2.0, PDEV life cycle", "A call finds a device in a state that it is for.", kRefuse,
                                           kConforms};
inline constexpr trust::Defence kPdevKey{"cca.pdev.key", "RMM 2.0, RMI_PDEV_SET_PUBKEY", "A device's key has the form of its algorithm.", kRefuse,
                                         kConforms};
inline constexpr trust::Defence kComm{"cca.comm.form", "RMM 2.0, RmiDevCommEnter", "A conversation's buffers are the host's, and its answers are due.",
                                      kRefuse, kConforms};
inline constexpr trust::Defence kCommDue{"cca.comm.due", "RMM 2.0, RMI_PDEV_COMMUNICATE and RMI_VDEV_COMMUNICATE",
                                         "A device is spoken to when there is something to say.", kRefuse, kConforms};
inline constexpr trust::Defence kStreamParams{"cca.stream.params", "RMM 2.0, RMI_PDEV_STREAM_CONNECT",
                                              "A stream runs between a device and the root port that it is behind.", kRefuse, kConforms};
inline constexpr trust::Defence kStreamHandle{"cca.stream.handle", "RMM 2.0, RMI_PDEV_STREAM commands",
                                              "A stream in a call is one of these two devices.", kRefuse, kConforms};

// ---- interfaces -----------------------------------------------------------------------------------------------------

inline constexpr trust::Defence kRealmDa{"cca.vdev.realm", "RMM 2.0, RMI_VDEV_CREATE, RmiRealmFlags DA",
                                         "Only a realm that was made for devices, which its initial measurement says, is given one.", kRefuse, kConforms};
inline constexpr trust::Defence kVdevParams{"cca.vdev.params", "RMM 2.0, RMI_VDEV_CREATE, parameters",
                                            "An interface is one of that device, which nobody has.", kRefuse, kConforms};
inline constexpr trust::Defence kVdevRanges{"cca.vdev.ranges", "RMM 2.0, RMI_VDEV_CREATE, address ranges",
                                            "The memory of one interface is no other's.", kRefuse, kConforms};
inline constexpr trust::Defence kVdevOwner{"cca.vdev.owner", "RMM 2.0, RMI_VDEV commands", "A call names an interface with its realm and its device.",
                                           kRefuse, kConforms};
inline constexpr trust::Defence kVdevState{"cca.vdev.state", "RMM 2.0, VDEV life cycle", "A call finds an interface in a state that it is for.",
                                           kRefuse, kConforms};
inline constexpr trust::Defence kVdevUnmapped{"cca.vdev.unmapped", "RMM 2.0, RMI_VDEV_UNLOCK, device memory",
                                              "An interface is let go when nothing of its memory is a realm's any more."};
inline constexpr trust::Defence kVdevAsked{"cca.vdev.asked", "RMM 2.0, RMI_VDEV_COMPLETE", "The host names the interface that the realm asked for.",
                                           kRefuse, kConforms};
inline constexpr trust::Defence kVdevIdentity{"cca.vdev.identity", "RMM 2.0, RMI_VDEV_COMPLETE, vdev_id and realm",
                                              "What a realm hears of an interface is of the one that it asked for, and that is its own.", kRefuse,
                                              kConforms};
inline constexpr trust::Defence kVdevNonces{"cca.vdev.nonces", "RMM 2.0, RSI_VDEV_VALIDATE_MAPPING and RSI_VDEV_DMA_ENABLE, nonces",
                                            "A realm takes an interface in only as it was when it looked: locked, measured and reported at that time."};
inline constexpr trust::Defence kVdevStarted{"cca.vdev.started", "RMM 2.0, RSI_VDEV_DMA_ENABLE",
                                             "The DMA of an interface reaches a realm while the interface is started.", kRefuse, kConforms};

// ---- device memory --------------------------------------------------------------------------------------------------

inline constexpr trust::Defence kDevRange{"cca.dev.range", "RMM 2.0, RMI_RTT_DEV_MAP, address ranges of the VDEV",
                                          "A realm is given memory of its own interface as that interface's.", kRefuse, kConforms};
inline constexpr trust::Defence kDevGranule{"cca.dev.granule", "RMM 2.0, RMI_RTT_DEV_MAP, device granule state machine",
                                            "Device memory is at one address of one realm.", kRefuse, kConforms};
inline constexpr trust::Defence kDevRequested{"cca.dev.requested", "RMM 2.0, RMI_RTT_DEV_VALIDATE, base and top",
                                              "Device memory becomes a realm's own where the realm itself asked for it.", kRefuse, kConforms};
inline constexpr trust::Defence kDevPlace{"cca.dev.place", "RMM 2.0, RMI_RTT_DEV_VALIDATE, output address",
                                          "Device memory that a realm accepts is the memory that it named."};

// ---- the SMMU -------------------------------------------------------------------------------------------------------

inline constexpr trust::Defence kDptOwner{"cca.dpt.owner", "SMMU, device permission table",
                                          "A translated request of a realm's device reaches memory of that realm, and of no other."};
inline constexpr trust::Defence kSmmuStage2{"cca.smmu.stage-2", "RMM 2.0, RSI_VDEV_DMA_ENABLE; SMMU, realm stream table",
                                            "An address that a realm's device uses leads where the realm's own tables say."};

}  // namespace cca
