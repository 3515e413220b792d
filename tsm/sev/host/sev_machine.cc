#include "tsm/sev/host/sev_machine.h"

#include <algorithm>

#include "platform/protocol/sev/ghcb.h"
#include "platform/protocol/sev/guest_message.h"
#include "tsm/sev/host/call_schemas.h"
#include "tsm/sev/injection_rules.h"
#include "tsm/sev/tio_commands.h"
#include "platform/protocol/sev/policy.h"
#include "platform/protocol/sev/vmsa.h"

namespace sev {

namespace {

using Kind = cpu::LaunchPage::Kind;
using sevproto::Command;

constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kRmpBase = 0x20'0000;  // below what the hypervisor gives away
// convention: a program's live variables stand in the vector registers of the save area, and spill past them.
constexpr std::size_t kRegistersAt = 0x800;

sevproto::PageType page_type(Kind kind) {
  switch (kind) {
    case Kind::kMeasured: return sevproto::PageType::kNormal;
    case Kind::kZero: return sevproto::PageType::kZero;
    case Kind::kUnmeasured: return sevproto::PageType::kUnmeasured;
    case Kind::kSecrets: return sevproto::PageType::kSecrets;
    case Kind::kCpuid: return sevproto::PageType::kCpuid;
    case Kind::kSaveArea: return sevproto::PageType::kVmsa;
  }
  return sevproto::PageType::kNormal;
}

// A guest's message as its carrier sees it: what kind it is stands in the clear, and how long it is.
trust::Message carried(base::View page) {
  static const wire::Schema kSchema = wire::schema_of<sevproto::SealedMessage>("snp.MESSAGE");
  base::View front = page;
  const auto message = wire::decode_front<sevproto::SealedMessage>(front);
  trust::Message out{.object = "MESSAGE", .bytes = base::bytes_of(page), .schema = &kSchema};
  if (!message) return out;
  out.bytes.resize(page.size() - front.size());
  switch (message->header.msg_type) {
    case sevproto::MessageType::kKeyReq: out.object = "KEY_REQ"; break;
    case sevproto::MessageType::kKeyRsp: out.object = "KEY_RSP"; break;
    case sevproto::MessageType::kReportReq: out.object = "REPORT_REQ"; break;
    case sevproto::MessageType::kReportRsp: out.object = "REPORT_RSP"; break;
    case sevproto::MessageType::kTdiInfoReq: out.object = "TDI_INFO_REQ"; break;
    case sevproto::MessageType::kTdiInfoRsp: out.object = "TDI_INFO_RSP"; break;
    case sevproto::MessageType::kMmioValidateReq: out.object = "MMIO_VALIDATE_REQ"; break;
    case sevproto::MessageType::kMmioValidateRsp: out.object = "MMIO_VALIDATE_RSP"; break;
    case sevproto::MessageType::kSdteWriteReq: out.object = "SDTE_WRITE_REQ"; break;
    case sevproto::MessageType::kSdteWriteRsp: out.object = "SDTE_WRITE_RSP"; break;
    default: break;
  }
  return out;
}

std::string refused(const char* what, const CallResult& result) {
  return std::string(what) + ": " + std::string(sevproto::name_of(result.status));
}

}  // namespace

std::uint64_t snp_policy(const cpu::Launch& launch) {
  return sevproto::kPolicyMustBeOne | sevproto::kPolicySmtAllowed | launch.firmware_floor |
         (launch.debug ? sevproto::kPolicyDebugAllowed : 0);
}

SevMachine::SevMachine(const Chip& chip, const PspSettings& settings, vmm::Hypervisor& host, const trust::Boundary& calls,
                       trust::Defences& defences, crypto::Library& library, std::uint64_t seed)
    : host_(host), calls_(calls), defences_(defences), settings_(settings) {
  if (settings.level == Level::kSnp) rmp_ = std::make_unique<Rmp>(host.memory(), kRmpBase, defences, "cpu0");
  save_areas_ = std::make_unique<SaveAreas>(settings.level, host.memory(), rmp_.get(), defences, "cpu0");
  psp_ = std::make_unique<Psp>(chip, settings, rmp_.get(), host.memory(), defences, library, seed, save_areas_.get());
}

SevMachine::~SevMachine() = default;

memory::OwnershipTable& SevMachine::table() {
  if (rmp_) return *rmp_;
  return no_table_;
}

CallResult SevMachine::ask(Command command, base::View buffer) {
  auto arrived = calls_.cross(
      {.object = std::string(sevproto::name_of(command)), .bytes = base::bytes_of(buffer), .schema = schema_of(command)});
  if (!arrived) return {.status = sevproto::Status::kInvalidCommand, .out = {}};
  return psp_->call(command, arrived->bytes);
}

std::string SevMachine::boot() {
  if (settings_.level != Level::kSnp) return "";  // simplified: the legacy platform is initialised as it starts
  const auto init = ask(Command::kSnpInit, {});
  return init.ok() ? "" : refused("INIT", init);
}

std::string SevMachine::launch(cpu::Vm& vm, const cpu::Launch& launch) {
  vm.key = key_of(vm.asid);
  vm.save_area = host_.take_page();
  vm.registers_at = kRegistersAt;
  if (vm.save_area == 0) return "the host is out of memory";
  return settings_.level == Level::kSnp ? launch_snp(vm, launch) : launch_legacy(vm, launch);
}

std::string SevMachine::launch_snp(cpu::Vm& vm, const cpu::Launch& launch) {
  Guest& guest = guests_[vm.name];
  guest.gctx = host_.take_page();
  (void)rmp_->rmpupdate(guest.gctx, {.assigned = true, .asid = 0, .gpa = 0, .immutable = true});
  auto result = ask(Command::kSnpGctxCreate, wire::encode(command::Guest{.gctx_paddr = guest.gctx}));
  if (!result.ok()) return refused("SNP_GCTX_CREATE", result);
  const command::LaunchStart start{.gctx_paddr = guest.gctx, .policy = snp_policy(launch)};
  result = ask(Command::kSnpLaunchStart, wire::encode(start));
  if (!result.ok()) return refused("SNP_LAUNCH_START", result);
  result = ask(Command::kSnpActivate, wire::encode(command::Activate{.gctx_paddr = guest.gctx, .asid = vm.asid}));
  if (!result.ok()) return refused("SNP_ACTIVATE", result);
  for (const auto& page : launch.pages) {
    const bool save_area = page.kind == Kind::kSaveArea;
    const std::uint64_t spa = save_area ? vm.save_area : host_.back(vm, page.gpa);
    const std::uint64_t gpa = save_area ? sevproto::kVmsaGpa : page.gpa;
    if (spa == 0) return "the host is out of memory";
    if (!page.bytes.empty()) (void)host_.memory().write(memory::KeyId::kNone, spa, page.bytes);
    (void)rmp_->rmpupdate(spa, {.assigned = true, .asid = vm.asid, .gpa = gpa, .immutable = true});
    command::LaunchUpdate update{.gctx_paddr = guest.gctx, .page = command::page_word(page_type(page.kind)), .address = spa};
    result = ask(Command::kSnpLaunchUpdate, wire::encode(update));
    // A corrected CPUID page comes back once; what the processor corrected is then offered.
    if (!result.ok() && page.kind == Kind::kCpuid) result = ask(Command::kSnpLaunchUpdate, wire::encode(update));
    if (!result.ok()) return refused("SNP_LAUNCH_UPDATE", result);
  }
  command::LaunchFinish finish{.gctx_paddr = guest.gctx};
  std::copy(launch.host_data.begin(), launch.host_data.end(), finish.host_data.begin());
  if (!launch.identity.empty()) {
    finish.id_block_paddr = host_.take_page(), finish.id_auth_paddr = host_.take_page();
    (void)host_.memory().write(memory::KeyId::kNone, finish.id_block_paddr, launch.identity);
    (void)host_.memory().write(memory::KeyId::kNone, finish.id_auth_paddr, launch.identity_proof);
    finish.flags = command::LaunchFinish::kIdBlockEn | command::LaunchFinish::kAuthKeyEn;
  }
  result = ask(Command::kSnpLaunchFinish, wire::encode(finish));
  return result.ok() ? "" : refused("SNP_LAUNCH_FINISH", result);
}

std::string SevMachine::launch_legacy(cpu::Vm& vm, const cpu::Launch& launch) {
  Guest& guest = guests_[vm.name];
  const bool es = settings_.level == Level::kSevEs;
  const std::uint32_t policy = (launch.debug ? 0 : sevproto::kSevPolicyNoDebug) | (es ? sevproto::kSevPolicyEs : 0);
  auto result = ask(Command::kLaunchStart, wire::encode(command::SevLaunchStart{.policy = policy, .session = launch.owner_session}));
  if (!result.ok()) return refused("LAUNCH_START", result);
  if (const auto handle = wire::decode<command::SevHandle>(result.out)) guest.handle = handle->handle;
  result = ask(Command::kActivate, wire::encode(command::SevActivate{.handle = guest.handle, .asid = vm.asid}));
  if (!result.ok()) return refused("ACTIVATE", result);
  for (const auto& page : launch.pages) {
    if (page.kind == Kind::kSecrets || page.kind == Kind::kCpuid) continue;
    const bool save_area = page.kind == Kind::kSaveArea;
    if (save_area && !es) continue;
    const std::uint64_t spa = save_area ? vm.save_area : host_.back(vm, page.gpa);
    if (spa == 0) return "the host is out of memory";
    if (!page.bytes.empty()) (void)host_.memory().write(memory::KeyId::kNone, spa, page.bytes);
    if (page.kind == Kind::kUnmeasured) continue;
    result = ask(save_area ? Command::kLaunchUpdateVmsa : Command::kLaunchUpdateData,
                 wire::encode(command::SevLaunchUpdate{.handle = guest.handle, .address = spa, .length = kPage}));
    if (!result.ok()) return refused("LAUNCH_UPDATE", result);
  }
  for (const auto& page : launch.pages)  // what the host loads without measuring it is encrypted all the same
    if (page.kind == Kind::kUnmeasured)
      if (const auto where = vm.nested.translate(page.gpa)) (void)host_.memory().write(vm.key, where->spa, page.bytes);
  result = ask(Command::kLaunchMeasure, wire::encode(command::SevHandle{.handle = guest.handle}));
  if (!result.ok()) return refused("LAUNCH_MEASURE", result);
  guest.measurement = result.out;
  return "";
}

// Whoever gives an ASID up has every socket write its caches back (WBINVD) before it serves again; what the guest had not written
// back by then is lost with its key.
void SevMachine::retire(cpu::Vm& vm) {
  Guest guest;
  if (auto known = guests_.extract(vm.name)) guest = known.mapped();
  if (rmp_) {
    rmp_->leave(vm.save_area);  // its vCPU has exited for the last time
    (void)ask(Command::kSnpDecommission, wire::encode(command::Guest{.gctx_paddr = guest.gctx}));
  } else {
    (void)ask(Command::kDecommission, wire::encode(command::SevHandle{.handle = guest.handle}));
  }
  const unsigned sockets = host_.sockets_written_back();
  for (unsigned socket = 0; socket < sockets; ++socket) host_.memory().write_back_socket(socket);
  if (sockets != 0) (void)ask(rmp_ ? Command::kSnpDfFlush : Command::kDfFlush, {});
  for (const auto& [gpa, page] : vm.nested.small_pages()) take_back(page.spa);
  for (const std::uint64_t spa : {vm.save_area, guest.gctx, guest.request_page, guest.response_page}) take_back(spa);
}

// What firmware does not reclaim, the host never uses again.
void SevMachine::take_back(std::uint64_t spa) {
  if (rmp_ && rmp_->state(spa) != PageState::kHypervisor &&
      !ask(Command::kSnpPageReclaim, wire::encode(command::PageReclaim{.paddr = spa})).ok())
    return;
  host_.give_back(spa);
}

std::optional<GuestContext> SevMachine::context(const cpu::Vm& vm) const {
  const auto guest = guests_.find(vm.name);
  if (!rmp_ || guest == guests_.end()) return std::nullopt;
  return psp_->state().context(guest->second.gctx);
}

base::Bytes SevMachine::measurement(const cpu::Vm& vm) const {
  const auto guest = guests_.find(vm.name);
  return guest == guests_.end() ? base::Bytes{} : guest->second.measurement;
}

std::string SevMachine::inject(cpu::Vm& vm, std::uint64_t gpa, base::View packet, std::uint32_t length) {
  const command::SevLaunchSecret secret{.handle = guests_[vm.name].handle,
                                        .guest_paddr = host_.back(vm, gpa),
                                        .guest_length = length,
                                        .packet = base::bytes_of(packet)};
  const auto result = ask(Command::kLaunchSecret, wire::encode(secret));
  return result.ok() ? "" : refused("LAUNCH_SECRET", result);
}

std::string SevMachine::finish(cpu::Vm& vm) {
  if (settings_.level == Level::kSnp) return "";
  const auto result = ask(Command::kLaunchFinish, wire::encode(command::SevHandle{.handle = guests_[vm.name].handle}));
  return result.ok() ? "" : refused("LAUNCH_FINISH", result);
}

cpu::Exit SevMachine::handle(cpu::Vm& vm, const cpu::Exit& exit) {
  cpu::Exit answer = exit;
  answer.info1 = sevproto::kGhcbOk;
  switch (static_cast<sevproto::ExitCode>(exit.code)) {
    case sevproto::ExitCode::kCpuid: {
      const auto leaf = host_.cpuid(static_cast<std::uint32_t>(exit.rax), static_cast<std::uint32_t>(exit.rcx));
      answer.rax = leaf.eax, answer.rbx = leaf.ebx, answer.rcx = leaf.ecx, answer.rdx = leaf.edx;
      break;
    }
    case sevproto::ExitCode::kSnpPsc: change_page_states(vm, answer); break;
    case sevproto::ExitCode::kGuestRequest:
    case sevproto::ExitCode::kTioGuestRequest:
    case sevproto::ExitCode::kExtGuestRequest: relay(vm, exit, answer); break;
    case sevproto::ExitCode::kTioOp: device_op(vm, exit, answer); break;
    default: break;
  }
  return answer;
}

bool SevMachine::read_shared(cpu::Vm& vm, std::uint64_t gpa, std::span<std::uint8_t> out) {
  const auto page = vm.nested.translate(gpa);
  return page && static_cast<bool>(host_.memory().read(memory::KeyId::kNone, page->spa, out));
}

bool SevMachine::write_shared(cpu::Vm& vm, std::uint64_t gpa, base::View bytes) {
  for (std::size_t done = 0; done < bytes.size();) {
    const std::uint64_t at = gpa + done;
    const std::size_t part = std::min<std::size_t>(bytes.size() - done, kPage - at % kPage);
    const auto page = vm.nested.translate(at);
    if (!page || !host_.memory().write(memory::KeyId::kNone, page->spa, bytes.subspan(done, part))) return false;
    done += part;
  }
  return true;
}

// The list lies in the shared buffer of the guest's GHCB, whose address is in RBX here (simplified: the GHCB itself is one message).
// The cursor is moved past what was done; info2 on return is the result.
void SevMachine::change_page_states(cpu::Vm& vm, cpu::Exit& answer) {
  base::Bytes buffer(2032);
  const std::uint64_t at = answer.rbx;
  answer.info2 = 1;
  if (!read_shared(vm, at, buffer)) return;
  const std::size_t count = std::size_t{base::load_le<std::uint16_t>(buffer, 2)} + 1;
  if (count > sevproto::kPscEntriesMax) return;
  for (std::size_t i = 0; i < count; ++i) {
    const sevproto::PscEntry entry{base::load_le<std::uint64_t>(buffer, 8 + 8 * i)};
    const std::uint64_t gpa = entry.gfn() * kPage;
    const std::uint64_t spa = host_.back(vm, gpa);
    if (spa == 0) return;
    if (!rmp_) continue;
    const bool to_private = entry.operation() == sevproto::PageOp::kPrivate;
    const auto updated = rmp_->rmpupdate(
        spa, to_private ? RmpUpdate{.assigned = true, .asid = vm.asid, .gpa = gpa} : RmpUpdate{});
    if (!updated || *updated != RmpResult::kSuccess) return;
  }
  base::store_le<std::uint16_t>(buffer, 0, static_cast<std::uint16_t>(count));
  if (write_shared(vm, at, buffer)) answer.info2 = 0;
}

void SevMachine::relay(cpu::Vm& vm, const cpu::Exit& exit, cpu::Exit& answer) {
  const auto request = vm.nested.translate(exit.info1);
  const auto response = vm.nested.translate(exit.info2);
  const auto guest = guests_.find(vm.name);
  answer.info2 = sevproto::guest_request_result(static_cast<std::uint32_t>(sevproto::Status::kInvalidAddress), 0);
  if (!request || !response || guest == guests_.end() || !guest->second.requests) return;
  guest->second.device = static_cast<std::uint32_t>(exit.rcx);
  if (static_cast<sevproto::ExitCode>(exit.code) == sevproto::ExitCode::kExtGuestRequest) {
    const std::uint64_t pages = (certificates_.size() + kPage - 1) / kPage;
    if (exit.rbx < pages) {
      answer.rbx = pages;
      answer.info2 = sevproto::guest_request_result(0, sevproto::kVmmErrInvalidLen);
      return;
    }
    write_shared(vm, exit.rax, certificates_);
  }
  base::Bytes page(kPage);
  if (!read_shared(vm, exit.info1, page)) return;
  const auto arrived = guest->second.requests->cross(carried(page));
  if (!arrived) return;
  const auto got = guest->second.requests->deliver(*arrived);
  answer.info2 = sevproto::guest_request_result(static_cast<std::uint32_t>(request_status_), 0);
  if (!got) return;
  const auto back = guest->second.requests->cross(*got);
  page.assign(kPage, 0);
  if (back) std::copy_n(back->bytes.begin(), std::min(back->bytes.size(), page.size()), page.begin());
  if (!back || !write_shared(vm, exit.info2, page))
    answer.info2 = sevproto::guest_request_result(static_cast<std::uint32_t>(sevproto::Status::kInvalidAddress), 0);
}

void SevMachine::carry_requests(const cpu::Vm& vm, trust::Boundary& by) {
  const auto guest = guests_.find(vm.name);
  if (guest == guests_.end() || !rmp_) return;
  guest->second.requests = &by;
  guest->second.request_page = host_.take_page();
  guest->second.response_page = host_.take_page();
  by.leads_to([this, &vm](const trust::Message& request) {
    // DMA that a guest is about to allow needs tables that lead to its memory.
    const TioInterface* interface = find_interface(guests_[vm.name].device);
    if (interface && request.object == "SDTE_WRITE_REQ") tio_devices_[interface->device].host->map_dma(vm, interface->function);
    return ask_for(guests_[vm.name], request);
  });
}

// A message as the host copied it out of the guest's page, put before the security processor; nothing but a status where it
// refuses.
std::optional<trust::Message> SevMachine::ask_for(Guest& guest, const trust::Message& request) {
  base::Bytes page(kPage);
  std::copy_n(request.bytes.begin(), std::min(request.bytes.size(), page.size()), page.begin());
  request_status_ = sevproto::Status::kInvalidAddress;
  if (!host_.memory().write(memory::KeyId::kNone, guest.request_page, page)) return std::nullopt;
  // Which device a message is about is the host's to add; that it is about one stands in its header, in the clear.
  if (request.object == "TDI_INFO_REQ" || request.object == "MMIO_VALIDATE_REQ" || request.object == "SDTE_WRITE_REQ") {
    const TioInterface* interface = find_interface(guest.device);
    const command::TioGuestRequest call{interface ? tio_devices_[interface->device].dev_ctx : 0, interface ? interface->tdi_ctx : 0,
                                        guest.gctx, guest.request_page, guest.response_page};
    request_status_ = ask(Command::kTioGuestRequest, wire::encode(call)).status;
  } else {
    const command::GuestRequest call{guest.gctx, guest.request_page, guest.response_page};
    request_status_ = ask(Command::kSnpGuestRequest, wire::encode(call)).status;
  }
  if (request_status_ != sevproto::Status::kSuccess) return std::nullopt;
  if (!host_.memory().read(memory::KeyId::kNone, guest.response_page, page)) return std::nullopt;
  auto answer = carried(page);
  answer.reply = true;
  return answer;
}

std::optional<base::Bytes> SevMachine::call(cpu::Vm& vm, const std::string& name,
                                            const std::map<std::string, std::uint64_t>& args) {
  const auto arg = [&](const char* key) {
    const auto found = args.find(key);
    return found == args.end() ? std::uint64_t{0} : found->second;
  };
  const Guest& guest = guests_[vm.name];
  if (name == "DBG_DECRYPT") {
    const std::uint64_t to = host_.take_page();
    const auto result =
        settings_.level == Level::kSnp
            ? ask(Command::kSnpDbgDecrypt, wire::encode(command::Debug{guest.gctx, arg("spa"), to}))
            : ask(Command::kDbgDecrypt, wire::encode(command::SevDebug{guest.handle, arg("spa"), to, kPage}));
    if (!result.ok()) return std::nullopt;
    base::Bytes page(kPage);
    (void)host_.memory().read(memory::KeyId::kNone, to, page);
    return page;
  }
  if (name == "DOWNLOAD_FIRMWARE" && settings_.level == Level::kSnp) {
    command::FirmwareImage image{.version = settings_.firmware, .tcb = arg("tcb")};
    const auto result = ask(Command::kSnpDownloadFirmwareEx, wire::encode(image));
    if (!result.ok()) return std::nullopt;
    return base::Bytes{};
  }
  if (name == "SNP_LAUNCH_UPDATE" && rmp_) {
    (void)rmp_->rmpupdate(arg("spa"), {.assigned = true, .asid = vm.asid, .gpa = arg("gpa"), .immutable = true});
    command::LaunchUpdate update{
        .gctx_paddr = guest.gctx, .page = command::page_word(sevproto::PageType::kNormal), .address = arg("spa")};
    if (!ask(Command::kSnpLaunchUpdate, wire::encode(update)).ok()) return std::nullopt;
    return base::Bytes{};
  }
  if (name == "TIO_TDI_UNBIND" || name == "TIO_ROLL_KEY") {  // of the device that the guest named last
    const TioInterface* interface = find_interface(guest.device);
    if (!interface) return std::nullopt;
    const command::TioDev device{.dev_ctx = tio_devices_[interface->device].dev_ctx};
    if (!(name == "TIO_ROLL_KEY" ? ask(Command::kTioRollKey, wire::encode(device)) : unbind_device(vm, *interface)).ok()) return std::nullopt;
    return base::Bytes{};
  }
  if (name == "RMPUPDATE" && rmp_) {
    const auto updated = rmp_->rmpupdate(arg("spa"), {.assigned = arg("assigned") != 0, .asid = vm.asid, .gpa = arg("gpa")});
    if (!updated || *updated != RmpResult::kSuccess) return std::nullopt;
    return base::Bytes{};
  }
  return std::nullopt;
}

void SevMachine::leave(cpu::Vm& vm, base::View registers) {
  base::Bytes page(kPage);
  std::copy(registers.begin(), registers.end(), page.begin() + kRegistersAt);
  save_areas_->save(vm.asid, vm.save_area, page);
  if (rmp_) rmp_->leave(vm.save_area);
}

trust::Result<base::Bytes> SevMachine::enter(cpu::Vm& vm, std::size_t count) {
  auto page = save_areas_->load(vm.asid, vm.save_area);
  if (!page) return page.refusal();
  return base::Bytes(page->begin() + kRegistersAt, page->begin() + kRegistersAt + static_cast<std::ptrdiff_t>(count));
}

// simplified: where the real VMRUN fails (VMEXIT_INVALID) the host enters the guest again without the event. What an interrupt controller
// shows is the host's word on this family, so nothing is in service that the guest could rely on.
trust::Result<cpu::Delivered> SevMachine::deliver(cpu::Vm&, const cpu::Event& event) {
  if (auto no = defences_.first_refusal<InjectionCase>(kInjectionRules, {settings_.level, event}, "cpu0")) return *no;
  return cpu::Delivered{};
}

std::uint32_t SevMachine::accept(cpu::Vm& vm, std::uint64_t gpa, bool accepted) {
  if (!rmp_) return 0;
  const auto page = vm.nested.translate(gpa);
  if (!page) return static_cast<std::uint32_t>(RmpResult::kFailInput);
  const auto result = rmp_->pvalidate({.who = memory::Access::Who::kGuest, .asid = vm.asid, .gpa = gpa, .spa = page->spa,
                                       .private_page = true}, memory::PageSize::k4K, accepted);
  return static_cast<std::uint32_t>(result ? *result : RmpResult::kFailPermission);
}

std::uint32_t SevMachine::grant(cpu::Vm& vm, std::uint64_t gpa, std::uint8_t level, std::uint8_t permissions, bool save_area) {
  if (!rmp_) return 0;
  const auto page = vm.nested.translate(gpa);
  if (!page) return static_cast<std::uint32_t>(RmpResult::kFailInput);
  const auto result = rmp_->rmpadjust({.who = memory::Access::Who::kGuest, .asid = vm.asid, .gpa = gpa, .spa = page->spa,
                                       .private_page = true}, memory::PageSize::k4K, level, permissions, save_area);
  return static_cast<std::uint32_t>(result ? *result : RmpResult::kFailPermission);
}

}  // namespace sev
