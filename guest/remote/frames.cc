#include "guest/remote/frames.h"

#include <algorithm>

namespace remote {

namespace {

constexpr std::size_t kTextMax = 4096;

// Reads little-endian parts from the front; once something is missing, everything after it is.
class Reader {
 public:
  explicit Reader(base::View bytes) : rest_(bytes) {}
  std::uint64_t number(std::size_t size) {
    const base::View part = take(size);
    std::uint64_t out = 0;
    for (std::size_t i = 0; i < part.size(); ++i) out |= std::uint64_t{part[i]} << 8 * i;
    return out;
  }
  std::vector<base::Bytes> blobs() {
    std::vector<base::Bytes> out;
    const std::uint64_t count = number(4);
    if (count > GLACIS_BLOBS_MAX) good_ = false;
    for (std::uint64_t i = 0; good_ && i < count; ++i) out.push_back(base::bytes_of(take(number(4))));
    return out;
  }
  bool good() const { return good_; }
  bool done() const { return good_ && rest_.empty(); }

 private:
  base::View take(std::size_t size) {
    if (!good_ || size > rest_.size()) return good_ = false, base::View();
    const base::View out = rest_.first(size);
    rest_ = rest_.subspan(size);
    return out;
  }
  base::View rest_;
  bool good_ = true;
};

void append_blobs(base::Bytes& out, const std::vector<base::Bytes>& blobs) {
  base::append_le<std::uint32_t>(out, static_cast<std::uint32_t>(blobs.size()));
  for (const auto& blob : blobs) {
    base::append_le<std::uint32_t>(out, static_cast<std::uint32_t>(blob.size()));
    base::append(out, blob);
  }
}

}  // namespace

std::string Request::text(std::size_t i) const {
  const base::View bytes = blob(i).first(std::min(blob(i).size(), kTextMax));
  std::string out(bytes.begin(), bytes.end());
  std::ranges::replace_if(out, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, '?');
  return out;
}

std::optional<Request> decode_request(base::View frame) {
  Reader in(frame);
  Request out{.call = static_cast<std::uint32_t>(in.number(4)), .words = {}, .blobs = {}};
  const std::uint64_t words = in.number(4);
  if (words > GLACIS_WORDS_MAX) return std::nullopt;
  for (std::uint64_t i = 0; i < words; ++i) out.words.push_back(in.number(8));
  out.blobs = in.blobs();
  if (!in.done() || out.blobs.empty()) return std::nullopt;
  return out;
}

base::Bytes encode(const Request& request) {
  base::Bytes out;
  base::append_le<std::uint32_t>(out, request.call);
  base::append_le<std::uint32_t>(out, static_cast<std::uint32_t>(request.words.size()));
  for (const std::uint64_t word : request.words) base::append_le<std::uint64_t>(out, word);
  append_blobs(out, request.blobs);
  return out;
}

std::optional<Reply> decode_reply(base::View frame) {
  Reader in(frame);
  Reply out{.result = static_cast<std::int64_t>(in.number(8)), .value = in.number(8), .blobs = {}};
  out.blobs = in.blobs();
  if (!in.done()) return std::nullopt;
  return out;
}

base::Bytes encode(const Reply& reply) {
  base::Bytes out;
  base::append_le<std::uint64_t>(out, static_cast<std::uint64_t>(reply.result));
  base::append_le<std::uint64_t>(out, reply.value);
  append_blobs(out, reply.blobs);
  return out;
}

std::string name_of_call(std::uint32_t call) {
  static constexpr const char* kNames[] = {
      "return", "fault", "alloc", "read", "write", "convert", "secret", "live", "yield", "cpuid", "random", "evidence", "provider",
      "derive_key", "launch_secret", "send", "receive", "device_config", "device_object", "device_mmio", "device_share", "device_call",
      "device_managed", "tdi_call", "device_evidence", "image_file", "device_accept", "moment", "defend", "lifted", "guard", "promise",
      "ends", "log", "clock of the run time", "host_data", "clock", "msr", "interrupt", "extend", "measured", "tpm",
      "coverage"};
  return call < std::size(kNames) ? kNames[call] : "call " + std::to_string(call);
}

}  // namespace remote
