#pragma once
// Command buffers of SEV-TIO (0.91, as the drivers have them). convention: where the real buffer points to scatter lists with the
// conversation and its scratch memory, the conversation goes through the host's mailbox function instead and the pointers are left
// out; contexts are named by the page that the host gave for them.
#include <array>
#include <cstdint>

#include "platform/wire/wire.h"

namespace sev::command {

// TIO_STATUS: convention, comes back in the result.
struct TioStatus {
  std::uint8_t flags = 0;  // b0 TIO enabled, b1 TIO_INIT done
  static constexpr std::uint8_t kEnabled = 1, kInitDone = 2;
  using Wire = wire::Layout<&TioStatus::flags>;
};

// TIO_INIT: no buffer.

struct TioDevCreate {
  std::uint64_t dev_ctx = 0;
  std::uint16_t device_id = 0, root_port_id = 0;
  std::uint8_t segment = 0;
  using Wire = wire::Layout<&TioDevCreate::dev_ctx, &TioDevCreate::device_id, &TioDevCreate::root_port_id, &TioDevCreate::segment,
                            wire::Reserved<11>{}>;
};

struct TioDevConnect {
  std::uint64_t dev_ctx = 0;
  std::uint8_t tc_mask = 1;  // b0 must be set
  std::uint8_t cert_slot = 0;
  std::array<std::uint8_t, 8> ide_stream_id{};  // by traffic class
  using Wire = wire::Layout<&TioDevConnect::dev_ctx, &TioDevConnect::tc_mask, &TioDevConnect::cert_slot, wire::Reserved<6>{},
                            &TioDevConnect::ide_stream_id>;
};

struct TioDev {  // DEV_DISCONNECT, DEV_MEASUREMENTS, ROLL_KEY, DEV_RECLAIM
  std::uint64_t dev_ctx = 0;
  std::uint8_t flags = 0;
  static constexpr std::uint8_t kForce = 1;
  using Wire = wire::Layout<&TioDev::dev_ctx, &TioDev::flags, wire::Reserved<7>{}>;
};

struct TioTdiCreate {
  std::uint64_t dev_ctx = 0, tdi_ctx = 0;
  std::uint32_t function_id = 0;
  using Wire = wire::Layout<&TioTdiCreate::dev_ctx, &TioTdiCreate::tdi_ctx, &TioTdiCreate::function_id, wire::Reserved<8>{}>;
};

// The id by which the guest names the interface comes back in the result: TioTdiId.
struct TioTdiBind {
  std::uint64_t dev_ctx = 0, tdi_ctx = 0, gctx_paddr = 0;
  std::uint16_t guest_device_id = 0;
  std::uint16_t lock_flags = 0;  // of TDISP
  std::uint16_t run_flags = 0;   // b0: START_INTERFACE of what is bound already
  static constexpr std::uint16_t kRun = 1;
  using Wire = wire::Layout<&TioTdiBind::dev_ctx, &TioTdiBind::tdi_ctx, &TioTdiBind::gctx_paddr, &TioTdiBind::guest_device_id,
                            &TioTdiBind::lock_flags, &TioTdiBind::run_flags, wire::Reserved<10>{}>;
};

struct TioTdiId {
  std::uint64_t tdi_id = 0;
  using Wire = wire::Layout<&TioTdiId::tdi_id>;
};

struct TioTdi {  // TDI_UNBIND, TDI_RECLAIM
  std::uint64_t dev_ctx = 0, tdi_ctx = 0, gctx_paddr = 0;
  using Wire = wire::Layout<&TioTdi::dev_ctx, &TioTdi::tdi_ctx, &TioTdi::gctx_paddr>;
};

// SNP_GUEST_REQUEST about an interface.
struct TioGuestRequest {
  std::uint64_t dev_ctx = 0, tdi_ctx = 0, gctx_paddr = 0, req_paddr = 0, res_paddr = 0;
  using Wire = wire::Layout<&TioGuestRequest::dev_ctx, &TioGuestRequest::tdi_ctx, &TioGuestRequest::gctx_paddr,
                            &TioGuestRequest::req_paddr, &TioGuestRequest::res_paddr>;
};

}  // namespace sev::command
