#pragma once
// The workload that an owner means his guests to run, and the run-time register that is for workloads alone.
#include <string_view>

#include "platform/crypto/hash.h"

namespace programs {

inline constexpr const char* kWorkloadName = "fw_cfg/workload";  // as the host hands it over
inline constexpr std::string_view kWorkload = "workload 1.0: serves what the owner's secret unlocks, and logs nothing of it";
inline constexpr unsigned kWorkloadRegister = 3;  // RTMR[3], REM[3]: of no use to firmware and boot

inline base::Block<48> workload_digest() { return crypto::sha384(base::view_of(kWorkload)); }

}  // namespace programs
