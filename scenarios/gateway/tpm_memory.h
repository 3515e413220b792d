#pragma once
// What TPMs answered, kept for the whole program and shared between worlds and threads. A TPM in a process of its own is a function of its
// seed and of what it was asked since, each question with its time; so a world that asks what another asked, in the same order, gets the
// same answers, and a process only once it asks something new: that process is first asked all that came before, and must say the same.
//
// Invisible except for time, as crypto/memo.h. Bounded, emptied when full.
#include <functional>
#include <memory>

#include "scenarios/engine/outside_guest.h"

namespace gateway {

// A link to a TPM of which nothing outlives the world. Questions and answers take turns. `start` begins the process, at the first
// question that no TPM was asked yet; what it throws becomes the link's end.
std::unique_ptr<engine::GuestLink> remembered_tpm(std::function<std::unique_ptr<engine::GuestLink>()> start);

}  // namespace gateway
