#include "platform/protocol/cove/exits.h"

namespace coveproto {

std::string_view name_of(Cause cause) {
  switch (cause) {
    case Cause::kSupervisorSoft: return "SUPERVISOR_SOFT";
    case Cause::kSupervisorTimer: return "SUPERVISOR_TIMER";
    case Cause::kSupervisorExternal: return "SUPERVISOR_EXTERNAL";
    case Cause::kVirtualSupervisorEnvCall: return "VIRTUAL_SUPERVISOR_ENV_CALL";
    case Cause::kGuestInstructionPageFault: return "GUEST_INSTRUCTION_PAGE_FAULT";
    case Cause::kGuestLoadPageFault: return "GUEST_LOAD_PAGE_FAULT";
    case Cause::kVirtualInstruction: return "VIRTUAL_INSTRUCTION";
    case Cause::kGuestStorePageFault: return "GUEST_STORE_PAGE_FAULT";
  }
  return "EXIT";
}

}  // namespace coveproto
