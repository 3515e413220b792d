#pragma once
// `run --pcapng`: what crossed a run's mailboxes and links as one capture, for Wireshark with `glacis dissector`. An interface for each
// boundary has what arrived; "NAME (as sent)" has what was sent where that is something else or never arrived; "inside of NAME"
// has the messages of a mailbox's sessions, opened with the secrets that the run tells. A comment says what the adversary did.
#include "scenarios/engine/verdict.h"

namespace exports {

base::Bytes capture_of(const std::string& title, const engine::Verdict& verdict);

}  // namespace exports
