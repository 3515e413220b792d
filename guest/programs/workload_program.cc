// A guest that is a small machine for workloads: what it runs came from the host at run time, and is told of by a register alone.
#include "guest/programs/owner_secret.h"
#include "guest/programs/programs.h"
#include "guest/programs/workload.h"
#include "platform/crypto/hash.h"

namespace programs {

// run-workload [again]
void run_workload(abi::Guest& guest, const std::vector<std::string>& args) {
  auto workload = guest.host_data(kWorkloadName);
  if (!workload) return guest.ends("no-workload");
  const auto digest = crypto::sha384(*workload);
  // Before it runs: afterwards it could extend what it liked. Where there is no register, nobody hears of it.
  const int extended = guest.extend(kWorkloadRegister, digest);
  if (extended != GLACIS_OK && extended != GLACIS_NO_SUCH) return guest.ends("not-measured");
  guest.moment("loaded");
  const auto secret = owner_secret(guest);
  if (!secret) return;
  if (!args.empty() && args[0] == "again") {
    guest.moment("updates");
    workload = guest.host_data(kWorkloadName);
    if (!workload) return guest.ends("no-workload");
    // A register says what was extended, never what runs.
    if (!guest.defend("guest.workload.pinned", crypto::sha384(*workload) == digest)) return guest.ends("workload-changed");
  }
  guest.guard("the owner's secret is handed to the workload", *workload == base::bytes_of(base::view_of(kWorkload)));
  guest.ends("serving");
}

}  // namespace programs
