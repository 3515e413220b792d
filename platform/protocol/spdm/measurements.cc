#include "platform/protocol/spdm/measurements.h"

#include <algorithm>

#include "platform/base/check.h"

namespace spdm {

MeasurementBlock measurement_block(std::uint8_t index, MeasurementType type, bool raw, base::View value) {
  base::check(value.size() <= 0xffff - 3, "a measurement's value fits its block");
  DmtfMeasurement measurement{.value = base::bytes_of(value)};
  measurement.value_type = static_cast<std::uint8_t>(static_cast<std::uint8_t>(type) | (raw ? kMeasurementRaw : 0));
  measurement.value_size = static_cast<std::uint16_t>(value.size());
  MeasurementBlock block{.index = index, .measurement = wire::encode(measurement)};
  block.measurement_size = static_cast<std::uint16_t>(block.measurement.size());
  return block;
}

base::Bytes record_of(const std::vector<MeasurementBlock>& blocks) {
  base::Bytes record;
  for (const MeasurementBlock& block : blocks) base::append(record, wire::encode(block));
  return record;
}

std::optional<std::vector<MeasurementBlock>> blocks_of(base::View record) {
  std::vector<MeasurementBlock> blocks;
  while (!record.empty()) {
    auto block = wire::decode_front<MeasurementBlock>(record);
    if (!block) return std::nullopt;
    blocks.push_back(*std::move(block));
  }
  return blocks;
}

base::Bytes measurement_summary(crypto::Digest digest, const std::vector<MeasurementBlock>& blocks) {
  std::vector<MeasurementBlock> sorted = blocks;
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.index < b.index; });
  return crypto::hash(digest, record_of(sorted));
}

}  // namespace spdm
