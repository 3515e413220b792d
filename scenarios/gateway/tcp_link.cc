#include "scenarios/gateway/tcp_link.h"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>

namespace gateway {

namespace asio = boost::asio;

TcpLink::TcpLink(asio::io_context& io, asio::ip::tcp::socket socket, std::chrono::milliseconds patience)
    : io_(io), socket_(std::move(socket)), patience_(patience) {
  boost::system::error_code ignored;
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
}

bool TcpLink::read(std::span<std::uint8_t> into, std::chrono::milliseconds wait, LinkEnd& end, bool at_start) {
  std::size_t got = 0;
  std::optional<boost::system::error_code> done;
  asio::async_read(socket_, asio::buffer(into.data(), into.size()), [&](const boost::system::error_code& error, std::size_t count) {
    done = error;
    got = count;
  });
  io_.restart();
  io_.run_for(wait);
  if (!done) {
    boost::system::error_code ignored;
    socket_.cancel(ignored);
    io_.restart();
    io_.run();  // the handler runs now, before its frame goes away
    end = {at_start && got == 0 ? "the peer says nothing" : fmt::format("the peer stopped after {} of {} bytes", got, into.size())};
    return false;
  }
  // The kernel goes back to delayed acknowledgements by itself: 40 ms a message to a peer that writes header and payload apart.
  const int one = 1;
  ::setsockopt(socket_.native_handle(), IPPROTO_TCP, TCP_QUICKACK, &one, sizeof one);
  if (!*done) return true;
  if (got == 0 && at_start) end = {"the peer closed the connection", true};
  else end = {fmt::format("the peer closed the connection after {} of {} bytes", got, into.size())};
  return false;
}

std::optional<Frame> TcpLink::receive(std::chrono::milliseconds first, LinkEnd& end) {
  base::Bytes head(kEmuHeaderBytes);
  if (!read(std::span(head).first(1), first, end, true)) return std::nullopt;
  if (!read(std::span(head).subspan(1), patience_, end, false)) return std::nullopt;
  const auto header = wire::decode<EmuHeader>(head);
  Frame frame{*header, {}};
  if (frame.header.payload_bytes > kEmuPayloadBytesMax) {
    end = {fmt::format("a frame of {} bytes, more than the {} of the largest data object", frame.header.payload_bytes, kEmuPayloadBytesMax)};
    return std::nullopt;
  }
  frame.payload.resize(frame.header.payload_bytes);
  if (!frame.payload.empty() && !read(frame.payload, patience_, end, false)) return std::nullopt;
  return frame;
}

bool TcpLink::send(EmuCommand command, std::uint32_t transport, base::View payload, LinkEnd& end) {
  const base::Bytes bytes = encode_frame(command, transport, payload);
  std::optional<boost::system::error_code> done;
  asio::async_write(socket_, asio::buffer(bytes), [&](const boost::system::error_code& error, std::size_t) { done = error; });
  io_.restart();
  io_.run_for(patience_);
  if (!done) {
    boost::system::error_code ignored;
    socket_.cancel(ignored);
    io_.restart();
    io_.run();
    end = {"the peer does not read what it is sent"};
    return false;
  }
  if (*done) end = {"sending failed: " + done->message()};
  return !*done;
}

void TcpLink::close() {
  boost::system::error_code ignored;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
  socket_.close(ignored);
}

}  // namespace gateway
