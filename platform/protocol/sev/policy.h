#pragma once
// Bits of the guest policies (SNP and legacy) and of PLATFORM_INFO. A bit's name says what one means.
#include <cstdint>

namespace sevproto {

// SNP guest policy, u64. Bits 7:0 and 15:8 are the lowest ABI minor and major that the guest accepts.
inline constexpr std::uint64_t kPolicySmtAllowed = 1ull << 16;
inline constexpr std::uint64_t kPolicyMustBeOne = 1ull << 17;
inline constexpr std::uint64_t kPolicyMigrateMaAllowed = 1ull << 18;
inline constexpr std::uint64_t kPolicyDebugAllowed = 1ull << 19;
inline constexpr std::uint64_t kPolicySingleSocketRequired = 1ull << 20;
inline constexpr std::uint64_t kPolicyCxlAllowed = 1ull << 21;
inline constexpr std::uint64_t kPolicyAes256XtsRequired = 1ull << 22;
inline constexpr std::uint64_t kPolicyRaplDisRequired = 1ull << 23;
inline constexpr std::uint64_t kPolicyCiphertextHidingRequired = 1ull << 24;
inline constexpr std::uint64_t kPolicyPageSwapDisable = 1ull << 25;
inline constexpr std::uint64_t kPolicyMustBeZero = ~0ull << 26;

constexpr std::uint8_t policy_abi_minor(std::uint64_t policy) { return policy & 0xff; }
constexpr std::uint8_t policy_abi_major(std::uint64_t policy) { return policy >> 8 & 0xff; }
constexpr bool policy_well_formed(std::uint64_t policy) {
  return (policy & kPolicyMustBeOne) != 0 && (policy & kPolicyMustBeZero) == 0;
}

// PLATFORM_INFO of the report, u64.
inline constexpr std::uint64_t kPlatformSmtEn = 1ull << 0;
inline constexpr std::uint64_t kPlatformTsmeEn = 1ull << 1;
inline constexpr std::uint64_t kPlatformEccEn = 1ull << 2;
inline constexpr std::uint64_t kPlatformRaplDis = 1ull << 3;
inline constexpr std::uint64_t kPlatformCiphertextHidingEn = 1ull << 4;
inline constexpr std::uint64_t kPlatformAliasCheckComplete = 1ull << 5;
inline constexpr std::uint64_t kPlatformTioEn = 1ull << 7;

// Legacy SEV and SEV-ES guest policy, u32. Bits 23:16 and 31:24 are the lowest API major and minor.
inline constexpr std::uint32_t kSevPolicyNoDebug = 1u << 0;
inline constexpr std::uint32_t kSevPolicyNoKeySharing = 1u << 1;
inline constexpr std::uint32_t kSevPolicyEs = 1u << 2;
inline constexpr std::uint32_t kSevPolicyNoSend = 1u << 3;
inline constexpr std::uint32_t kSevPolicyDomain = 1u << 4;
inline constexpr std::uint32_t kSevPolicySev = 1u << 5;

constexpr std::uint8_t sev_policy_api_major(std::uint32_t policy) { return policy >> 16 & 0xff; }
constexpr std::uint8_t sev_policy_api_minor(std::uint32_t policy) { return policy >> 24; }

}  // namespace sevproto
