// Names as the specifications write them.
#include "platform/protocol/cca/da.h"
#include "platform/protocol/cca/rsi.h"

namespace ccaproto {
namespace {

constexpr RmiName kRmiNames[] = {
    {0xC4000150, "RMI_VERSION", true},
    {0xC4000151, "RMI_GRANULE_DELEGATE", true},
    {0xC4000152, "RMI_GRANULE_UNDELEGATE", true},
    {0xC4000153, "RMI_DATA_CREATE", true},
    {0xC4000154, "RMI_DATA_CREATE_UNKNOWN", true},
    {0xC4000155, "RMI_DATA_DESTROY", true},
    {0xC4000157, "RMI_REALM_ACTIVATE", true},
    {0xC4000158, "RMI_REALM_CREATE", true},
    {0xC4000159, "RMI_REALM_DESTROY", true},
    {0xC400015A, "RMI_REC_CREATE", true},
    {0xC400015B, "RMI_REC_DESTROY", true},
    {0xC400015C, "RMI_REC_ENTER", true},
    {0xC400015D, "RMI_RTT_CREATE", true},
    {0xC400015E, "RMI_RTT_DESTROY", true},
    {0xC400015F, "RMI_RTT_MAP_UNPROTECTED", true},
    {0xC4000161, "RMI_RTT_READ_ENTRY", true},
    {0xC4000162, "RMI_RTT_UNMAP_UNPROTECTED", true},
    {0xC4000164, "RMI_PSCI_COMPLETE", true},
    {0xC4000165, "RMI_FEATURES", true},
    {0xC4000166, "RMI_RTT_FOLD", true},
    {0xC4000167, "RMI_REC_AUX_COUNT", true},
    {0xC4000168, "RMI_RTT_INIT_RIPAS", true},
    {0xC4000169, "RMI_RTT_SET_RIPAS", true},
    {0xC4000163, "RMI_RTT_DEV_VALIDATE", false},
    {0xC400016A, "RMI_VSMMU_CREATE", false},
    {0xC400016B, "RMI_VSMMU_DESTROY", false},
    {0xC400016C, "RMI_VSMMU_MAP", false},
    {0xC400016D, "RMI_VSMMU_UNMAP", false},
    {0xC400016E, "RMI_RMM_CONFIG_SET", false},
    {0xC400016F, "RMI_PSMMU_IRQ_NOTIFY", false},
    {0xC4000174, "RMI_PDEV_ABORT", false},
    {0xC4000175, "RMI_PDEV_COMMUNICATE", false},
    {0xC4000176, "RMI_PDEV_CREATE", false},
    {0xC4000177, "RMI_PDEV_DESTROY", false},
    {0xC4000178, "RMI_PDEV_GET_STATE", false},
    {0xC400017A, "RMI_PDEV_STREAM_KEY_REFRESH", false},
    {0xC400017B, "RMI_PDEV_SET_PUBKEY", false},
    {0xC400017C, "RMI_PDEV_STOP", false},
    {0xC400017D, "RMI_RTT_AUX_CREATE", false},
    {0xC400017E, "RMI_RTT_AUX_DESTROY", false},
    {0xC400017F, "RMI_RTT_AUX_FOLD", false},
    {0xC4000185, "RMI_VDEV_ABORT", false},
    {0xC4000186, "RMI_VDEV_COMMUNICATE", false},
    {0xC4000187, "RMI_VDEV_CREATE", false},
    {0xC4000188, "RMI_VDEV_DESTROY", false},
    {0xC4000189, "RMI_VDEV_GET_STATE", false},
    {0xC400018A, "RMI_VDEV_UNLOCK", false},
    {0xC400018B, "RMI_RTT_SET_S2AP", false},
    {0xC400018E, "RMI_VDEV_COMPLETE", false},
    {0xC40001D0, "RMI_VDEV_GET_INTERFACE_REPORT", false},
    {0xC40001D1, "RMI_VDEV_GET_MEASUREMENTS", false},
    {0xC40001D2, "RMI_VDEV_LOCK", false},
    {0xC40001D3, "RMI_VDEV_START", false},
    {0xC40001D7, "RMI_PSMMU_ACTIVATE", false},
    {0xC40001D8, "RMI_PSMMU_DEACTIVATE", false},
    {0xC40001DB, "RMI_PSMMU_ST_L2_CREATE", false},
    {0xC40001DC, "RMI_PSMMU_ST_L2_DESTROY", false},
    {0xC40001E1, "RMI_GRANULE_TRACKING_GET", false},
    {0xC40001E3, "RMI_GRANULE_TRACKING_SET", false},
    {0xC40001EC, "RMI_RMM_CONFIG_GET", false},
    {0xC40001F1, "RMI_GRANULE_RANGE_DELEGATE", false},
    {0xC40001F2, "RMI_GRANULE_RANGE_UNDELEGATE", false},
    {0xC40001F3, "RMI_GPT_L1_CREATE", false},
    {0xC40001F4, "RMI_GPT_L1_DESTROY", false},
    {0xC40001F5, "RMI_RTT_DATA_MAP", false},
    {0xC40001F6, "RMI_RTT_DATA_UNMAP", false},
    {0xC40001F7, "RMI_RTT_DEV_MAP", false},
    {0xC40001F8, "RMI_RTT_DEV_UNMAP", false},
    {0xC40001FB, "RMI_RTT_UNPROT_MAP", false},
    {0xC40001FC, "RMI_RTT_UNPROT_UNMAP", false},
    {0xC4000201, "RMI_REALM_TERMINATE", false},
    {0xC4000202, "RMI_RMM_ACTIVATE", false},
    {0xC4000203, "RMI_OP_CONTINUE", false},
    {0xC4000204, "RMI_PDEV_STREAM_CONNECT", false},
    {0xC4000205, "RMI_PDEV_STREAM_DISCONNECT", false},
    {0xC4000206, "RMI_PDEV_STREAM_COMPLETE", false},
    {0xC4000207, "RMI_PDEV_STREAM_KEY_PURGE", false},
    {0xC4000208, "RMI_OP_MEM_DONATE", false},
    {0xC4000209, "RMI_OP_MEM_RECLAIM", false},
    {0xC400020A, "RMI_OP_CANCEL", false},
};

constexpr RmiName kRsiNames[] = {
    {0xC4000190, "RSI_VERSION", true},
    {0xC4000191, "RSI_FEATURES", true},
    {0xC4000192, "RSI_MEASUREMENT_READ", true},
    {0xC4000193, "RSI_MEASUREMENT_EXTEND", true},
    {0xC4000194, "RSI_ATTESTATION_TOKEN_INIT", true},
    {0xC4000195, "RSI_ATTESTATION_TOKEN_CONTINUE", true},
    {0xC4000196, "RSI_REALM_CONFIG", true},
    {0xC4000197, "RSI_IPA_STATE_SET", true},
    {0xC4000198, "RSI_IPA_STATE_GET", true},
    {0xC4000199, "RSI_HOST_CALL", true},
    {0xC400019A, "RSI_VSMMU_GET_INFO", false},
    {0xC400019B, "RSI_ARCH_DEV_ACTIVATE", false},
    {0xC400019C, "RSI_VDEV_DMA_ENABLE", false},
    {0xC400019D, "RSI_VDEV_GET_INFO", false},
    {0xC400019F, "RSI_VDEV_VALIDATE_MAPPING", false},
    {0xC40001A0, "RSI_MEM_GET_PERM_VALUE", false},
    {0xC40001A1, "RSI_MEM_SET_PERM_INDEX", false},
    {0xC40001A2, "RSI_MEM_SET_PERM_VALUE", false},
    {0xC40001A3, "RSI_PLANE_ENTER", false},
    {0xC40001A4, "RSI_VDEV_DMA_DISABLE", false},
    {0xC40001AE, "RSI_PLANE_SYSREG_READ", false},
    {0xC40001AF, "RSI_PLANE_SYSREG_WRITE", false},
};

}  // namespace

std::span<const RmiName> rmi_names() { return kRmiNames; }
std::span<const RmiName> rsi_names() { return kRsiNames; }

std::string_view name_of(Rmi call) {
  for (const auto& row : kRmiNames)
    if (row.function == static_cast<std::uint64_t>(call)) return row.name;
  return "RMI_?";
}
std::optional<Rmi> rmi_named(std::string_view name) {
  for (const auto& row : kRmiNames)
    if (row.name == name) return static_cast<Rmi>(row.function);
  return std::nullopt;
}
std::string_view name_of(Rsi call) {
  for (const auto& row : kRsiNames)
    if (row.function == static_cast<std::uint64_t>(call)) return row.name;
  return "RSI_?";
}

std::string_view name_of(RmiStatus status) {
  switch (status) {
    case RmiStatus::kSuccess: return "RMI_SUCCESS";
    case RmiStatus::kErrorInput: return "RMI_ERROR_INPUT";
    case RmiStatus::kErrorRealm: return "RMI_ERROR_REALM";
    case RmiStatus::kErrorRec: return "RMI_ERROR_REC";
    case RmiStatus::kErrorRtt: return "RMI_ERROR_RTT";
    case RmiStatus::kErrorNotSupported: return "RMI_ERROR_NOT_SUPPORTED";
    case RmiStatus::kErrorDevice: return "RMI_ERROR_DEVICE";
    case RmiStatus::kErrorGranule: return "RMI_ERROR_GRANULE";
  }
  return "RMI_?";
}
std::string_view name_of(RsiStatus status) {
  switch (status) {
    case RsiStatus::kSuccess: return "RSI_SUCCESS";
    case RsiStatus::kErrorInput: return "RSI_ERROR_INPUT";
    case RsiStatus::kErrorState: return "RSI_ERROR_STATE";
    case RsiStatus::kIncomplete: return "RSI_INCOMPLETE";
    case RsiStatus::kErrorUnknown: return "RSI_ERROR_UNKNOWN";
    case RsiStatus::kErrorDevice: return "RSI_ERROR_DEVICE";
  }
  return "RSI_?";
}
std::string_view name_of(Ripas ripas) {
  switch (ripas) {
    case Ripas::kEmpty: return "EMPTY";
    case Ripas::kRam: return "RAM";
    case Ripas::kDestroyed: return "DESTROYED";
    case Ripas::kDev: return "DEV";
  }
  return "?";
}
std::string_view name_of(PdevState state) {
  static constexpr std::string_view kNames[] = {"NEW", "NEEDS_KEY", "HAS_KEY", "READY", "STOPPED", "ERROR"};
  return kNames[static_cast<std::size_t>(state)];
}
std::string_view name_of(VdevState state) {
  static constexpr std::string_view kNames[] = {"NEW", "UNLOCKED", "LOCKED", "STARTED", "ERROR", "KEY_REFRESH", "KEY_PURGE"};
  return kNames[static_cast<std::size_t>(state)];
}

}  // namespace ccaproto
