#pragma once
// What the root domain's security manager refuses about the keys of root ports, and with which SBI error. For each function its steps
// stand in the order in which its table lists the errors (RISC-V CoVE-IO 0.3.0, 9, "CoVE IO TSM Extension").
#include "platform/protocol/cove/sbi.h"
#include "platform/trust/defence.h"

namespace cove {

// "Yes" where the call does not raise the question.
struct KeyCase {
  bool data = true;         // key_data_addr is memory of the caller's
  bool root_port = true;
  bool descriptor = true;   // readable, of a stream and sub-stream that there are
  bool own_stream = true;   // of the caller's domain, or nobody's yet
  bool disabled = true;     // no key that the call is about is enabled
  bool programmed = true;   // each key that the call is about is in the state Programmed
  bool enabled = true;      // the key is in the state Enabled
};

struct KeyStep {
  const trust::Defence* defence;
  bool (*holds)(const KeyCase&);
  coveproto::SbiError error;
};

inline constexpr trust::Defence kKeyDataAddress{"cove.rdsm.key-data", "RISC-V CoVE-IO 0.3.0, sbi_covt_program_rp_ide_key, key_data_addr",
                                                "A key is read from memory of its caller's.", trust::Act::kRefuse,
                                                trust::Kind::kConformance};
inline constexpr trust::Defence kKeyPort{"cove.rdsm.root-port", "RISC-V CoVE-IO 0.3.0, COVT, rp_id", "A key goes to a root port that there is.",
                                         trust::Act::kRefuse, trust::Kind::kConformance};
inline constexpr trust::Defence kKeyDescriptor{"cove.rdsm.descriptor", "RISC-V CoVE-IO 0.3.0, CoVE IDE Key Descriptor",
                                               "A descriptor names a stream, a sub-stream, a key set and a direction that there are.",
                                               trust::Act::kRefuse, trust::Kind::kConformance};
inline constexpr trust::Defence kKeyOwner{"cove.rdsm.stream-owner", "RISC-V CoVE-IO 0.3.0, 7, PCIe Root Port Management",
                                          "The keys of a stream are its domain's: what one domain keyed, no other touches."};
inline constexpr trust::Defence kKeyDisabled{"cove.rdsm.key-enabled", "RISC-V CoVE-IO 0.3.0, sbi_covt_program_rp_ide_key, SBI_ERR_INVALID_STATE",
                                             "A key that is enabled is neither written over nor cleared."};
inline constexpr trust::Defence kKeyProgrammed{"cove.rdsm.key-programmed",
                                               "RISC-V CoVE-IO 0.3.0, sbi_covt_set_go_rp_ide_key, SBI_ERR_INVALID_STATE",
                                               "A key is enabled, or cleared, that is programmed.", trust::Act::kRefuse,
                                               trust::Kind::kConformance};
inline constexpr trust::Defence kKeyInState{"cove.rdsm.key-stopped",
                                            "RISC-V CoVE-IO 0.3.0, sbi_covt_set_stop_rp_ide_key, SBI_ERR_INVALID_STATE",
                                            "A key is disabled that is enabled.", trust::Act::kRefuse, trust::Kind::kConformance};

#define GLACIS_COVE_ASK(expression) [](const KeyCase& c) { return bool(expression); }
inline constexpr auto kBadParam = coveproto::SbiError::kInvalidParam;
inline constexpr auto kBadState = coveproto::SbiError::kInvalidState;

inline constexpr KeyStep kProgramKeySteps[] = {
    {&kKeyDataAddress, GLACIS_COVE_ASK(c.data), coveproto::SbiError::kInvalidAddress},
    {&kKeyPort, GLACIS_COVE_ASK(c.root_port), kBadParam},
    {&kKeyDescriptor, GLACIS_COVE_ASK(c.descriptor), kBadParam},
    {&kKeyOwner, GLACIS_COVE_ASK(c.own_stream), kBadParam},
    {&kKeyDisabled, GLACIS_COVE_ASK(c.disabled), kBadState},
};
inline constexpr KeyStep kClearKeySteps[] = {
    {&kKeyPort, GLACIS_COVE_ASK(c.root_port), kBadParam},
    {&kKeyDescriptor, GLACIS_COVE_ASK(c.descriptor), kBadParam},
    {&kKeyOwner, GLACIS_COVE_ASK(c.own_stream), kBadParam},
    {&kKeyDisabled, GLACIS_COVE_ASK(c.disabled), kBadState},
    {&kKeyProgrammed, GLACIS_COVE_ASK(c.programmed), kBadState},
};
inline constexpr KeyStep kSetGoSteps[] = {
    {&kKeyPort, GLACIS_COVE_ASK(c.root_port), kBadParam},
    {&kKeyDescriptor, GLACIS_COVE_ASK(c.descriptor), kBadParam},
    {&kKeyOwner, GLACIS_COVE_ASK(c.own_stream), kBadParam},
    {&kKeyProgrammed, GLACIS_COVE_ASK(c.programmed), kBadState},
};
inline constexpr KeyStep kSetStopSteps[] = {
    {&kKeyPort, GLACIS_COVE_ASK(c.root_port), kBadParam},
    {&kKeyDescriptor, GLACIS_COVE_ASK(c.descriptor), kBadParam},
    {&kKeyOwner, GLACIS_COVE_ASK(c.own_stream), kBadParam},
    {&kKeyInState, GLACIS_COVE_ASK(c.enabled), kBadState},
};
// Of rp_ide_key_status and program_rp_ide_stream.
inline constexpr KeyStep kNamedSteps[] = {
    {&kKeyPort, GLACIS_COVE_ASK(c.root_port), kBadParam},
    {&kKeyDescriptor, GLACIS_COVE_ASK(c.descriptor), kBadParam},
    {&kKeyOwner, GLACIS_COVE_ASK(c.own_stream), kBadParam},
};
#undef GLACIS_COVE_ASK

}  // namespace cove
