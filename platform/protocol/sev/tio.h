#pragma once
// SEV-TIO between a guest and the security processor: messages that travel sealed as those of guest_message.h do, and what a guest
// asks of its hypervisor about a device. Little-endian.
//
// Layouts are those of the AMD host and guest drivers that carry a 64-bit TDI id (message version 2); the firmware's public
// specification 0.91 had a 16-bit device id in its place. convention: message numbers are unsettled between drivers; these are the
// ones that follow TSC_INFO, each answer one above its request. MMIO_CONFIG is left out: no range changes its attribute here.
#include <array>
#include <cstdint>

#include "platform/wire/wire.h"

namespace sevproto {

// SW_EXITINFO1 63:32 of the exit TIO_OP; 31:0 name the device by segment, bus, device and function as the guest sees it.
enum class TioOp : std::uint32_t { kBind = 0, kUnbind = 1, kRun = 2, kStop = 3 };
constexpr std::uint64_t tio_op_info(TioOp op, std::uint32_t device) { return std::uint64_t{static_cast<std::uint32_t>(op)} << 32 | device; }

inline constexpr std::uint16_t kTdiBound = 0, kTdiInvalid = 1, kTdiUnbound = 2;
inline constexpr std::uint32_t kMeasurementsValid = 1, kMeasurementsFresh = 2;

// Of the device's session, one byte each: DHE 0 P-256, 1 P-384; AEAD 0 AES-128-GCM, 1 AES-256-GCM; signature 0 RSASSA-3072,
// 1 P-256, 2 P-384; hash 0 SHA-256, 1 SHA-384; key schedule 0 SPDM's.
constexpr std::uint64_t spdm_algos(unsigned dhe, unsigned aead, unsigned asym, unsigned hash) {
  return dhe | aead << 8 | asym << 16 | std::uint64_t{hash} << 24;
}

struct TdiInfoRequest {
  std::uint64_t tdi_id = 0;
  bool operator==(const TdiInfoRequest&) const = default;
  using Wire = wire::Layout<&TdiInfoRequest::tdi_id, wire::Reserved<8>{}>;
};
static_assert(wire::min_size<TdiInfoRequest>() == 16);

struct TdiInfoResponse {
  std::uint64_t tdi_id = 0;
  std::uint16_t status = kTdiBound;
  std::uint32_t measurement_flags = 0;
  std::uint32_t lock_flags = 0;  // of LOCK_INTERFACE_REQUEST
  std::uint64_t spdm_algos = 0;
  // SHA-384 of the slot's certificate chain, of the measurements' transcript and of the interface report.
  std::array<std::uint8_t, 48> certificates_digest{}, measurements_digest{}, report_digest{};
  std::uint64_t report_count = 0;  // how often the report was read since the binding
  bool operator==(const TdiInfoResponse&) const = default;
  using Wire =
      wire::Layout<&TdiInfoResponse::tdi_id, &TdiInfoResponse::status, wire::Reserved<6>{}, &TdiInfoResponse::measurement_flags,
                   &TdiInfoResponse::lock_flags, &TdiInfoResponse::spdm_algos, &TdiInfoResponse::certificates_digest,
                   &TdiInfoResponse::measurements_digest, &TdiInfoResponse::report_digest, &TdiInfoResponse::report_count,
                   wire::Reserved<8>{}>;
};
static_assert(wire::min_size<TdiInfoResponse>() == 192);

enum class MmioStatus : std::uint16_t {
  kSuccess = 0,
  kInvalidTdi = 1,
  kTdiUnbound = 2,
  kNotAssigned = 3,   // a page is not the guest's
  kNotIo = 4,         // a page is no I/O page
  kNotUniform = 5,    // VALIDATED differs within the range
  kNotImmutable = 6,  // the hypervisor could still change a page's entry
  kNotMapped = 7,     // a page is not at the guest address that the guest means
  kNotReported = 8,   // the report has no such range
  kOutOfRange = 9,    // past the end of the reported range
  kNot4k = 10,
};

inline constexpr std::uint16_t kMmioValidate = 1, kMmioForce = 2, kMmioChanged = 1;

struct MmioValidateRequest {
  std::uint64_t tdi_id = 0;
  std::uint64_t subrange_base = 0;  // guest physical page number
  std::uint32_t page_count = 0;
  std::uint32_t range_offset = 0;  // pages into the reported range
  std::uint16_t flags = 0;
  std::uint16_t range_id = 0;
  bool operator==(const MmioValidateRequest&) const = default;
  using Wire = wire::Layout<&MmioValidateRequest::tdi_id, wire::Reserved<8>{}, &MmioValidateRequest::subrange_base,
                            &MmioValidateRequest::page_count, &MmioValidateRequest::range_offset, &MmioValidateRequest::flags,
                            &MmioValidateRequest::range_id, wire::Reserved<12>{}>;
};
static_assert(wire::min_size<MmioValidateRequest>() == 48);

struct MmioValidateResponse {
  std::uint64_t tdi_id = 0;
  MmioStatus status{};
  std::uint64_t subrange_base = 0;
  std::uint32_t page_count = 0;
  std::uint32_t range_offset = 0;
  std::uint16_t flags = 0;  // kMmioChanged
  std::uint16_t range_id = 0;
  bool operator==(const MmioValidateResponse&) const = default;
  using Wire =
      wire::Layout<&MmioValidateResponse::tdi_id, &MmioValidateResponse::status, wire::Reserved<6>{},
                   &MmioValidateResponse::subrange_base, &MmioValidateResponse::page_count, &MmioValidateResponse::range_offset,
                   &MmioValidateResponse::flags, &MmioValidateResponse::range_id, wire::Reserved<12>{}>;
};
static_assert(wire::min_size<MmioValidateResponse>() == 48);

// The secure device table entry, 64 bytes. Fields that this model does not use are kept as they are.
struct Sdte {
  std::array<std::uint64_t, 8> words{};
  static constexpr unsigned kVtomShift = 21;  // of the address, in units of which the entry has it
  bool valid() const { return words[0] & 1; }
  bool read() const { return words[0] >> 61 & 1; }
  bool write() const { return words[0] >> 62 & 1; }
  unsigned vmpl() const { return words[3] >> 49 & 3; }
  bool vtom_enabled() const { return words[5] & 1; }
  std::uint64_t vtom() const { return (words[5] >> 1 & 0x7fff'ffff) << kVtomShift; }
  bool operator==(const Sdte&) const = default;
  using Wire = wire::Layout<&Sdte::words>;
};
static_assert(wire::min_size<Sdte>() == 64);
// Private below `vtom` (a multiple of 2 MiB), shared above.
constexpr Sdte sdte(bool read, bool write, std::uint64_t vtom) {
  Sdte out;
  out.words[0] = 1 | std::uint64_t{read} << 61 | std::uint64_t{write} << 62;
  out.words[5] = 1 | (vtom >> Sdte::kVtomShift & 0x7fff'ffff) << 1;
  return out;
}

inline constexpr std::uint16_t kSdteSuccess = 0, kSdteInvalidTdi = 1, kSdteNotBound = 2, kSdteReserved = 3;

struct SdteWriteRequest {
  std::uint64_t tdi_id = 0;
  Sdte sdte;
  bool operator==(const SdteWriteRequest&) const = default;
  using Wire = wire::Layout<&SdteWriteRequest::tdi_id, wire::Reserved<8>{}, &SdteWriteRequest::sdte>;
};
static_assert(wire::min_size<SdteWriteRequest>() == 80);

struct SdteWriteResponse {
  std::uint64_t tdi_id = 0;
  std::uint16_t status = kSdteSuccess;
  bool operator==(const SdteWriteResponse&) const = default;
  using Wire = wire::Layout<&SdteWriteResponse::tdi_id, &SdteWriteResponse::status, wire::Reserved<6>{}>;
};
static_assert(wire::min_size<SdteWriteResponse>() == 16);

}  // namespace sevproto
