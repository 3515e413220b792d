#pragma once
// The queues of a controller: rings in the driver's memory, of which the controller keeps base, size and indices
// (NVM Express Base 1.4, 4.1).
#include <cstdint>
#include <map>

namespace nvme {

inline constexpr unsigned kIoQueuesMax = 4;         // of each kind, numbered from 1
inline constexpr std::uint32_t kEntriesMax = 64;    // of any queue but the admin ones
inline constexpr std::uint32_t kEntriesMin = 2;

struct SubmissionQueue {
  std::uint64_t base = 0;
  std::uint32_t size = 0;  // entries
  std::uint16_t completes_to = 0;
  std::uint32_t head = 0, tail = 0;
  bool empty() const { return head == tail; }
};

struct CompletionQueue {
  std::uint64_t base = 0;
  std::uint32_t size = 0;
  bool interrupts = false;
  std::uint16_t vector = 0;
  std::uint32_t head = 0, tail = 0;
  bool phase = true;
  bool full() const { return room() == 0; }
  std::uint32_t room() const { return (head + size - tail - 1) % size; }  // entries
};

struct Queues {
  std::map<std::uint16_t, SubmissionQueue> submission;
  std::map<std::uint16_t, CompletionQueue> completion;
};

}  // namespace nvme
