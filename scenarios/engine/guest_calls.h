#pragma once
// Calls of the guest ABI as frames: what a guest outside asks, asked of the table that programs built in use.
#include <optional>

#include "guest/abi/glacis_guest.h"
#include "guest/remote/frames.h"

namespace engine {

class GuestCalls {
 public:
  explicit GuestCalls(const glacis_guest& table) : table_(table) {}
  GuestCalls(const GuestCalls&) = delete;
  GuestCalls& operator=(const GuestCalls&) = delete;
  // Nothing: no such call, or a live variable of another size than was declared.
  std::optional<remote::Reply> carry_out(const remote::Request& request);

 private:
  remote::Reply ask(const remote::Request& request, bool& known);
  remote::Reply ask_device(const remote::Request& request, bool& known);
  remote::Reply ask_host(const remote::Request& request, bool& known);

  const glacis_guest& table_;
  base::Bytes live_;
};

}  // namespace engine
