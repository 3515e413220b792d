#pragma once
// What `glacis run --pcap DIR` writes: a file for each run and each boundary with packets, named
// ATTACK-PLATFORM-BOUNDARY.pcap, and for a mailbox with sessions beside it a .secrets: a line in hexadecimal digits for
// the shared secret of each key exchange, in their order, as SPDM tools want them to decrypt what follows.
#include <string>

#include "scenarios/engine/verdict.h"
#include "scenarios/report/atomic_file.h"

namespace glacis {

// Adds the captures of one run. `run` is the attack and its platform, as in "dma-read-snp".
void add_captures(report::OutputFiles& files, const std::string& folder, const std::string& run,
                  const engine::Captures& captures);

}  // namespace glacis
