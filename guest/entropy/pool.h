#pragma once
// A guest's entropy. What the processor gives counts, as long as it looks alive; what a host gives is mixed in and never counted, since
// the host knows it. Nothing is drawn before 256 bits are counted.
#include <cstdint>
#include <optional>

#include "platform/base/bytes.h"
#include "platform/trust/defence.h"

namespace entropy {

inline constexpr std::uint32_t kBitsWanted = 256;
// SP 800-90B, 4.4, for bytes of which each is held to have 4 bits, and one false alarm in 2^20: 1 + 20 / 4; and, of 512, as many as
// the binomial allows.
inline constexpr unsigned kRepetitionsMax = 6, kWindow = 512, kProportionMax = 62;

struct SampleCase {
  bool alive = false;
};
inline constexpr trust::Rule<SampleCase> kSampleRules[] = {
    {{"guest.entropy.health", "SP 800-90B, 4.4", "A source that repeats itself is not counted.", trust::Act::kDetect, trust::Kind::kConformance},
     [](const SampleCase& c) { return c.alive; }},
};

enum class Source { kProcessor, kHost };

class Pool {
 public:
  explicit Pool(trust::Defences& defences) : defences_(defences) {}
  // `counted`: whether the image counts that source. False: the source is refused, though what it gave is mixed in.
  bool add(Source source, base::View bytes, bool counted);
  bool ready() const { return bits_ >= kBitsWanted; }
  // Nothing: not enough is counted yet.
  std::optional<base::Bytes> draw(std::size_t size);

 private:
  bool alive(base::View bytes) const;
  trust::Defences& defences_;
  base::Block<32> state_{};
  std::uint32_t bits_ = 0;
  std::uint64_t drawn_ = 0;
};

}  // namespace entropy
