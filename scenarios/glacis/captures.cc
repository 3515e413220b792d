#include "scenarios/glacis/captures.h"

#include <filesystem>

#include <fmt/format.h>

#include "platform/base/user_error.h"
#include "scenarios/gateway/pcap.h"

namespace glacis {

namespace {

// "doe rp0 -> gpu0" is doe-rp0-gpu0.
std::string file_name_of(const std::string& boundary) {
  std::string out;
  for (const char c : boundary) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (plain)
      out += c;
    else if (!out.empty() && out.back() != '-')
      out += '-';
  }
  return out;
}

}  // namespace

void add_captures(report::OutputFiles& files, const std::string& folder, const std::string& run,
                  const engine::Captures& captures) {
  for (const auto& [boundary, capture] : captures) {
    if (capture.cut)
      throw base::UserError(fmt::format("{}: more than {} bytes crossed `{}` (limit capture.bytes_max)", run,
                                        engine::kCaptureBytesMax, boundary));
    const bool tlp = capture.kind == engine::Capture::Kind::kTlp;
    std::vector<gateway::Packet> packets;
    for (const auto& arrival : capture.arrivals) packets.push_back({arrival.time, arrival.bytes});
    const auto path = (std::filesystem::path(folder) / (run + "-" + file_name_of(boundary))).string();
    const auto link = tlp ? gateway::LinkType::kPciExpress : gateway::LinkType::kPciDoe;
    files.add(path + ".pcap", gateway::encode_pcap(link, packets));
    std::string secrets;
    for (const auto& secret : capture.secrets) secrets += base::to_hex(secret) + "\n";
    if (!secrets.empty()) files.add(path + ".secrets", secrets);
  }
}

}  // namespace glacis
