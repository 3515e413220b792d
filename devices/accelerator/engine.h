#pragma once
// What one function of the card does. A command is written to its registers, begins with the doorbell and has ended
// when the doorbell's write returns.
#include <cstdint>

#include "devices/endpoint/function.h"
#include "platform/protocol/accelerator/registers.h"

namespace accelerator {

class Engine final : public endpoint::Logic {
 public:
  explicit Engine(std::size_t memory_size) : memory_(memory_size) {}

  // Who must not ask over the bus: tests, and oracles.
  base::View memory() const { return memory_; }

  void connect(endpoint::Bus& bus) override { bus_ = &bus; }
  void set_version(std::uint32_t version) override { version_ = version; }
  std::optional<base::Bytes> read(unsigned bar, std::uint64_t offset, std::size_t size) override;
  bool write(unsigned bar, std::uint64_t offset, base::View bytes) override;
  void quiesce() override {}  // a command begins with its doorbell alone
  void reset() override;
  void scrub() override;

 private:
  std::uint64_t reg(std::uint64_t offset) const;
  bool in_memory(std::uint64_t at, std::uint64_t size) const;
  void doorbell();
  Status run();
  Status fetch();
  Status give();

  base::Bytes memory_;
  std::uint32_t version_ = 0;
  std::uint64_t registers_[kRegisterCount] = {};
  endpoint::Bus* bus_ = nullptr;
};

}  // namespace accelerator
