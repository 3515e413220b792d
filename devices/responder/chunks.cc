#include "platform/protocol/spdm/chunk.h"

#include <algorithm>

#include "devices/responder/state.h"

namespace responder {
namespace {

constexpr std::size_t kPieceHeader = 12;  // of CHUNK_SEND and CHUNK_RESPONSE, without the size of the whole
constexpr std::size_t kSizeField = 4;

std::uint32_t id_of(const Request& request) { return request.session != nullptr ? request.session->id : 0; }

}  // namespace

// A piece at fault ends the transfer; its acknowledgement carries the ERROR (DSP0274 1.3, 10.27.1).
base::Bytes Responder::State::chunk_send(const Request& request) {
  base::Bytes no;
  const auto asked = decode<spdm::ChunkSend>(request, no);
  if (!asked) return no;
  const spdm::ChunkSend& piece = asked->message;
  const bool first = !chunks_in, last = (piece.header.param1 & spdm::kLastChunk) != 0;
  const std::size_t in = first ? 0 : chunks_in->bytes.size();
  const std::size_t whole = first ? piece.large_message_size : chunks_in->size;
  const ChunkCase c{
      .handle_fits = first || piece.header.param2 == chunks_in->handle,
      .number_fits = piece.chunk_seq_no == (first ? 0 : chunks_in->next) && (first || piece.chunk_seq_no != 0),
      .whole_fits = !first || (whole > spdm::kDataTransferSizeMin && whole <= settings.max_spdm_msg_size),
      .piece_fits = asked->raw.size() <= settings.data_transfer_size && in + piece.chunk.size() <= whole &&
                    (last ? !first && in + piece.chunk.size() == whole
                          : asked->raw.size() >= spdm::kDataTransferSizeMin)};
  spdm::ChunkSendAck ack{.header = header(Code::kChunkSendAck, 0, piece.header.param2),
                         .chunk_seq_no = piece.chunk_seq_no};
  if (auto refused = refusal<ChunkCase>(kChunkRules, c, request.header.code)) {
    chunks_in.reset();
    ack.header.param1 = spdm::kEarlyErrorDetected;
    ack.response_to_large_request = *refused;
    return wire::encode(ack);
  }
  if (first) chunks_in = Chunks{.handle = piece.header.param2, .session_id = id_of(request), .size = whole};
  base::append(chunks_in->bytes, piece.chunk);
  chunks_in->next = static_cast<std::uint16_t>(piece.chunk_seq_no + 1);
  if (!last) return wire::encode(ack);

  const base::Bytes message = std::move(chunks_in->bytes);
  chunks_in.reset();
  const auto inner = spdm::header_of(message);
  const bool nested = inner && (inner->code == Code::kChunkSend || inner->code == Code::kChunkGet);
  ack.response_to_large_request = !inner || nested ? error(ErrorCode::kInvalidRequest)
                                                   : handle({*inner, message, request.session});
  return wire::encode(ack);
}

base::Bytes Responder::State::chunk_get(const Request& request) {
  base::Bytes no;
  const auto asked = decode<spdm::ChunkGet>(request, no);
  if (!asked) return no;
  if (auto refused = refusal<FormCase>(kChunkGetRules, {chunks_out.has_value()}, request.header.code)) return *refused;
  if (!chunks_out) return error(ErrorCode::kUnexpectedRequest);
  const ChunkCase c{.handle_fits = asked->message.header.param2 == chunks_out->handle,
                    .number_fits = asked->message.chunk_seq_no == chunks_out->next,
                    .whole_fits = true,
                    .piece_fits = true};
  if (auto refused = refusal<ChunkCase>(kChunkRules, c, request.header.code)) return *refused;

  const bool first = chunks_out->next == 0;
  const std::size_t transfer = std::min(connection.data_transfer_size, settings.data_transfer_size);
  const std::size_t size =
      std::min(transfer - kPieceHeader - (first ? kSizeField : 0), chunks_out->size - chunks_out->sent);
  spdm::ChunkResponse piece{.header = header(Code::kChunkResponse, 0, chunks_out->handle),
                            .chunk_seq_no = chunks_out->next};
  piece.chunk_size = static_cast<std::uint32_t>(size);
  piece.large_message_size = static_cast<std::uint32_t>(chunks_out->size);
  piece.chunk = base::bytes_of(base::View(chunks_out->bytes).subspan(chunks_out->sent, size));
  chunks_out->sent += size;
  ++chunks_out->next;
  if (chunks_out->sent == chunks_out->size) {
    piece.header.param1 = spdm::kLastChunk;
    chunks_out.reset();
  }
  return wire::encode(piece);
}

}  // namespace responder
