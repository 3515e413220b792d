#include "scenarios/engine/outside.h"

namespace engine {

Outside overheard(const Outside& outside, std::vector<Heard>& into) {
  Outside out = outside;
  if (outside.begin)
    out.begin = [begin = outside.begin, &into]() -> Ask {
      return [ask = begin(), &into](std::uint64_t time, base::View object) {
        auto answer = ask(time, object);
        into.push_back({base::bytes_of(object), answer});
        return answer;
      };
    };
  return out;
}

Outside repeated(const Outside& outside, const std::vector<Heard>& from) {
  Outside out = outside;
  if (outside.begin)
    out.begin = [&from]() -> Ask {
      return [&from, at = std::size_t{0}](std::uint64_t, base::View object) mutable -> std::optional<base::Bytes> {
        if (at == from.size()) return std::nullopt;
        const Heard& heard = from[at++];
        return heard.object == base::bytes_of(object) ? heard.answer : std::nullopt;
      };
    };
  return out;
}

}  // namespace engine
