#include "guest/entropy/pool.h"

#include <algorithm>
#include <array>

#include "platform/crypto/hash.h"

namespace entropy {

namespace {
constexpr std::uint32_t kBitsPerByte = 4;
}

bool Pool::add(Source source, base::View bytes, bool counted) {
  base::Bytes text = base::bytes_of("pool");
  text.push_back(static_cast<std::uint8_t>(source));
  base::append(text, state_);
  base::append(text, bytes);
  state_ = crypto::sha256(text);
  if (!counted) return true;
  if (defences_.first_refusal<SampleCase>(kSampleRules, {.alive = alive(bytes)}, "guest")) return false;
  bits_ += static_cast<std::uint32_t>(std::min<std::size_t>(bytes.size(), 1024)) * kBitsPerByte;
  return true;
}

bool Pool::alive(base::View bytes) const {
  unsigned run = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    run = i > 0 && bytes[i] == bytes[i - 1] ? run + 1 : 1;
    if (run >= kRepetitionsMax) return false;
  }
  for (std::size_t at = 0; at + kWindow <= bytes.size(); at += kWindow) {
    const auto window = bytes.subspan(at, kWindow);
    if (std::count(window.begin(), window.end(), window.front()) >= kProportionMax) return false;
  }
  return true;
}

std::optional<base::Bytes> Pool::draw(std::size_t size) {
  if (!ready()) return std::nullopt;
  base::Bytes info = base::bytes_of("draw");
  base::append_le(info, ++drawn_);
  auto out = crypto::hkdf_sha256(state_, {}, info, size);
  state_ = crypto::hmac_sha256(state_, base::view_of("next"));  // what was drawn cannot be computed from what is left
  return out;
}

}  // namespace entropy
