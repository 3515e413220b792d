#pragma once
// Which register stands for which PCR of a TPM, where a technology has four or five registers and software thinks in 24. Two tables are
// in use, and they differ: UEFI 2.10, 38.4.1, and the guide of Intel's firmware for TDs. A policy names the one it was written for.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tsm {

enum class PcrMap { kFirmwareGuide, kUefi };
std::optional<PcrMap> find_pcr_map(std::string_view name);  // "guide", "uefi"

// Index of the register as an event log counts: 0 is the initial measurement (MRTD), 1 to 4 are RTMR[0] to RTMR[3]. Nothing: no register
// stands for that PCR.
std::optional<std::uint32_t> register_of_pcr(PcrMap map, std::uint32_t pcr);
std::vector<std::uint32_t> pcrs_of_register(PcrMap map, std::uint32_t mr_index);
// A line for each register: "rtmr2 8 9 10 11 12 13 14 15".
std::string text_of(PcrMap map);

}  // namespace tsm
