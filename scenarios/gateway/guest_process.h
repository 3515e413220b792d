#pragma once
// Guest programs outside: a shared library in a child process for each world (guest/remote/runner.c), or a process that listens at a
// Unix socket and gets a connection for each world. What such a program does wrong ends its own run and no other: it shares no memory
// with ours, and a child ends with its link.
#include <chrono>
#include <memory>

#include "scenarios/engine/outside_guest.h"

namespace gateway {

// A program that calls nothing for so long is ended: "guest.silence_max".
inline constexpr std::chrono::milliseconds kGuestSilenceMax{5'000};

// Throws base::UserError when nothing is there, or the runner is not.
std::unique_ptr<engine::GuestLink> open_guest(const load::Thread& thread);

// As open_guest, for the program that is to be run with the stream as descriptor 3; `silence` for tests.
std::unique_ptr<engine::GuestLink> start_guest(const std::string& program, const std::string& argument, std::chrono::milliseconds silence);

}  // namespace gateway
