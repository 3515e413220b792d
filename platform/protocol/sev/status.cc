#include "platform/protocol/sev/status.h"

namespace sevproto {

std::string_view name_of(Status status) {
  switch (status) {
    case Status::kSuccess: return "SUCCESS";
    case Status::kInvalidPlatformState: return "INVALID_PLATFORM_STATE";
    case Status::kInvalidGuestState: return "INVALID_GUEST_STATE";
    case Status::kInvalidConfig: return "INVALID_CONFIG";
    case Status::kInvalidLength: return "INVALID_LENGTH";
    case Status::kAlreadyOwned: return "ALREADY_OWNED";
    case Status::kInvalidCertificate: return "INVALID_CERTIFICATE";
    case Status::kPolicyFailure: return "POLICY_FAILURE";
    case Status::kInactive: return "INACTIVE";
    case Status::kInvalidAddress: return "INVALID_ADDRESS";
    case Status::kBadSignature: return "BAD_SIGNATURE";
    case Status::kBadMeasurement: return "BAD_MEASUREMENT";
    case Status::kAsidOwned: return "ASID_OWNED";
    case Status::kInvalidAsid: return "INVALID_ASID";
    case Status::kWbinvdRequired: return "WBINVD_REQUIRED";
    case Status::kDfflushRequired: return "DFFLUSH_REQUIRED";
    case Status::kInvalidGuest: return "INVALID_GUEST";
    case Status::kInvalidCommand: return "INVALID_COMMAND";
    case Status::kActive: return "ACTIVE";
    case Status::kHwerrorPlatform: return "HWERROR_PLATFORM";
    case Status::kUnsafe: return "UNSAFE";
    case Status::kUnsupported: return "UNSUPPORTED";
    case Status::kInvalidParam: return "INVALID_PARAM";
    case Status::kResourceLimit: return "RESOURCE_LIMIT";
    case Status::kSecureDataInvalid: return "SECURE_DATA_INVALID";
    case Status::kInvalidPageSize: return "INVALID_PAGE_SIZE";
    case Status::kInvalidPageState: return "INVALID_PAGE_STATE";
    case Status::kInvalidMdataEntry: return "INVALID_MDATA_ENTRY";
    case Status::kInvalidPageOwner: return "INVALID_PAGE_OWNER";
    case Status::kAeadOflow: return "AEAD_OFLOW";
    case Status::kRbModeExited: return "RB_MODE_EXITED";
    case Status::kRmpInitRequired: return "RMP_INIT_REQUIRED";
    case Status::kBadSvn: return "BAD_SVN";
    case Status::kBadVersion: return "BAD_VERSION";
    case Status::kShutdownRequired: return "SHUTDOWN_REQUIRED";
    case Status::kUpdateFailed: return "UPDATE_FAILED";
    case Status::kRestoreRequired: return "RESTORE_REQUIRED";
    case Status::kRmpInitFailed: return "RMP_INIT_FAILED";
    case Status::kInvalidKey: return "INVALID_KEY";
    case Status::kShutdownIncomplete: return "SHUTDOWN_INCOMPLETE";
    case Status::kIncorrectBufferLength: return "INCORRECT_BUFFER_LENGTH";
    case Status::kExpandBufferLengthRequest: return "EXPAND_BUFFER_LENGTH_REQUEST";
    case Status::kSpdmRequest: return "SPDM_REQUEST";
    case Status::kSpdmError: return "SPDM_ERROR";
    case Status::kErrInDevConn: return "ERR_IN_DEV_CONN";
    case Status::kInvalidDevCtx: return "INVALID_DEV_CTX";
    case Status::kInvalidTdiCtx: return "INVALID_TDI_CTX";
    case Status::kInvalidTdi: return "INVALID_TDI";
    case Status::kReclaimRequired: return "RECLAIM_REQUIRED";
    case Status::kInUse: return "IN_USE";
    case Status::kInvalidDevState: return "INVALID_DEV_STATE";
    case Status::kInvalidTdiState: return "INVALID_TDI_STATE";
    case Status::kDevCertChanged: return "DEV_CERT_CHANGED";
    case Status::kResyncReq: return "RESYNC_REQ";
    case Status::kResponseTooLarge: return "RESPONSE_TOO_LARGE";
  }
  return "UNKNOWN";
}

std::string_view name_of(Command command) {
  switch (command) {
    case Command::kInit: return "INIT";
    case Command::kShutdown: return "SHUTDOWN";
    case Command::kFactoryReset: return "FACTORY_RESET";
    case Command::kPlatformStatus: return "PLATFORM_STATUS";
    case Command::kPekGen: return "PEK_GEN";
    case Command::kPekCsr: return "PEK_CSR";
    case Command::kPekCertImport: return "PEK_CERT_IMPORT";
    case Command::kPdhCertExport: return "PDH_CERT_EXPORT";
    case Command::kPdhGen: return "PDH_GEN";
    case Command::kDfFlush: return "DF_FLUSH";
    case Command::kDownloadFirmware: return "DOWNLOAD_FIRMWARE";
    case Command::kGetId: return "GET_ID";
    case Command::kDecommission: return "DECOMMISSION";
    case Command::kActivate: return "ACTIVATE";
    case Command::kDeactivate: return "DEACTIVATE";
    case Command::kGuestStatus: return "GUEST_STATUS";
    case Command::kLaunchStart: return "LAUNCH_START";
    case Command::kLaunchUpdateData: return "LAUNCH_UPDATE_DATA";
    case Command::kLaunchUpdateVmsa: return "LAUNCH_UPDATE_VMSA";
    case Command::kLaunchMeasure: return "LAUNCH_MEASURE";
    case Command::kLaunchSecret: return "LAUNCH_SECRET";
    case Command::kLaunchFinish: return "LAUNCH_FINISH";
    case Command::kAttestation: return "ATTESTATION";
    case Command::kSendStart: return "SEND_START";
    case Command::kSendUpdateData: return "SEND_UPDATE_DATA";
    case Command::kSendUpdateVmsa: return "SEND_UPDATE_VMSA";
    case Command::kSendFinish: return "SEND_FINISH";
    case Command::kSendCancel: return "SEND_CANCEL";
    case Command::kReceiveStart: return "RECEIVE_START";
    case Command::kReceiveUpdateData: return "RECEIVE_UPDATE_DATA";
    case Command::kReceiveUpdateVmsa: return "RECEIVE_UPDATE_VMSA";
    case Command::kReceiveFinish: return "RECEIVE_FINISH";
    case Command::kDbgDecrypt: return "DBG_DECRYPT";
    case Command::kDbgEncrypt: return "DBG_ENCRYPT";
    case Command::kSnpInit: return "SNP_INIT";
    case Command::kSnpShutdown: return "SNP_SHUTDOWN";
    case Command::kSnpPlatformStatus: return "SNP_PLATFORM_STATUS";
    case Command::kSnpDfFlush: return "SNP_DF_FLUSH";
    case Command::kSnpInitEx: return "SNP_INIT_EX";
    case Command::kSnpShutdownEx: return "SNP_SHUTDOWN_EX";
    case Command::kSnpDecommission: return "SNP_DECOMMISSION";
    case Command::kSnpActivate: return "SNP_ACTIVATE";
    case Command::kSnpGuestStatus: return "SNP_GUEST_STATUS";
    case Command::kSnpGctxCreate: return "SNP_GCTX_CREATE";
    case Command::kSnpGuestRequest: return "SNP_GUEST_REQUEST";
    case Command::kSnpActivateEx: return "SNP_ACTIVATE_EX";
    case Command::kSnpLaunchStart: return "SNP_LAUNCH_START";
    case Command::kSnpLaunchUpdate: return "SNP_LAUNCH_UPDATE";
    case Command::kSnpLaunchFinish: return "SNP_LAUNCH_FINISH";
    case Command::kSnpDbgDecrypt: return "SNP_DBG_DECRYPT";
    case Command::kSnpDbgEncrypt: return "SNP_DBG_ENCRYPT";
    case Command::kSnpPageSwapOut: return "SNP_PAGE_SWAP_OUT";
    case Command::kSnpPageSwapIn: return "SNP_PAGE_SWAP_IN";
    case Command::kSnpPageMove: return "SNP_PAGE_MOVE";
    case Command::kSnpPageMdInit: return "SNP_PAGE_MD_INIT";
    case Command::kSnpPageSetState: return "SNP_PAGE_SET_STATE";
    case Command::kSnpPageReclaim: return "SNP_PAGE_RECLAIM";
    case Command::kSnpPageUnsmash: return "SNP_PAGE_UNSMASH";
    case Command::kSnpConfig: return "SNP_CONFIG";
    case Command::kSnpDownloadFirmwareEx: return "SNP_DOWNLOAD_FIRMWARE_EX";
    case Command::kSnpCommit: return "SNP_COMMIT";
    case Command::kSnpVlekLoad: return "SNP_VLEK_LOAD";
    case Command::kSnpFeatureInfo: return "SNP_FEATURE_INFO";
    case Command::kTioStatus: return "TIO_STATUS";
    case Command::kTioInit: return "TIO_INIT";
    case Command::kTioDevCreate: return "TIO_DEV_CREATE";
    case Command::kTioDevReclaim: return "TIO_DEV_RECLAIM";
    case Command::kTioDevConnect: return "TIO_DEV_CONNECT";
    case Command::kTioDevDisconnect: return "TIO_DEV_DISCONNECT";
  }
  return "UNKNOWN";
}

}  // namespace sevproto
