#include "scenarios/gateway/emu_client.h"

#include <charconv>

#include <boost/asio/connect.hpp>
#include <fmt/format.h>

#include "platform/base/user_error.h"

namespace gateway {

namespace asio = boost::asio;

ClientSettings parse_responder(const std::string& text) {
  ClientSettings out;
  const auto colon = text.rfind(':');
  const std::string port = colon == text.npos ? text : text.substr(colon + 1);
  if (colon != text.npos) out.host = text.substr(0, colon);
  if (out.host == "localhost") out.host = "127.0.0.1";
  boost::system::error_code error;
  asio::ip::make_address(out.host, error);
  const auto [end, bad] = std::from_chars(port.data(), port.data() + port.size(), out.port);
  if (error || bad != std::errc() || end != port.data() + port.size() || out.port == 0)
    throw base::UserError("a responder is an address and a port, like 127.0.0.1:2323, not `" + text + "`");
  return out;
}

EmuClient::EmuClient(ClientSettings settings) : settings_(std::move(settings)) {}
EmuClient::~EmuClient() = default;

bool EmuClient::connect() {
  if (link_) return true;
  asio::ip::tcp::socket socket(io_);
  std::optional<boost::system::error_code> done;
  socket.async_connect({asio::ip::make_address(settings_.host), settings_.port}, [&](const boost::system::error_code& e) { done = e; });
  io_.restart();
  io_.run_for(settings_.patience);
  if (!done) {
    socket.close();
    io_.restart();
    io_.run();
  }
  if (!done || *done) {
    end_ = {fmt::format("no responder at {}:{}: {}", settings_.host, settings_.port, done ? done->message() : "no answer")};
    return false;
  }
  link_ = std::make_unique<TcpLink>(io_, std::move(socket), settings_.patience);
  return true;
}

std::optional<Frame> EmuClient::ask(EmuCommand command, base::View payload) {
  end_ = {};
  if (!connect()) return std::nullopt;
  std::optional<Frame> answer;
  if (link_->send(command, settings_.transport, payload, end_)) answer = link_->receive(settings_.patience, end_);
  if (answer && answer->header.transport != settings_.transport) {
    end_ = {fmt::format("the responder speaks transport {}, not {}", answer->header.transport, settings_.transport)};
    answer.reset();
  }
  if (!answer) link_.reset();
  return answer;
}

std::optional<base::Bytes> EmuClient::exchange(base::View object) {
  auto answer = ask(EmuCommand::kNormal, object);
  if (!answer) return std::nullopt;
  if (answer->header.command != EmuCommand::kNormal) {
    end_ = {fmt::format("the responder answered with command {:#x}", static_cast<std::uint32_t>(answer->header.command))};
    link_.reset();
    return std::nullopt;
  }
  return std::move(answer->payload);
}

bool EmuClient::hello() {
  const auto answer = ask(EmuCommand::kTest, base::View(reinterpret_cast<const std::uint8_t*>(kClientHello), sizeof kClientHello));
  if (answer && answer->header.command == EmuCommand::kTest) return true;
  if (answer) end_ = {"the peer does not greet back"};
  return false;
}

void EmuClient::leave(bool shutdown) {
  if (!link_) return;
  (void)ask(shutdown ? EmuCommand::kShutdown : EmuCommand::kContinue, {});
  if (link_) link_->close();
  link_.reset();
}

}  // namespace gateway
