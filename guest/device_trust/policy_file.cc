#include "guest/device_trust/policy_file.h"

#include "platform/base/check.h"
#include "platform/wire/wire.h"

namespace device_trust {
namespace {

constexpr std::uint32_t kPolicyForm = 0x314c4f50;  // "POL1"

struct Blob {
  std::uint16_t size = 0;
  base::Bytes bytes{};
  using Wire = wire::Layout<&Blob::size, wire::Run<&Blob::bytes, &Blob::size>{}>;
};

struct RootRecord {
  std::uint16_t vendor_count = 0;
  std::vector<std::uint16_t> vendors{};
  Blob root{};
  using Wire = wire::Layout<&RootRecord::vendor_count, wire::Run<&RootRecord::vendors, &RootRecord::vendor_count>{},
                            &RootRecord::root>;
};

struct ReferenceRecord {
  std::uint8_t index = 0;
  spdm::MeasurementType type{};
  std::uint8_t raw = 0;
  std::uint16_t value_count = 0;
  std::vector<Blob> values{};
  using Wire = wire::Layout<&ReferenceRecord::index, &ReferenceRecord::type, &ReferenceRecord::raw,
                            &ReferenceRecord::value_count,
                            wire::Run<&ReferenceRecord::values, &ReferenceRecord::value_count>{}>;
};

// Each of the policy's words for yes or no, and whether what may be absent is there.
enum Flag : std::uint32_t {
  kRequireAuthentication = 1u << 0,
  kRequireOwnProof = 1u << 1,
  kAllowFirmwareChange = 1u << 2,
  kKeyringByVendor = 1u << 3,
  kHasSlot = 1u << 4,
  kHasDeviceRoot = 1u << 5,
  kCheckValidity = 1u << 6,
  kRequireRevocationList = 1u << 7,
  kRequireResponderPurpose = 1u << 8,
  kRequirePciName = 1u << 9,
  kRequireSerialNumber = 1u << 10,
  kRequireMeasurements = 1u << 11,
  kRequireSignature = 1u << 12,
  kAllowUnknown = 1u << 13,
  kHasFloor = 1u << 14,
  kRequireDeviceMode = 1u << 15,
  kAllowDebug = 1u << 16,
  kRequireSummary = 1u << 17,
  kRequireReport = 1u << 18,
  kAllowUpdatable = 1u << 19,
  kAllowPasid = 1u << 20,
  kAllowAts = 1u << 21,
  kAllowPrs = 1u << 22,
  kHasDeviceInfo = 1u << 23,
  kRequireTsmDigests = 1u << 24,
  kFlags = (1u << 25) - 1,
};

struct PolicyFile {
  std::uint32_t form = kPolicyForm;
  std::uint32_t flags = 0;
  spdm::Version version_min{};
  std::uint32_t capabilities = 0, base_asym = 0, base_hash = 0;
  std::uint16_t dhe = 0, aead = 0;
  std::uint8_t slot = 0;
  std::uint16_t root_count = 0;
  std::vector<RootRecord> roots{};
  Blob device_root{};
  std::uint16_t list_count = 0;
  std::vector<Blob> lists{};
  std::uint16_t blocked_count = 0;
  std::vector<base::Block<32>> blocked{};
  std::uint16_t reference_count = 0;
  std::vector<ReferenceRecord> references{};
  std::uint64_t floor = 0;
  std::uint16_t version_count = 0;
  std::vector<Blob> versions{};
  std::uint16_t tcb_count = 0;
  base::Bytes tcb_indices{};
  std::uint16_t non_tee_count = 0;
  std::vector<std::uint16_t> non_tee_ranges{};
  base::Block<48> device_info{};
  using Wire = wire::Layout<
      &PolicyFile::form, &PolicyFile::flags, &PolicyFile::version_min, &PolicyFile::capabilities,
      &PolicyFile::base_asym, &PolicyFile::base_hash, &PolicyFile::dhe, &PolicyFile::aead, &PolicyFile::slot,
      &PolicyFile::root_count, wire::Run<&PolicyFile::roots, &PolicyFile::root_count>{}, &PolicyFile::device_root,
      &PolicyFile::list_count, wire::Run<&PolicyFile::lists, &PolicyFile::list_count>{}, &PolicyFile::blocked_count,
      wire::Run<&PolicyFile::blocked, &PolicyFile::blocked_count>{}, &PolicyFile::reference_count,
      wire::Run<&PolicyFile::references, &PolicyFile::reference_count>{}, &PolicyFile::floor,
      &PolicyFile::version_count, wire::Run<&PolicyFile::versions, &PolicyFile::version_count>{},
      &PolicyFile::tcb_count, wire::Run<&PolicyFile::tcb_indices, &PolicyFile::tcb_count>{},
      &PolicyFile::non_tee_count, wire::Run<&PolicyFile::non_tee_ranges, &PolicyFile::non_tee_count>{},
      &PolicyFile::device_info>;
};

template <class Items>
std::uint16_t count_of(const Items& items) {
  base::check(items.size() <= 0xffff, "a policy's lists fit their count fields");
  return static_cast<std::uint16_t>(items.size());
}

Blob blob_of(base::View bytes) {
  Blob blob{.size = 0, .bytes = base::bytes_of(bytes)};
  blob.size = count_of(blob.bytes);
  return blob;
}

template <class T>
bool read_certificate(const Blob& blob, std::optional<T>& into) {
  into = T::from_der(blob.bytes);
  return into.has_value();
}

struct Switch {
  Flag flag;
  bool& value;
};
// The same list for both directions.
std::vector<Switch> switches_of(Policy& p) {
  return {{kRequireAuthentication, p.require_authentication},
          {kRequireOwnProof, p.require_own_proof},
          {kAllowFirmwareChange, p.allow_firmware_change},
          {kKeyringByVendor, p.chain.keyring_by_vendor},
          {kCheckValidity, p.chain.check_validity},
          {kRequireRevocationList, p.chain.require_revocation_list},
          {kRequireResponderPurpose, p.chain.require_responder_purpose},
          {kRequirePciName, p.chain.require_pci_name},
          {kRequireSerialNumber, p.chain.require_serial_number},
          {kRequireMeasurements, p.measurements.require},
          {kRequireSignature, p.measurements.require_signature},
          {kAllowUnknown, p.measurements.allow_unknown},
          {kRequireDeviceMode, p.measurements.require_device_mode},
          {kAllowDebug, p.measurements.allow_debug},
          {kRequireSummary, p.measurements.require_summary},
          {kRequireReport, p.interface.require_report},
          {kAllowUpdatable, p.interface.allow_updatable},
          {kAllowPasid, p.interface.allow_pasid},
          {kAllowAts, p.interface.allow_ats},
          {kAllowPrs, p.interface.allow_prs},
          {kRequireTsmDigests, p.interface.require_tsm_digests}};
}

void write_chain(const ChainPolicy& chain, PolicyFile& file) {
  for (const TrustedRoot& trusted : chain.keyring)
    file.roots.push_back({.vendor_count = count_of(trusted.vendors),
                          .vendors = {trusted.vendors.begin(), trusted.vendors.end()},
                          .root = blob_of(trusted.root.to_der())});
  if (chain.slot) file.flags |= kHasSlot, file.slot = *chain.slot;
  if (chain.device_root) file.flags |= kHasDeviceRoot, file.device_root = blob_of(chain.device_root->to_der());
  for (const auto& list : chain.revocation_lists) file.lists.push_back(blob_of(list.to_der()));
  file.blocked.assign(chain.blocked.begin(), chain.blocked.end());
  file.root_count = count_of(file.roots);
  file.list_count = count_of(file.lists);
  file.blocked_count = count_of(file.blocked);
}

void write_measurements(const MeasurementPolicy& policy, PolicyFile& file) {
  for (const auto& [index, reference] : policy.references) {
    ReferenceRecord record{.index = index, .type = reference.type, .raw = reference.raw,
                           .value_count = count_of(reference.values)};
    for (const base::Bytes& value : reference.values) record.values.push_back(blob_of(value));
    file.references.push_back(std::move(record));
  }
  if (policy.security_version_min) file.flags |= kHasFloor, file.floor = *policy.security_version_min;
  for (const std::string& version : policy.versions) file.versions.push_back(blob_of(base::view_of(version)));
  file.tcb_indices.assign(policy.tcb_indices.begin(), policy.tcb_indices.end());
  file.reference_count = count_of(file.references);
  file.version_count = count_of(file.versions);
  file.tcb_count = count_of(file.tcb_indices);
}

bool read_chain(const PolicyFile& file, ChainPolicy& chain) {
  for (const RootRecord& record : file.roots) {
    std::optional<crypto::Certificate> root;
    if (!read_certificate(record.root, root)) return false;
    chain.keyring.push_back({.root = *root, .vendors = {record.vendors.begin(), record.vendors.end()}});
  }
  if (file.flags & kHasSlot) chain.slot = file.slot;
  if (file.flags & kHasDeviceRoot && !read_certificate(file.device_root, chain.device_root)) return false;
  for (const Blob& blob : file.lists) {
    std::optional<crypto::RevocationList> list;
    if (!read_certificate(blob, list)) return false;
    chain.revocation_lists.push_back(*std::move(list));
  }
  chain.blocked = {file.blocked.begin(), file.blocked.end()};
  return true;
}

void read_measurements(const PolicyFile& file, MeasurementPolicy& policy) {
  for (const ReferenceRecord& record : file.references) {
    Reference reference{.type = record.type, .raw = record.raw != 0};
    for (const Blob& value : record.values) reference.values.insert(value.bytes);
    policy.references.insert_or_assign(record.index, std::move(reference));
  }
  if (file.flags & kHasFloor) policy.security_version_min = file.floor;
  for (const Blob& version : file.versions) policy.versions.insert(base::text_of(version.bytes));
  policy.tcb_indices = {file.tcb_indices.begin(), file.tcb_indices.end()};
}

}  // namespace

base::Bytes bytes_of(const Policy& policy) {
  PolicyFile file{.version_min = policy.negotiation.version_min,
                  .capabilities = policy.negotiation.capabilities,
                  .base_asym = policy.negotiation.base_asym,
                  .base_hash = policy.negotiation.base_hash,
                  .dhe = policy.negotiation.dhe,
                  .aead = policy.negotiation.aead};
  Policy copy = policy;
  for (const Switch& one : switches_of(copy))
    if (one.value) file.flags |= one.flag;
  write_chain(policy.chain, file);
  write_measurements(policy.measurements, file);
  file.non_tee_ranges.assign(policy.interface.non_tee_ranges.begin(), policy.interface.non_tee_ranges.end());
  file.non_tee_count = count_of(file.non_tee_ranges);
  if (policy.interface.device_info) file.flags |= kHasDeviceInfo, file.device_info = *policy.interface.device_info;
  return wire::encode(file);
}

std::optional<Policy> policy_of(base::View bytes) {
  const auto file = wire::decode<PolicyFile>(bytes);
  if (!file || file->form != kPolicyForm || (file->flags & ~kFlags) != 0) return std::nullopt;
  Policy policy;
  policy.negotiation = {.version_min = file->version_min, .capabilities = file->capabilities,
                        .base_asym = file->base_asym, .base_hash = file->base_hash, .dhe = file->dhe,
                        .aead = file->aead};
  for (const Switch& one : switches_of(policy)) one.value = (file->flags & one.flag) != 0;
  if (!read_chain(*file, policy.chain)) return std::nullopt;
  read_measurements(*file, policy.measurements);
  policy.interface.non_tee_ranges = {file->non_tee_ranges.begin(), file->non_tee_ranges.end()};
  if (file->flags & kHasDeviceInfo) policy.interface.device_info = file->device_info;
  // A policy has one form: what names a thing twice, or fills a place that its flags call empty, is none.
  if (bytes_of(policy) != base::bytes_of(bytes)) return std::nullopt;
  return policy;
}

std::vector<wire::Schema> policy_schemas() { return {wire::schema_of<PolicyFile>("device.POLICY")}; }

}  // namespace device_trust
