// Quotes signed by whoever holds the keys of a server, or made some up.
#include "guest/relying_party/messages.h"
#include "guest/relying_party/tdx_messages.h"
#include "platform/protocol/tdx/quote.h"
#include "scenarios/engine/kits/tdx_kit.h"

namespace engine {

namespace {

// Levels of the processor's TCB that owners no longer accept.
tdxproto::PlatformTcb old_tcb(tdxproto::PlatformTcb tcb) {
  for (auto& component : tcb.components)
    if (component > 0) --component;
  return tcb;
}

base::Bytes with_collateral(base::View attachment, base::Bytes collateral) {
  auto out = wire::decode<relying_party::TdxAttachment>(attachment);
  if (!out) return base::bytes_of(attachment);
  out->collateral = std::move(collateral);
  out->collateral_size = static_cast<std::uint32_t>(out->collateral.size());
  return wire::encode(*out);
}

}  // namespace

std::optional<Counterfeit> TdxKit::forge(const Forgery& forgery, const relying_party::Evidence& genuine, const base::Block<64>& binding) {
  const auto quote = tdxproto::read_quote(genuine.report);
  if (!quote) return std::nullopt;
  // What a vendor takes back is a single server's certificate: no authority above it is ever retired here.
  const auto tcb = forgery.old_tcb ? old_tcb(platform_.tcb) : platform_.tcb;
  auto server = quoting::Platform::from_seed(base::view_of(forgery.chip), tcb);
  auto chain = vendor_.pck_chain(server);
  base::Bytes beside = genuine.certificates;
  if (forgery.key == Forgery::Key::kOwn) {
    server.secret = crypto::sha256(base::view_of("forger endorsement"));  // a key that nobody certified
    const quoting::Provisioning own("forger");
    chain = own.pck_chain(server);
    if (forgery.root == Forgery::Root::kVendor) chain[1] = vendor_.platform_ca(), chain[2] = vendor_.root();
    else beside = with_collateral(beside, collateral_of(own, server, {}));
  }
  tdxproto::Report blank;
  blank.mac_struct.report_type.type = tdxproto::kReportTypeTdx;
  quoting::QuotingEnclave enclave(world_.library, server, chain);
  auto signed_quote = enclave.quote(server.report_key().seal(blank), kQuoteVersion, [&](std::string_view message, base::Bytes& bytes) {
    if (message != "tdx.QUOTE_CONTENT") return;
    auto content = quote->content;
    content.body.report_data = binding;
    bytes = wire::encode(content);
  });
  if (!signed_quote) return std::nullopt;
  return Counterfeit{std::move(*signed_quote), std::move(beside)};
}

}  // namespace engine
