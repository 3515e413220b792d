#pragma once
// Messages in pieces (DSP0274 1.3, 10.27), since 1.2. The first piece, number 0, tells the size of the whole.
#include <cstdint>

#include "platform/protocol/spdm/header.h"

namespace spdm {

inline constexpr std::uint8_t kLastChunk = 1u << 0;           // param1 of CHUNK_SEND and CHUNK_RESPONSE
inline constexpr std::uint8_t kEarlyErrorDetected = 1u << 0;  // param1 of CHUNK_SEND_ACK

// CHUNK_SEND and CHUNK_RESPONSE look the same. param2: handle.
template <Code kCode>
struct Chunk {
  Header header{.code = kCode};
  std::uint16_t chunk_seq_no = 0;
  std::uint32_t chunk_size = 0;
  std::uint32_t large_message_size = 0;  // number 0
  base::Bytes chunk{};
  bool operator==(const Chunk&) const = default;
  bool is_first() const { return chunk_seq_no == 0; }
  using Wire = wire::Layout<&Chunk::header, &Chunk::chunk_seq_no, wire::Loose<2>{}, &Chunk::chunk_size,
                            wire::When<&Chunk::is_first, &Chunk::large_message_size>{},
                            wire::Run<&Chunk::chunk, &Chunk::chunk_size>{}>;
};
using ChunkSend = Chunk<Code::kChunkSend>;
using ChunkResponse = Chunk<Code::kChunkResponse>;

struct ChunkSendAck {
  Header header{.code = Code::kChunkSendAck};  // param2: handle
  std::uint16_t chunk_seq_no = 0;
  base::Bytes response_to_large_request{};  // behind the last chunk, or the error
  bool operator==(const ChunkSendAck&) const = default;
  using Wire = wire::Layout<&ChunkSendAck::header, &ChunkSendAck::chunk_seq_no,
                            wire::Rest<&ChunkSendAck::response_to_large_request>{}>;
};

struct ChunkGet {
  Header header{.code = Code::kChunkGet};  // param2: handle
  std::uint16_t chunk_seq_no = 0;
  bool operator==(const ChunkGet&) const = default;
  using Wire = wire::Layout<&ChunkGet::header, &ChunkGet::chunk_seq_no>;
};

}  // namespace spdm
