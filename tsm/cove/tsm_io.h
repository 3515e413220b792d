#pragma once
// The TSM's part for devices, and how it reaches the rest of the TSM.
#include "tsm/cove/io.h"

namespace cove {

class TsmForIo final : public IoPlatform {
 public:
  explicit TsmForIo(Tsm& tsm) : tsm_(tsm) {}

  Tvm* tvm(TvmId id) override { return tsm_.find(id); }
  std::optional<std::uint64_t> device_page(TvmId id, std::uint64_t gpa, std::optional<std::uint64_t> host_says) override {
    return tsm_.device_page(id, gpa, host_says);
  }
  bool host_owns(std::uint64_t spa, std::uint64_t bytes) const override { return tsm_.own_memory(spa, bytes); }
  base::Bytes read_host(std::uint64_t spa, std::size_t bytes) override {
    base::Bytes out(bytes);
    (void)tsm_.memory_.read(memory::KeyId::kNone, spa, out);
    return out;
  }
  void write_host(std::uint64_t spa, base::View bytes) override { (void)tsm_.memory_.write(memory::KeyId::kNone, spa, bytes); }
  std::optional<EcallResult> copy(std::uint32_t hart, std::uint64_t gpa, std::span<std::uint8_t> out, base::View in) override {
    return tsm_.copy(hart, gpa, out, in);
  }
  EcallResult ask_host(std::uint32_t hart, const Ecall& in) override {
    const TvmExit exit{.cause = coveproto::Cause::kVirtualSupervisorEnvCall, .shown = in};
    tsm_.show(hart, exit);
    tsm_.trap(hart);
    return {{}, exit};
  }
  EcallResult tell_host(std::uint32_t hart, const Ecall& in, SbiRet ret) override { return tsm_.leave_with(hart, *tsm_.on(hart), in, ret); }

 private:
  Tsm& tsm_;
};

struct Tsm::Devices {
  Devices(Tsm& tsm, trust::Defences& defences, const std::string& name) : platform(tsm), io(platform, defences, name) {}
  TsmForIo platform;
  Io io;
};

}  // namespace cove
