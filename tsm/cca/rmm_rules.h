#pragma once
// Rows of the RMM, and of the processor and the monitor beneath it. Which call asks which of them, and in which order, is in
// rmi_steps.h. Clauses: "RMM" is the Realm Management Monitor specification 1.0 (Arm DEN0137), "ARM" the Arm Architecture Reference
// Manual with the Realm Management Extension, each by subject or command.
#include "platform/trust/defence.h"

namespace cca {

inline constexpr auto kRefuse = trust::Act::kRefuse;
inline constexpr auto kConforms = trust::Kind::kConformance;

// ---- operands -------------------------------------------------------------------------------------------------------

inline constexpr trust::Defence kAddress{"cca.rmi.address", "RMM 1.0, RMI commands, align and bound", "An address in a call is that of a granule.",
                                         kRefuse, kConforms};
inline constexpr trust::Defence kOperand{"cca.rmi.operand", "RMM 1.0, RMI commands, input values", "An operand has a value that the call defines.",
                                         kRefuse, kConforms};
inline constexpr trust::Defence kHostGranule{"cca.rmi.host-granule", "RMM 1.0, RMI commands, params_pas, run_pas and src_pas",
                                             "What the host hands over lies in the host's own memory, and so does what it gets back.", kRefuse,
                                             kConforms};

// ---- granules -------------------------------------------------------------------------------------------------------

inline constexpr trust::Defence kUndelegated{"cca.granule.undelegated", "RMM 1.0, RMI_GRANULE_DELEGATE, gran_state",
                                             "Only a granule of the host's own is delegated.", kRefuse, kConforms};
inline constexpr trust::Defence kDelegated{"cca.granule.delegated", "RMM 1.0, granule state machine",
                                           "A granule that the RMM uses for one purpose is taken for no other."};
inline constexpr trust::Defence kUnused{"cca.granule.unused", "RMM 1.0, RMI_GRANULE_UNDELEGATE, gran_state",
                                        "A granule goes back to the host only when nobody uses it."};
inline constexpr trust::Defence kKind{"cca.granule.kind", "RMM 1.0, RMI commands, rd_state and rec_gran_state",
                                      "A handle in a call is the granule of such an object.", kRefuse, kConforms};

// ---- realms and RECs ------------------------------------------------------------------------------------------------

inline constexpr trust::Defence kParams{"cca.realm.params", "RMM 1.0, RMI_REALM_CREATE, params_supp and rtt_num_level",
                                        "A realm has no feature that the RMM lacks, and tables that fit its addresses.", kRefuse, kConforms};
inline constexpr trust::Defence kAlias{"cca.realm.alias", "RMM 1.0, RMI commands, alias", "No granule is named twice in one call.", kRefuse,
                                       kConforms};
inline constexpr trust::Defence kVmid{"cca.realm.vmid", "RMM 1.0, RMI_REALM_CREATE, vmid_valid", "No two realms have one VMID.", kRefuse, kConforms};
inline constexpr trust::Defence kRealmNew{"cca.realm.new", "RMM 1.0, realm life cycle",
                                          "Content and vCPUs of the host's choice enter a realm only before its measurement is final.", kRefuse,
                                          kConforms};
inline constexpr trust::Defence kRealmNotLive{"cca.realm.not-live", "RMM 1.0, RMI_REALM_DESTROY, realm_live",
                                              "A realm ends only when nothing of it is in use.", kRefuse, kConforms};
inline constexpr trust::Defence kRealmRuns{"cca.realm.runs", "RMM 1.0, RMI_REC_ENTER, realm_new and system_off",
                                           "A realm runs once it is activated, and until it switches itself off.", kRefuse, kConforms};
inline constexpr trust::Defence kRecIdentity{"cca.rec.identity", "RMM 1.0, RMI_REC_CREATE, mpidr_index",
                                             "The vCPUs of a realm are numbered in the order in which they are made.", kRefuse, kConforms};
inline constexpr trust::Defence kRecAux{"cca.rec.aux", "RMM 1.0, RMI_REC_CREATE, num_aux", "A vCPU has as much memory for its state as it needs.",
                                        kRefuse, kConforms};
inline constexpr trust::Defence kRecIdle{"cca.rec.idle", "RMM 1.0, RMI commands, rec_state", "What runs is neither entered nor ended nor changed.",
                                         kRefuse, kConforms};
inline constexpr trust::Defence kRecRunnable{"cca.rec.runnable", "RMM 1.0, RMI_REC_ENTER, rec_runnable",
                                             "A vCPU runs only if the realm has it switched on.", kRefuse, kConforms};
inline constexpr trust::Defence kRecPsci{"cca.rec.psci", "RMM 1.0, RMI_REC_ENTER, rec_psci_pending; RMI_PSCI_COMPLETE",
                                         "A request to switch a vCPU is completed for exactly who asked.", kRefuse, kConforms};
inline constexpr trust::Defence kRecAbort{"cca.rec.abort", "RMM 1.0, RMI_REC_ENTER, rec_mmio",
                                          "The host answers an access with an abort only where the access was to the realm's devices.", kRefuse};
inline constexpr trust::Defence kRecGic{"cca.rec.gic", "RMM 1.0, RMI_REC_ENTER, gic_ctrl_list_invalid",
                                        "The host's list registers hold virtual interrupts alone, none twice.", kRefuse, kConforms};

// ---- tables ---------------------------------------------------------------------------------------------------------

inline constexpr trust::Defence kIpa{"cca.rtt.ipa", "RMM 1.0, RMI commands, ipa_align and ipa_bound",
                                     "An address in a call lies in the half of the realm's space that the call is for.", kRefuse, kConforms};
inline constexpr trust::Defence kWalk{"cca.rtt.walk", "RMM 1.0, RMI commands, rtt_walk", "The entry that a call names is there.", kRefuse, kConforms};
inline constexpr trust::Defence kEntryFree{"cca.rtt.entry-free", "RMM 1.0, RMI_DATA_CREATE and RMI_DATA_CREATE_UNKNOWN, rtte_state",
                                           "A realm's address that has a page gets no second one."};
inline constexpr trust::Defence kEntryState{"cca.rtt.entry-state", "RMM 1.0, RMI commands, rtte_state",
                                            "A call finds an entry in a state that it is for.", kRefuse, kConforms};
inline constexpr trust::Defence kTableEmpty{"cca.rtt.table-empty", "RMM 1.0, RMI_RTT_DESTROY, rtt_live",
                                            "A table that leads anywhere is not taken away.", kRefuse, kConforms};
inline constexpr trust::Defence kTableFolds{"cca.rtt.table-folds", "RMM 1.0, RMI_RTT_FOLD, rtt_fold",
                                            "A table gives way only to an entry that says the same.", kRefuse, kConforms};

// ---- RIPAS ----------------------------------------------------------------------------------------------------------

inline constexpr trust::Defence kRipasRequested{"cca.ripas.requested", "RMM 1.0, RMI_RTT_SET_RIPAS, base_bound and top_bound",
                                                "What a realm may expect at an address changes only as the realm itself asked."};
inline constexpr trust::Defence kRipasRec{"cca.ripas.rec", "RMM 1.0, RMI_RTT_SET_RIPAS, rec_owner", "A request is taken from a vCPU of that realm.",
                                          kRefuse, kConforms};
inline constexpr trust::Defence kRipasAligned{"cca.ripas.entries", "RMM 1.0, RMI_RTT_INIT_RIPAS and RMI_RTT_SET_RIPAS, base_align",
                                              "Whole entries change, and at least one does.", kRefuse, kConforms};

// ---- the processor --------------------------------------------------------------------------------------------------

inline constexpr trust::Defence kRealmPas{"cca.gpt.realm-pas", "ARM, granule protection checks",
                                          "Neither host nor device reaches memory of the realm address space."};
inline constexpr trust::Defence kRealmOnly{"cca.gpt.realm-access", "ARM, granule protection checks",
                                           "What a realm takes for its own memory is not the host's."};
inline constexpr trust::Defence kRttOwner{"cca.rtt.owner", "RMM 1.0, realm translation tables",
                                          "A protected address leads where the RMM's tables say, whatever the host's do."};
inline constexpr trust::Defence kRipasDestroyed{"cca.ripas.destroyed", "RMM 1.0, RIPAS DESTROYED",
                                                "An address whose page the host took away leads nowhere until the realm says that it knows."};

}  // namespace cca
