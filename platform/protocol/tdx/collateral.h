#pragma once
// What the vendor says of its platforms, apart from certificates: TCB info and QE identity, two JSON documents signed
// over their very bytes (Intel PCS API 4), and the bundle in which a host hands it all over (sgx_ql_qve_collateral_t).
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/crypto/calendar_time.h"
#include "platform/protocol/tdx/report.h"
#include "platform/wire/schema.h"
#include "platform/wire/wire.h"

namespace tdxproto {

// From best to worst.
enum class TcbStatus : std::uint8_t {
  kUpToDate,
  kSwHardeningNeeded,
  kConfigurationNeeded,
  kConfigurationAndSwHardeningNeeded,
  kOutOfDate,
  kOutOfDateConfigurationNeeded,
  kRevoked,
};
std::string_view name_of(TcbStatus status);  // "UpToDate"
std::optional<TcbStatus> tcb_status_of(std::string_view name);

// One row of a list that goes from the newest level to the oldest.
struct TcbLevelState {
  crypto::CalendarTime date = 0;
  TcbStatus status = TcbStatus::kUpToDate;
  std::vector<std::string> advisories;
  bool operator==(const TcbLevelState&) const = default;
};
struct TcbComponent {
  std::uint8_t svn = 0;
  std::string category, type;  // may be empty
  bool operator==(const TcbComponent&) const = default;
};
struct PlatformTcbLevel {
  std::array<TcbComponent, 16> sgx_components, tdx_components;
  std::uint16_t pce_svn = 0;
  TcbLevelState state;
  bool operator==(const PlatformTcbLevel&) const = default;
};
struct SvnTcbLevel {
  std::uint32_t isv_svn = 0;
  TcbLevelState state;
  bool operator==(const SvnTcbLevel&) const = default;
};

// Whose signature a TDX module bears, and which of its SEAM attributes must have which value.
struct TdxModule {
  Measurement mr_signer{};
  std::array<std::uint8_t, 8> attributes{};
  std::array<std::uint8_t, 8> attributes_mask{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
  bool operator==(const TdxModule&) const = default;
};
struct TdxModuleIdentity {
  std::string id;  // "TDX_01": the module's major version in hexadecimal
  TdxModule module;
  std::vector<SvnTcbLevel> levels;
  bool operator==(const TdxModuleIdentity&) const = default;
};
std::string module_identity_id(std::uint8_t major_version);

struct TcbInfo {
  std::string id = "TDX";
  std::uint32_t version = 3;
  crypto::CalendarTime issue_date = 0;
  crypto::CalendarTime next_update = 0;
  std::array<std::uint8_t, 6> fmspc{};
  std::array<std::uint8_t, 2> pce_id{};
  std::uint32_t tcb_type = 0;
  std::uint32_t tcb_evaluation_data_number = 0;
  TdxModule module;
  std::vector<TdxModuleIdentity> module_identities;
  std::vector<PlatformTcbLevel> levels;
  bool operator==(const TcbInfo&) const = default;
};

struct QeIdentity {
  std::string id = "TD_QE";
  std::uint32_t version = 2;
  crypto::CalendarTime issue_date = 0;
  crypto::CalendarTime next_update = 0;
  std::uint32_t tcb_evaluation_data_number = 0;
  std::array<std::uint8_t, 4> misc_select{};  // little-endian, as in the report
  std::array<std::uint8_t, 4> misc_select_mask{0xff, 0xff, 0xff, 0xff};
  std::array<std::uint8_t, 16> attributes{};
  std::array<std::uint8_t, 16> attributes_mask{};
  std::array<std::uint8_t, 32> mr_signer{};
  std::uint16_t isv_prod_id = 0;
  std::vector<SvnTcbLevel> levels;
  bool operator==(const QeIdentity&) const = default;
};

// Larger documents are refused unread.
inline constexpr std::size_t kJsonSizeMax = 256 * 1024;

// The text that is signed: one line without spaces, members in the vendor's order.
std::string to_json(const TcbInfo& info);
std::string to_json(const QeIdentity& identity);
// Empty unless the text is one JSON object in that very spelling, with every member that is asked for. So a member that
// is there twice, on which two readers could differ, is refused. Members that are not known are passed over.
std::optional<TcbInfo> tcb_info_from_json(std::string_view text);
std::optional<QeIdentity> qe_identity_from_json(std::string_view text);

// {"tcbInfo":BODY,"signature":"..."}: a document and the signature over the bytes of its body, ECDSA P-256, r || s.
struct SignedJson {
  std::string body;
  std::array<std::uint8_t, 64> signature{};
  bool operator==(const SignedJson&) const = default;
};
inline constexpr std::string_view kTcbInfoMember = "tcbInfo";
inline constexpr std::string_view kQeIdentityMember = "enclaveIdentity";
std::string join(std::string_view member, const SignedJson& document);
// Empty unless the text has exactly this form. The body is cut out, not read.
std::optional<SignedJson> split(std::string_view member, std::string_view text);

// What a host fetched from the vendor's service, for whoever is to believe a quote. Nothing in it is to be believed
// unread.
struct Collateral {
  std::uint16_t version_major = 3;
  std::uint16_t version_minor = 1;
  std::uint32_t pck_crl_issuer_chain_size = 0;
  base::Bytes pck_crl_issuer_chain;  // PEM
  std::uint32_t root_ca_crl_size = 0;
  base::Bytes root_ca_crl;  // DER
  std::uint32_t pck_crl_size = 0;
  base::Bytes pck_crl;  // DER
  std::uint32_t tcb_info_issuer_chain_size = 0;
  base::Bytes tcb_info_issuer_chain;  // PEM: TCB signing certificate, root
  std::uint32_t tcb_info_size = 0;
  base::Bytes tcb_info;  // {"tcbInfo":...,"signature":"..."}
  std::uint32_t qe_identity_issuer_chain_size = 0;
  base::Bytes qe_identity_issuer_chain;  // PEM
  std::uint32_t qe_identity_size = 0;
  base::Bytes qe_identity;  // {"enclaveIdentity":...,"signature":"..."}
  bool operator==(const Collateral&) const = default;
  using Wire =
      wire::Layout<&Collateral::version_major, &Collateral::version_minor, &Collateral::pck_crl_issuer_chain_size,
                   &Collateral::root_ca_crl_size, &Collateral::pck_crl_size, &Collateral::tcb_info_issuer_chain_size,
                   &Collateral::tcb_info_size, &Collateral::qe_identity_issuer_chain_size,
                   &Collateral::qe_identity_size,
                   wire::Run<&Collateral::pck_crl_issuer_chain, &Collateral::pck_crl_issuer_chain_size>{},
                   wire::Run<&Collateral::root_ca_crl, &Collateral::root_ca_crl_size>{},
                   wire::Run<&Collateral::pck_crl, &Collateral::pck_crl_size>{},
                   wire::Run<&Collateral::tcb_info_issuer_chain, &Collateral::tcb_info_issuer_chain_size>{},
                   wire::Run<&Collateral::tcb_info, &Collateral::tcb_info_size>{},
                   wire::Run<&Collateral::qe_identity_issuer_chain, &Collateral::qe_identity_issuer_chain_size>{},
                   wire::Run<&Collateral::qe_identity, &Collateral::qe_identity_size>{}>;
};
// With its sizes as its contents have them.
Collateral sized(Collateral collateral);

}  // namespace tdxproto
