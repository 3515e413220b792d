// TCB info out of a signed document: what is accepted is read again from what we write of it.
#include "platform/base/check.h"
#include "platform/protocol/tdx/collateral.h"
#include "tests/fuzz/target.h"

namespace {

base::Bytes seed() {
  tdxproto::TcbInfo info;
  info.levels.resize(2);
  info.levels[0].state.advisories = {"A"};
  info.levels[0].tdx_components[0].category = "OS/VMM";
  info.module_identities = {{.id = "TDX_01", .module = {}, .levels = {{1, {}}}}};
  return base::bytes_of(tdxproto::join(tdxproto::kTcbInfoMember, {.body = tdxproto::to_json(info), .signature = {}}));
}

}  // namespace

FUZZ_TARGET(
    [](base::View in) {
      const std::string text = base::text_of(in);
      const auto document = tdxproto::split(tdxproto::kTcbInfoMember, text);
      const auto info = tdxproto::tcb_info_from_json(document ? document->body : text);
      if (!info) return;
      base::check(tdxproto::tcb_info_from_json(tdxproto::to_json(*info)) == info, "TCB info is read as it was written");
    },
    seed())
