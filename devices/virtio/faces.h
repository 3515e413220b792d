#pragma once
// What an emulated device works with: guest memory as far as whoever plays the device can reach it, and an outlet through which
// passes whatever it does to the guest.
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "platform/base/bytes.h"
#include "platform/wire/schema.h"

namespace virtio {

class GuestMemory {
 public:
  virtual ~GuestMemory() = default;
  // False: some of it is out of reach; what is read there is zero.
  virtual bool read(std::uint64_t gpa, std::span<std::uint8_t> out) = 0;
  virtual bool write(std::uint64_t gpa, base::View bytes) = 0;
};

// Objects of a device: USED and USED_INDEX (split rings), USED_PACKED; BUFFER, STATUS, FRAME, PACKET (what it writes into
// buffers); TAKEN (what it has taken from them).
class Outlet {
 public:
  virtual ~Outlet() = default;
  // May alter the bytes. False: it does not happen.
  virtual bool passes(std::string_view object, base::Bytes& bytes, const wire::Schema& schema) = 0;
};

// Whoever is at the other end of a device: gets what the driver sent, and says what comes of it.
using FarEnd = std::function<std::vector<base::Bytes>(base::View)>;
using RandomSource = std::function<void(std::span<std::uint8_t>)>;

}  // namespace virtio
