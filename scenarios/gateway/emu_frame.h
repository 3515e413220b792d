#pragma once
// The socket protocol that SPDM programs speak on a TCP connection when there is no bus between them: spdm-emu's, which QEMU, TF-RMM's
// host build and others follow. A header of three big-endian words, then one message as the transport defines it.
#include <cstdint>

#include "platform/wire/wire.h"

namespace gateway {

enum class EmuCommand : std::uint32_t {
  kNormal = 0x0001,              // one transport message, answered by one
  kOobEncapKeyUpdate = 0x8001,   // asks the responder to begin an encapsulated key update
  kOobEncapEndpointInfo = 0x8002,
  kContinue = 0xFFFD,            // this connection ends, the responder waits for another
  kShutdown = 0xFFFE,            // the responder ends
  kUnknown = 0xFFFF,             // answers a command that is none of these
  kTest = 0xDEAD,                // a greeting; nobody has to send it
};

// The number alone does not tell a transport beyond these: 3 is TCP to one program and SCSI to another.
enum class EmuTransport : std::uint32_t { kNone = 0, kMctp = 1, kPciDoe = 2 };

struct EmuHeader {
  EmuCommand command = EmuCommand::kNormal;
  std::uint32_t transport = static_cast<std::uint32_t>(EmuTransport::kPciDoe);
  std::uint32_t payload_bytes = 0;  // the header not counted
  bool operator==(const EmuHeader&) const = default;
  using Wire = wire::Layout<wire::Be<&EmuHeader::command, 4>{}, wire::Be<&EmuHeader::transport, 4>{},
                            wire::Be<&EmuHeader::payload_bytes, 4>{}>;
};
inline constexpr std::size_t kEmuHeaderBytes = wire::min_size<EmuHeader>();
static_assert(kEmuHeaderBytes == 12);

// The largest data object of PCIe DOE: 2^18 dwords.
inline constexpr std::uint32_t kEmuPayloadBytesMax = (1u << 18) * 4;

inline constexpr char kClientHello[] = "Client Hello!";  // with its zero: 14 bytes
inline constexpr char kServerHello[] = "Server Hello!";

// Header and payload as one piece, to be written in one go: a split write costs the peer's delayed acknowledgement.
base::Bytes encode_frame(EmuCommand command, std::uint32_t transport, base::View payload);

}  // namespace gateway
