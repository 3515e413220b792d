#pragma once
// NEGOTIATE_ALGORITHMS and ALGORITHMS (DSP0274 1.3, 10.5). What the bits mean is in algorithms.h. Tables exist since
// 1.1; a 1.0 message has none, its param1 being zero.
#include <cstdint>
#include <vector>

#include "platform/protocol/spdm/header.h"

namespace spdm {

struct ExtendedAlgorithm {
  std::uint8_t registry_id = 0;
  std::uint16_t algorithm_id = 0;
  bool operator==(const ExtendedAlgorithm&) const = default;
  using Wire = wire::Layout<&ExtendedAlgorithm::registry_id, wire::Loose<1>{}, &ExtendedAlgorithm::algorithm_id>;
};

enum class TableType : std::uint8_t { kDhe = 2, kAead = 3, kRequesterAsymmetric = 4, kKeySchedule = 5 };

// One algorithm structure. Tables stand in the ascending order of their types.
struct AlgorithmTable {
  TableType type{};
  std::uint8_t count = 0x20;  // 7:4 bytes of the fixed field, which is 2 throughout; 3:0 external algorithms
  std::uint16_t supported = 0;
  std::vector<ExtendedAlgorithm> external{};
  bool operator==(const AlgorithmTable&) const = default;
  std::size_t fixed_size() const { return count >> 4; }
  std::size_t external_count() const { return count & 0xf; }
  using Wire = wire::Layout<&AlgorithmTable::type, &AlgorithmTable::count, &AlgorithmTable::supported,
                            wire::Run<&AlgorithmTable::external, &AlgorithmTable::external_count>{}>;
};

inline constexpr std::size_t kNegotiateAlgorithmsSize = 32;  // without lists and tables
inline constexpr std::size_t kAlgorithmsSize = 36;

struct NegotiateAlgorithms {
  Header header{.code = Code::kNegotiateAlgorithms};  // param1: number of tables
  std::uint16_t length = kNegotiateAlgorithmsSize;    // of the whole message
  std::uint8_t measurement_specification = 0;
  std::uint8_t other_params_support = 0;  // 1.2
  std::uint32_t base_asym_algo = 0;
  std::uint32_t base_hash_algo = 0;
  std::uint8_t ext_asym_count = 0;
  std::uint8_t ext_hash_count = 0;
  std::uint8_t mel_specification = 0;  // 1.3
  std::vector<ExtendedAlgorithm> ext_asym{};
  std::vector<ExtendedAlgorithm> ext_hash{};
  std::vector<AlgorithmTable> tables{};
  bool operator==(const NegotiateAlgorithms&) const = default;
  std::size_t table_count() const { return header.param1; }
  using Wire = wire::Layout<&NegotiateAlgorithms::header, &NegotiateAlgorithms::length,
                            &NegotiateAlgorithms::measurement_specification, &NegotiateAlgorithms::other_params_support,
                            &NegotiateAlgorithms::base_asym_algo, &NegotiateAlgorithms::base_hash_algo,
                            wire::Loose<12>{}, &NegotiateAlgorithms::ext_asym_count,
                            &NegotiateAlgorithms::ext_hash_count, wire::Loose<1>{},
                            &NegotiateAlgorithms::mel_specification,
                            wire::Run<&NegotiateAlgorithms::ext_asym, &NegotiateAlgorithms::ext_asym_count>{},
                            wire::Run<&NegotiateAlgorithms::ext_hash, &NegotiateAlgorithms::ext_hash_count>{},
                            wire::Run<&NegotiateAlgorithms::tables, &NegotiateAlgorithms::table_count>{}>;
};
static_assert(wire::min_size<NegotiateAlgorithms>() == kNegotiateAlgorithmsSize);

// NEGOTIATE_ALGORITHMS without version and code, as CAPABILITIES 1.3 may carry it.
struct AlgorithmsBlock {
  std::uint8_t param1 = 0;  // number of tables
  std::uint8_t param2 = 0;
  std::uint16_t length = kNegotiateAlgorithmsSize - 2;
  std::uint8_t measurement_specification = 0;
  std::uint8_t other_params_support = 0;
  std::uint32_t base_asym_algo = 0;
  std::uint32_t base_hash_algo = 0;
  std::uint8_t ext_asym_count = 0;
  std::uint8_t ext_hash_count = 0;
  std::uint8_t mel_specification = 0;
  std::vector<ExtendedAlgorithm> ext_asym{};
  std::vector<ExtendedAlgorithm> ext_hash{};
  std::vector<AlgorithmTable> tables{};
  bool operator==(const AlgorithmsBlock&) const = default;
  using Wire =
      wire::Layout<&AlgorithmsBlock::param1, &AlgorithmsBlock::param2, &AlgorithmsBlock::length,
                   &AlgorithmsBlock::measurement_specification, &AlgorithmsBlock::other_params_support,
                   &AlgorithmsBlock::base_asym_algo, &AlgorithmsBlock::base_hash_algo, wire::Loose<12>{},
                   &AlgorithmsBlock::ext_asym_count, &AlgorithmsBlock::ext_hash_count, wire::Loose<1>{},
                   &AlgorithmsBlock::mel_specification,
                   wire::Run<&AlgorithmsBlock::ext_asym, &AlgorithmsBlock::ext_asym_count>{},
                   wire::Run<&AlgorithmsBlock::ext_hash, &AlgorithmsBlock::ext_hash_count>{},
                   wire::Run<&AlgorithmsBlock::tables, &AlgorithmsBlock::param1>{}>;
};

// What the responder chose: in each field and table one bit at most.
struct AlgorithmsResponse {
  Header header{.code = Code::kAlgorithms};  // param1: number of tables
  std::uint16_t length = kAlgorithmsSize;    // of the whole message
  std::uint8_t measurement_specification_sel = 0;
  std::uint8_t other_params_selection = 0;  // 1.2
  std::uint32_t measurement_hash_algo = 0;
  std::uint32_t base_asym_sel = 0;
  std::uint32_t base_hash_sel = 0;
  std::uint8_t mel_specification_sel = 0;  // 1.3
  std::uint8_t ext_asym_sel_count = 0;
  std::uint8_t ext_hash_sel_count = 0;
  std::vector<ExtendedAlgorithm> ext_asym_sel{};
  std::vector<ExtendedAlgorithm> ext_hash_sel{};
  std::vector<AlgorithmTable> tables{};
  bool operator==(const AlgorithmsResponse&) const = default;
  std::size_t table_count() const { return header.param1; }
  using Wire = wire::Layout<
      &AlgorithmsResponse::header, &AlgorithmsResponse::length, &AlgorithmsResponse::measurement_specification_sel,
      &AlgorithmsResponse::other_params_selection, &AlgorithmsResponse::measurement_hash_algo,
      &AlgorithmsResponse::base_asym_sel, &AlgorithmsResponse::base_hash_sel, wire::Loose<11>{},
      &AlgorithmsResponse::mel_specification_sel, &AlgorithmsResponse::ext_asym_sel_count,
      &AlgorithmsResponse::ext_hash_sel_count, wire::Loose<2>{},
      wire::Run<&AlgorithmsResponse::ext_asym_sel, &AlgorithmsResponse::ext_asym_sel_count>{},
      wire::Run<&AlgorithmsResponse::ext_hash_sel, &AlgorithmsResponse::ext_hash_sel_count>{},
      wire::Run<&AlgorithmsResponse::tables, &AlgorithmsResponse::table_count>{}>;
};
static_assert(wire::min_size<AlgorithmsResponse>() == kAlgorithmsSize);

}  // namespace spdm
