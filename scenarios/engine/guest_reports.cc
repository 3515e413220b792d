#include "scenarios/engine/guest_reports.h"

#include "guest/relying_party/tpm_messages.h"
#include "scenarios/engine/adversary.h"
#include "scenarios/engine/guest_machine.h"
#include "scenarios/engine/vm_tpm.h"

namespace engine {

namespace {

constexpr const char* kItem = "report0";  // every program of the guest uses it, unless each has its own
constexpr int kTriesMax = 3;              // of one report that somebody interferes with

// What a program asks of its kernel, as configfs-tsm has it: other software of the guest may stand in between.
struct EvidenceRequest {
  base::Block<64> report_data{};
  std::uint32_t level = 0;
  using Wire = wire::Layout<&EvidenceRequest::report_data, &EvidenceRequest::level>;
};

std::optional<EvidenceRequest> across(const trust::Boundary& way, const base::Block<64>& report_data, std::uint32_t level) {
  static const wire::Schema kSchema = wire::schema_of<EvidenceRequest>("guest.EVIDENCE_REQUEST");
  const auto arrived = way.cross({.object = "EVIDENCE_REQUEST", .bytes = wire::encode(EvidenceRequest{report_data, level}), .schema = &kSchema});
  const auto request = arrived ? wire::decode<EvidenceRequest>(arrived->bytes) : wire::Decoded<EvidenceRequest>(wire::Error{});
  return request ? std::optional(*request) : std::nullopt;
}

// One access to a file of an item.
struct ReportAccess {
  std::array<std::uint8_t, 32> item{};  // its name, zeros behind
  std::uint8_t attribute = 0;           // tsm::Attribute
  std::uint32_t size = 0;
  base::Bytes value;
  using Wire = wire::Layout<&ReportAccess::item, &ReportAccess::attribute, wire::Reserved<3>{}, &ReportAccess::size,
                            wire::Run<&ReportAccess::value, &ReportAccess::size>{}>;
};

// What a reader gets.
struct ReportContent {
  std::uint32_t error = 0;  // as Linux numbers it
  std::uint32_t report_size = 0;
  base::Bytes report;
  using Wire = wire::Layout<&ReportContent::error, &ReportContent::report_size, wire::Run<&ReportContent::report, &ReportContent::report_size>{}>;
};

const wire::Schema& access_schema() {
  static const wire::Schema kSchema = wire::schema_of<ReportAccess>("guest.TSM_ACCESS");
  return kSchema;
}

std::string item_of(const ReportAccess& access) {
  const std::string padded(access.item.begin(), access.item.end());
  return padded.substr(0, padded.find('\0'));
}

std::string object_of(const char* act, tsm::Attribute attribute) {
  for (const auto& kind : tsm::attribute_kinds())
    if (kind.attribute == attribute) return std::string(act) + "." + std::string(kind.name);
  return act;
}

}  // namespace

GuestReports::GuestReports(World& world, VmState& vm, GuestMachine& machine, GuestKernel& kernel)
    : world_(world), vm_(vm), machine_(machine), kernel_(kernel), boundary_(vm.name + ".tsm-report") {
  boundary_.attach(*world.adversary);
  boundary_.waits_by([this](std::uint64_t span) { machine_.wait(span); });
  boundary_.leads_to([this](const trust::Message& message) { return others(message); });
  if (const char* name = kernel.provider())
    (void)reports_.register_provider({.kind = tsm::find_provider_kind(name), .platform = this});
}

tsm::Fetched GuestReports::fetch(const base::Block<64>& report_data, std::uint32_t level) {
  tsm::Wanted wanted{.inblob = base::bytes_of(base::View(report_data)), .privlevel = {}};
  if (reports_.provider() && reports_.provider()->kind->has_levels) wanted.privlevel = level;
  tsm::Fetched got;
  for (int tries = 0; tries < kTriesMax; ++tries) {
    got = tsm::fetch_report(*this, kItem, wanted);
    if (got.error != tsm::Errno::kOk) return got;
    if (machine_.defend("guest.report.generation", !got.interfered)) return got;
  }
  got.error = tsm::Errno::kBusy;
  return got;
}

tsm::Made GuestReports::make_report(const tsm::Asked& asked) {
  base::Block<64> wanted{};
  if (asked.inblob.size() > wanted.size()) return {.failure = tsm::Failure::kInvalidParameter};
  std::copy(asked.inblob.begin(), asked.inblob.end(), wanted.begin());
  making_ = true;
  const auto request = across(vm_.evidence, wanted, asked.privlevel);
  const auto got = request ? attest(request->report_data, request->level) : std::nullopt;
  making_ = false;
  if (!got) return {.failure = tsm::Failure::kStatus};
  if (base::bytes_of(base::View(request->report_data)) != wanted_now_) foreign_.insert(got->report);
  return {.outblob = got->report, .auxblob = got->attachment};
}

tsm::Fetched GuestReports::fetch_for_service(const base::Block<64>& report_data) {
  const auto manifest = attested_manifest(world_, vm_);
  if (manifest.empty()) return {.error = tsm::Errno::kNoDevice};
  const auto request = across(vm_.evidence, report_data, GLACIS_SERVICE_LEVEL);
  const auto got = request ? attest(relying_party::service_binding(request->report_data, manifest), 0) : std::nullopt;
  if (!got) return {.error = tsm::Errno::kIo};
  return {.outblob = got->report, .auxblob = got->attachment};
}

std::optional<GuestKernel::Attested> GuestReports::attest(const base::Block<64>& report_data, std::uint32_t level) {
  auto got = kernel_.attest(report_data, level);
  if (!got) return std::nullopt;
  world_.verdict.artifacts[vm_.name + ".report-data.bin"] = base::bytes_of(base::View(report_data));
  for (const auto& [name, content] : got->files) world_.verdict.artifacts[vm_.name + "." + name] = content;
  return got;
}

tsm::Errno GuestReports::make_item(const std::string& name) { return reports_.make_item(name); }

tsm::Errno GuestReports::write(const std::string& item, tsm::Attribute attribute, base::View value) {
  if (attribute == tsm::Attribute::kInblob) wanted_now_ = base::bytes_of(value);
  const auto error = reports_.write(item, attribute, value);
  if (error == tsm::Errno::kOk) pass("TSM_WRITE", item, attribute, value);
  return error;
}

tsm::Content GuestReports::read(const std::string& item, tsm::Attribute attribute) {
  if (attribute == tsm::Attribute::kOutblob) pass("TSM_READ", item, attribute, {});
  return reports_.read(item, attribute);
}

// In sight of the others, who may do the same, or something else.
void GuestReports::pass(const std::string& object, const std::string& item, tsm::Attribute attribute, base::View value) {
  ReportAccess access{.attribute = static_cast<std::uint8_t>(attribute), .size = static_cast<std::uint32_t>(value.size()), .value = base::bytes_of(value)};
  std::copy_n(item.begin(), std::min(item.size(), access.item.size()), access.item.begin());
  const auto bytes = wire::encode(access);
  const auto after = boundary_.cross({.object = object_of(object.c_str(), attribute), .bytes = bytes, .schema = &access_schema()});
  if (after && after->bytes != bytes && object == "TSM_WRITE") (void)others(*after);
}

// Software of the guest that is not the program's.
std::optional<trust::Message> GuestReports::others(const trust::Message& message) {
  static const wire::Schema kSchema = wire::schema_of<ReportContent>("guest.TSM_CONTENT");
  const auto answer = [](tsm::Errno error, base::Bytes content) {
    ReportContent out{.error = static_cast<std::uint32_t>(error), .report = std::move(content)};
    out.report_size = static_cast<std::uint32_t>(out.report.size());
    return trust::Message{.object = "TSM_CONTENT", .bytes = wire::encode(out), .schema = &kSchema, .reply = true};
  };
  const auto access = wire::decode<ReportAccess>(message.bytes);
  if (!access || access->attribute >= tsm::attribute_kinds().size()) return answer(tsm::Errno::kInvalid, {});
  const auto attribute = static_cast<tsm::Attribute>(access->attribute);
  const bool writes = message.object.starts_with("TSM_WRITE");
  if (!machine_.defend("guest.report.orchestrator", false)) return answer(tsm::Errno::kAccess, {});
  if (writes) {
    if (item_of(*access) == kItem && !machine_.defend("guest.report.own-item", false)) return answer(tsm::Errno::kAccess, {});
    (void)reports_.make_item(item_of(*access));
    return answer(reports_.write(item_of(*access), attribute, access->value), {});
  }
  // It runs while the guest does, and waits for a report that is being made.
  if (making_ || !machine_.running()) return answer(tsm::Errno::kBusy, {});
  auto got = reports_.read(item_of(*access), attribute);
  return answer(got.error, std::move(got.bytes));
}

}  // namespace engine
