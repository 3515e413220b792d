#include <algorithm>
#include <array>

#include "platform/protocol/cove/sbi.h"

namespace coveproto {
namespace {

struct Row {
  std::uint64_t eid;
  std::uint16_t fid;
  std::string_view name;
};
constexpr Row kRows[] = {
    {kSupd, 0, "sbi_supd_get_active_domains"},
    {kCovh, 0, "sbi_covh_get_tsm_info"},
    {kCovh, 1, "sbi_covh_convert_pages"},
    {kCovh, 2, "sbi_covh_reclaim_pages"},
    {kCovh, 3, "sbi_covh_global_fence"},
    {kCovh, 4, "sbi_covh_local_fence"},
    {kCovh, 5, "sbi_covh_create_tvm"},
    {kCovh, 6, "sbi_covh_finalize_tvm"},
    {kCovh, 7, "sbi_covh_promote_to_tvm"},
    {kCovh, 8, "sbi_covh_destroy_tvm"},
    {kCovh, 9, "sbi_covh_add_tvm_memory_region"},
    {kCovh, 10, "sbi_covh_add_tvm_page_table_pages"},
    {kCovh, 11, "sbi_covh_add_tvm_measured_pages"},
    {kCovh, 12, "sbi_covh_add_tvm_zero_pages"},
    {kCovh, 13, "sbi_covh_add_tvm_shared_pages"},
    {kCovh, 14, "sbi_covh_create_tvm_vcpu"},
    {kCovh, 15, "sbi_covh_run_tvm_vcpu"},
    {kCovh, 16, "sbi_covh_tvm_fence"},
    {kCovh, 17, "sbi_covh_tvm_invalidate_pages"},
    {kCovh, 18, "sbi_covh_tvm_validate_pages"},
    {kCovh, 19, "sbi_covh_tvm_remove_pages"},
    {kCovi, 0, "sbi_covi_init_tvm_aia"},
    {kCovi, 1, "sbi_covi_set_tvm_aia_cpu_imsic_addr"},
    {kCovi, 2, "sbi_covi_convert_aia_imsic"},
    {kCovi, 3, "sbi_covi_reclaim_tvm_aia_imsic"},
    {kCovi, 4, "sbi_covi_bind_aia_imsic"},
    {kCovi, 5, "sbi_covi_unbind_aia_imsic_begin"},
    {kCovi, 6, "sbi_covi_unbind_aia_imsic_end"},
    {kCovi, 7, "sbi_covi_inject_tvm_cpu"},
    {kCovi, 8, "sbi_covi_rebind_aia_imsic_begin"},
    {kCovi, 9, "sbi_covi_rebind_aia_imsic_clone"},
    {kCovi, 10, "sbi_covi_rebind_aia_imsic_end"},
    {kCovg, 0, "sbi_covg_add_mmio_region"},
    {kCovg, 1, "sbi_covg_remove_mmio_region"},
    {kCovg, 2, "sbi_covg_share_memory_region"},
    {kCovg, 3, "sbi_covg_unshare_memory_region"},
    {kCovg, 4, "sbi_covg_allow_external_interrupt"},
    {kCovg, 5, "sbi_covg_deny_external_interrupt"},
    {kCovg, 6, "sbi_covg_get_attcaps"},
    {kCovg, 7, "sbi_covg_extend_measurement"},
    {kCovg, 8, "sbi_covg_get_evidence"},
    {kCovg, 9, "sbi_covg_retrieve_secret"},
    {kCovg, 10, "sbi_covg_read_measurement"},
    {kCovh, 1024, "sbi_covh_connect_device"},
    {kCovh, 1025, "sbi_covh_disconnect_device"},
    {kCovh, 1026, "sbi_covh_add_tvm_interface_region"},
    {kCovh, 1027, "sbi_covh_reclaim_tvm_interface_region"},
    {kCovh, 1028, "sbi_covh_bind_interface"},
    {kCovh, 1030, "sbi_covh_unbind_interface"},
    {kCovh, 1031, "sbi_covh_spdm_key_update"},
    {kCovh, 1032, "sbi_covh_ide_key_refresh"},
    {kCovh, 1033, "sbi_covh_spdm_heartbeat"},
    {kCovh, 1034, "sbi_covh_get_device_connection_transcript"},
    {kCovg, 1024, "sbi_covg_get_device_link"},
    {kCovg, 1025, "sbi_covg_get_device_connection_transcript"},
    {kCovg, 1026, "sbi_covg_get_device_measurements"},
    {kCovg, 1027, "sbi_covg_get_interface_report"},
    {kCovg, 1028, "sbi_covg_get_interface_state"},
    {kCovg, 1029, "sbi_covg_map_interface_mmio"},
    {kCovg, 1030, "sbi_covg_start_interface"},
    {kCovg, 1031, "sbi_covg_stop_interface"},
    {kCovt, 1024, "sbi_covt_program_rp_ide_key"},
    {kCovt, 1025, "sbi_covt_clear_rp_ide_key"},
    {kCovt, 1026, "sbi_covt_set_go_rp_ide_key"},
    {kCovt, 1027, "sbi_covt_set_stop_rp_ide_key"},
    {kCovt, 1028, "sbi_covt_rp_ide_key_status"},
    {kCovt, 1029, "sbi_covt_program_rp_ide_stream"},
};

std::string_view name_at(std::uint64_t eid, std::uint16_t fid) {
  for (const Row& row : kRows)
    if (row.eid == eid && row.fid == fid) return row.name;
  return {};
}

}  // namespace

std::string_view name_of(Supd function) { return name_at(kSupd, static_cast<std::uint16_t>(function)); }
std::string_view name_of(Covh function) { return name_at(kCovh, static_cast<std::uint16_t>(function)); }
std::string_view name_of(Covi function) { return name_at(kCovi, static_cast<std::uint16_t>(function)); }
std::string_view name_of(Covg function) { return name_at(kCovg, static_cast<std::uint16_t>(function)); }
std::string_view name_of(Covt function) { return name_at(kCovt, static_cast<std::uint16_t>(function)); }
std::string_view name_of(const Ecall& call) { return name_at(call.a7, fid_of(call.a6)); }

std::string_view name_of(SbiError error) {
  switch (error) {
    case SbiError::kSuccess: return "SBI_SUCCESS";
    case SbiError::kFailed: return "SBI_ERR_FAILED";
    case SbiError::kNotSupported: return "SBI_ERR_NOT_SUPPORTED";
    case SbiError::kInvalidParam: return "SBI_ERR_INVALID_PARAM";
    case SbiError::kDenied: return "SBI_ERR_DENIED";
    case SbiError::kInvalidAddress: return "SBI_ERR_INVALID_ADDRESS";
    case SbiError::kAlreadyAvailable: return "SBI_ERR_ALREADY_AVAILABLE";
    case SbiError::kAlreadyStarted: return "SBI_ERR_ALREADY_STARTED";
    case SbiError::kAlreadyStopped: return "SBI_ERR_ALREADY_STOPPED";
    case SbiError::kNoShmem: return "SBI_ERR_NO_SHMEM";
    case SbiError::kInvalidState: return "SBI_ERR_INVALID_STATE";
    case SbiError::kBadRange: return "SBI_ERR_BAD_RANGE";
    case SbiError::kTimeout: return "SBI_ERR_TIMEOUT";
    case SbiError::kIo: return "SBI_ERR_IO";
    case SbiError::kDeniedLocked: return "SBI_ERR_DENIED_LOCKED";
    case SbiError::kAuth: return "SBI_ERR_AUTH";
    case SbiError::kOutOfPtpages: return "SBI_ERR_OUT_OF_PTPAGES";
    case SbiError::kOutOfMemory: return "SBI_ERR_OUT_OF_MEMORY";
    case SbiError::kBusy: return "SBI_ERR_BUSY";
  }
  return "SBI_ERR_?";
}

std::optional<Named> call_named(std::string_view name) {
  for (const Row& row : kRows)
    if (row.name == name) return Named{row.eid, row.fid};
  return std::nullopt;
}

std::vector<std::string_view> all_call_names() {
  std::vector<std::string_view> names;
  for (const Row& row : kRows) names.push_back(row.name);
  return names;
}

}  // namespace coveproto
