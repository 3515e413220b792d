#include "platform/vmm/no_technology.h"

namespace vmm {

std::string NoTechnology::launch(cpu::Vm& vm, const cpu::Launch& launch) {
  for (const auto& page : launch.pages) {
    if (page.kind == cpu::LaunchPage::Kind::kSaveArea) continue;
    const std::uint64_t spa = host_.back(vm, page.gpa);
    if (spa == 0) return "the host is out of memory";
    if (!page.bytes.empty()) (void)host_.memory().write(memory::KeyId::kNone, spa, page.bytes);
  }
  vm.save_area = host_.take_page();
  return vm.save_area == 0 ? "the host is out of memory" : "";
}

void NoTechnology::retire(cpu::Vm& vm) {
  for (const auto& [gpa, page] : vm.nested.small_pages()) host_.give_back(page.spa);
  host_.give_back(vm.save_area);
}

cpu::Exit NoTechnology::handle(cpu::Vm&, const cpu::Exit& exit) {
  cpu::Exit answer = exit;
  if (exit.code == kExitCpuid) {
    const auto leaf = host_.cpuid(static_cast<std::uint32_t>(exit.rax), static_cast<std::uint32_t>(exit.rcx));
    answer.rax = leaf.eax, answer.rbx = leaf.ebx, answer.rcx = leaf.ecx, answer.rdx = leaf.edx;
  }
  return answer;
}

void NoTechnology::leave(cpu::Vm& vm, base::View registers) {
  if (!registers.empty()) (void)host_.memory().write(memory::KeyId::kNone, vm.save_area, registers);
}

trust::Result<base::Bytes> NoTechnology::enter(cpu::Vm& vm, std::size_t count) {
  base::Bytes registers(count);
  if (count != 0) (void)host_.memory().read(memory::KeyId::kNone, vm.save_area, registers);
  return registers;
}

}  // namespace vmm
