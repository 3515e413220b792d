#pragma once
// One DOE instance (PCIe 6.0, 6.30): a mailbox of two dword registers in extended config space, through which software
// hands over a data object and takes the answer. Objects are opaque here, header included; discovery is answered by
// the mailbox itself.
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "platform/base/bytes.h"
#include "platform/pcie/config_space.h"

namespace pcie {

inline constexpr std::uint16_t kPciSigVendor = 1;
inline constexpr std::uint8_t kDoeDiscovery = 0, kDoeCma = 1, kDoeSecuredCma = 2;

class DoeMailbox {
 public:
  // Object in, object out, both with their two header DW. Nothing: the object is dropped, and the asker waits in vain.
  using Handler = std::function<std::optional<base::Bytes>(base::View object)>;

  // `offset` of the extended capability, whose registers the builder has declared. `object_size_max` in bytes, each
  // way.
  DoeMailbox(ConfigSpace& config, unsigned offset, std::size_t object_size_max = 0x1200);
  DoeMailbox(const DoeMailbox&) = delete;
  DoeMailbox& operator=(const DoeMailbox&) = delete;

  // Discovery lists handlers in the order in which they are given.
  void serve(std::uint16_t vendor, std::uint8_t type, Handler handler);
  // Called when the interrupt status rises while interrupts are enabled.
  void on_interrupt(std::function<void(unsigned message_number)> notify) { notify_ = std::move(notify); }

  // Any reset: idle, and no part of an object survives.
  void reset();

 private:
  void written(const ConfigSpace::Write& write);
  void go();
  void abort();
  void pop();
  void fail();
  void show();
  void interrupt();
  std::optional<base::Bytes> answer_to(base::View object) const;

  ConfigSpace& config_;
  unsigned offset_;
  std::size_t size_max_;
  std::vector<std::pair<std::pair<std::uint16_t, std::uint8_t>, Handler>> handlers_;
  std::function<void(unsigned)> notify_;
  base::Bytes incoming_;
  base::Bytes outgoing_;
  std::size_t read_at_ = 0;
  bool ready_ = false;
  bool error_ = false;
};

}  // namespace pcie
