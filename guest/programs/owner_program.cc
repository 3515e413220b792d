// Guests that depend on what their owner tells them at run time: whom to let in, and what was agreed.
#include "guest/abi/guest_defences.h"
#include "guest/config/cloud_config.h"
#include "guest/net/owner_client.h"
#include "guest/net/owner_stream.h"
#include "guest/programs/owner_secret.h"
#include "guest/programs/programs.h"

namespace programs {

namespace rp = relying_party;

namespace {

constexpr std::size_t kFigure = 64;
constexpr int kRenewal = 61;  // seconds
constexpr std::uint64_t kSecond = 1'000'000'000;

// The configuration that the guest acts on: its owner's, or where nobody fetches that, the host's.
std::optional<std::string> configuration(abi::Guest& guest, net::OwnerClient& owner) {
  guest.moment("configures");
  const auto handed = guest.host_data("cloud-init");
  const auto from_host = handed ? std::optional(base::text_of(*handed)) : std::nullopt;
  if (guest.lifted("guest.config.from-owner")) return from_host;
  const auto own = owner.config();
  // It is the owner's that counts; that the host says something else is worth telling.
  if (own) (void)guest.defend("guest.config.from-owner", !from_host || from_host == own);
  return own;
}

bool let_in(abi::Guest& guest, const std::optional<std::string>& text) {
  const auto read = text ? config::cloud_config_of(*text) : std::nullopt;
  if (!read) return false;
  for (const auto& key : read->ssh_authorized_keys) guest.guard(("login " + key).c_str(), true);
  return true;
}

base::Bytes question(rp::BookCall call, base::View text) {
  base::Bytes out{static_cast<std::uint8_t>(call)};
  base::append(out, text);
  return out;
}

// A text that was put, or one that is got.
bool put(net::OwnerStream& stream, base::View text) {
  const auto answer = stream.ask(question(rp::BookCall::kPut, text));
  return answer && *answer == base::Bytes{static_cast<std::uint8_t>(rp::BookAnswer::kKept)};
}
std::optional<base::Bytes> get(net::OwnerStream& stream) {
  const auto answer = stream.ask(question(rp::BookCall::kGet, {}));
  if (!answer || answer->front() != static_cast<std::uint8_t>(rp::BookAnswer::kText)) return std::nullopt;
  return base::bytes_of(base::View(*answer).subspan(1));
}

}  // namespace

// serve-logins
void serve_logins(abi::Guest& guest, const std::vector<std::string>&) {
  const auto secret = owner_secret(guest);
  if (!secret) return;
  abi::GuestDefences rows(guest, store_rows());
  net::OwnerClient owner(guest, *secret, rows.get());
  if (!let_in(guest, configuration(guest, owner))) return guest.ends("unconfigured");
  guest.moment("serving");
  for (int second = 0; second < kRenewal; ++second) (void)guest.receive("registry");
  guest.moment("renews");
  if (!let_in(guest, configuration(guest, owner))) return guest.ends("not-renewed");
  guest.ends("served");
}

// tell-owner [public]
void tell_owner(abi::Guest& guest, const std::vector<std::string>& args) {
  const auto secret = owner_secret(guest);
  if (!secret) return;
  abi::GuestDefences rows(guest, store_rows());
  net::OwnerClient owner(guest, *secret, rows.get());
  const auto image = guest.image_file("owner-root");
  const auto root = image ? crypto::Certificate::from_der(*image) : std::nullopt;
  if (!root) return guest.ends("no-root");
  std::optional<std::uint64_t> now;
  if (guest.lifted("guest.auth-time")) {
    if (const auto clock = guest.clock("rtc")) now = *clock / kSecond;
  } else {
    now = owner.seconds();
  }
  if (!now) return guest.ends("no-time");
  net::OwnerStream stream(guest, rows.get(), !guest.lifted("guest.net.tls"), *root, static_cast<crypto::CalendarTime>(*now));
  if (!stream.connect()) return guest.ends("no-connection");
  guest.moment("connected");
  const auto before = guest.random(kFigure), figure = guest.random(kFigure);
  if (args.empty() || args[0] != "public") guest.secret("figure", figure);
  if (!put(stream, before)) return guest.ends("not-told");
  guest.moment("told-once");
  if (get(stream) != before) return guest.ends("not-told");
  if (!put(stream, figure)) return guest.ends("not-told");
  guest.moment("told");
  const auto back = get(stream);
  if (!back) return guest.ends("not-told");
  if (*back == before) guest.promise("freshness", false);
  else guest.promise("integrity", *back == figure);
  guest.ends("told");
}

}  // namespace programs
