#pragma once
// A security manager on a port without a link, for tests: 01:00.0 with stream 1 as default, and a logic that counts.
#include <algorithm>

#include "devices/dsm/dsm.h"
#include "platform/pcie/test_config.h"

namespace dsm {

inline constexpr SessionId kOurs = 0x10001, kTheirs = 0x20002;
inline constexpr tlp::RequesterId kSelf = tlp::requester_id(1, 0, 0);
inline constexpr std::uint64_t kBar0At = 0x4d0000000, kBar2At = 0x4d0100000;

struct TestLogic final : Logic {
  unsigned quiesced = 0, scrubbed = 0;
  void quiesce() override { ++quiesced; }
  void scrub() override { ++scrubbed; }
};

struct TestEars final : trust::Defences::Listener {
  std::vector<std::string> ids;
  void spoke(const trust::Defence& defence, std::string_view) override { ids.emplace_back(defence.id); }
  void missed(const trust::Defence&, std::string_view) override {}
};

struct Bench {
  explicit Bench(TdiSettings settings = default_settings()) {
    defences.listen(&ears);
    tdi = &dsm.add({.at = "dev0.if0", .config = &space, .logic = &logic, .id = [this] { return id; },
                    .settings = std::move(settings)});
    space.write(pcie::kBar0, 4, kBar0At & 0xffffffff);
    space.write(pcie::kBar0 + 4, 4, kBar0At >> 32);
    space.write(pcie::kBar0 + 8, 4, kBar2At & 0xffffffff);
    space.write(pcie::kBar0 + 12, 4, kBar2At >> 32);
    space.write(pcie::kCommand, 2, pcie::kCommandMemory | pcie::kCommandMaster);
    space.write(at.msix + pcie::kMsixControl, 2, pcie::kMsixEnable);
    stream(0, 1, pcie::kIdeDefault | pcie::kIdeEnable);
  }

  // The second half of BAR 0 may change sides.
  static TdiSettings default_settings() {
    TdiSettings settings;
    settings.parts = {{.bar = 0, .offset = 0x8000, .size = 0x8000, .updatable = true}};
    return settings;
  }

  unsigned block(unsigned index) const { return pcie::ide_block(space, at.ide, index); }
  void stream(unsigned index, ide::StreamId stream, std::uint32_t bits) {
    space.write(block(index) + pcie::kIdeStreamControl, 4, static_cast<std::uint32_t>(stream) << 24 | bits);
  }

  std::optional<base::Bytes> ask(SessionId session, base::View payload) {
    return dsm.vendor(session, 3, base::Bytes{1, 0}, payload);
  }
  template <class Answer, class Request>
  std::optional<Answer> ask(SessionId session, const Request& request) {
    auto reply = ask(session, wire::encode(request));
    if (!reply) return std::nullopt;
    auto decoded = wire::decode<Answer>(*reply);
    if (!decoded) return std::nullopt;
    return *decoded;
  }

  // ---- keys ----
  static ide_km::KeyProg key_prog(ide::StreamId stream, unsigned set, unsigned direction, unsigned sub_stream) {
    ide_km::KeyProg out{.stream_id = stream,
                        .key_sub_stream = static_cast<std::uint8_t>(set | direction << 1 | sub_stream << 4),
                        .ifv = ide_km::wire_ifv_of(1)};
    out.key[0] = static_cast<std::uint8_t>(1 + set + 2 * direction + 4 * sub_stream);
    return out;
  }
  bool program(SessionId session, ide::StreamId stream, unsigned set = 0) {
    bool all = true;
    for (unsigned d = 0; d < 2; ++d)
      for (unsigned s = 0; s < 3; ++s) {
        auto ack = ask<ide_km::KpAck>(session, key_prog(stream, set, d, s));
        all &= ack && ack->status == ide_km::Status::kSuccess;
      }
    return all;
  }
  void go(SessionId session, ide::StreamId stream, unsigned set = 0) {
    for (unsigned d = 0; d < 2; ++d)
      for (unsigned s = 0; s < 3; ++s)
        ask(session, wire::encode(ide_km::SetGo{.stream_id = stream,
                                                .key_sub_stream = static_cast<std::uint8_t>(set | d << 1 | s << 4)}));
  }
  void secure(SessionId session = kOurs, ide::StreamId stream = 1) {
    program(session, stream);
    go(session, stream);
  }

  // ---- interfaces ----
  tdisp::Header header(tdisp::Code code) const { return {.code = code, .function_id = {id}}; }
  tdisp::LockInterfaceRequest lock_request() const {
    return {.header = header(tdisp::Code::kLockInterfaceRequest),
            .flags = tdisp::kLockNoFwUpdate | tdisp::kLockMsix,
            .default_stream_id = 1,
            .mmio_reporting_offset = 0x7f00000000};
  }
  std::optional<tdisp::Nonce> lock(SessionId session = kOurs, std::uint16_t more_flags = 0) {
    auto request = lock_request();
    request.flags |= more_flags;
    auto answer = ask<tdisp::LockInterfaceResponse>(session, request);
    if (!answer) return std::nullopt;
    return answer->start_interface_nonce;
  }
  bool start(const tdisp::Nonce& nonce, SessionId session = kOurs) {
    return ask<tdisp::StartInterfaceResponse>(
               session, tdisp::StartInterfaceRequest{header(tdisp::Code::kStartInterfaceRequest), nonce})
        .has_value();
  }
  // From nothing to a state, as an honest TSM and an accident would bring it about.
  void bring_to(tdisp::State state, std::uint16_t more_flags = 0) {
    secure();
    if (state == tdisp::State::kConfigUnlocked) return;
    nonce = *lock(kOurs, more_flags);
    if (state == tdisp::State::kConfigLocked) return;
    start(nonce);
    if (state == tdisp::State::kError) dsm.stream_failed(1);
  }
  std::optional<tdisp::ErrorCode> error_of(SessionId session, base::View payload) {
    auto reply = ask(session, payload);
    if (!reply) return std::nullopt;
    auto error = wire::decode<tdisp::Error>(*reply);
    if (!error || error->header.code != tdisp::Code::kError) return std::nullopt;
    return error->error_code;
  }
  bool spoke(std::string_view which) const {
    return std::find(ears.ids.begin(), ears.ids.end(), which) != ears.ids.end();
  }

  trust::Defences defences;
  TestEars ears;
  tlp::RequesterId id = kSelf;
  pcie::ConfigSpace space;
  pcie::EndpointOffsets at = pcie::build_endpoint(space);
  pcie::IdePort port{"dev0", space, defences, {}};
  TestLogic logic;
  unsigned drawn = 0;
  bool entropy = true;
  tdisp::Nonce nonce{};
  Dsm dsm{"dev0.dsm", defences, port, space, [this] { return id; }, [this]() -> std::optional<tdisp::Nonce> {
            if (!entropy) return std::nullopt;
            tdisp::Nonce out{};
            out[0] = static_cast<std::uint8_t>(++drawn);
            return out;
          }};
  Tdi* tdi = nullptr;
};

}  // namespace dsm
