#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <memory>

#include "guest/device_trust/chain_rules.h"
#include "guest/device_trust/test_device.h"
#include "platform/crypto/der.h"
#include "platform/crypto/hash.h"

namespace device_trust {
namespace {

using test::Chain;
using test::TestDevice;

// The rows that a general X.509 verifier has too.
bool we_accept(const TestDevice& d) {
  const DeviceEvidence evidence = d.evidence();
  const ChainCase c =
      chain_case(evidence, 0, negotiated_of(evidence.vca), d.policy.chain, d.question.seen, d.question.now);
  return c.well_formed && c.understood && root_is_trusted(c) && chain_is_signed(c) && chain_is_valid_now(c) &&
         issuers_are_authorities(c) && chain_is_not_revoked(c);
}

template <auto kFree>
struct Freed {
  template <class T>
  void operator()(T* what) const {
    kFree(what);
  }
};
template <class T, auto kFree>
using Owned = std::unique_ptr<T, Freed<kFree>>;
using X509Owned = Owned<X509, X509_free>;
X509Owned x509_of(const crypto::Certificate& certificate) {
  const unsigned char* at = certificate.to_der().data();
  return X509Owned(d2i_X509(nullptr, &at, static_cast<long>(certificate.to_der().size())));
}

// `openssl verify -x509_strict -attime`, for the chain of slot 0.
bool openssl_accepts(const TestDevice& d) {
  const auto chain = test::issue_chain(*d.slots[0]);
  Owned<X509_STORE, X509_STORE_free> store(X509_STORE_new());
  for (const TrustedRoot& root : d.policy.chain.keyring) X509_STORE_add_cert(store.get(), x509_of(root.root).get());
  for (const crypto::RevocationList& list : d.policy.chain.revocation_lists) {
    const unsigned char* at = list.to_der().data();
    Owned<X509_CRL, X509_CRL_free> crl(d2i_X509_CRL(nullptr, &at, static_cast<long>(list.to_der().size())));
    X509_STORE_add_crl(store.get(), crl.get());
  }
  STACK_OF(X509)* untrusted = sk_X509_new_null();
  for (const auto& certificate : chain) sk_X509_push(untrusted, x509_of(certificate).release());
  const X509Owned leaf = x509_of(chain.back());
  Owned<X509_STORE_CTX, X509_STORE_CTX_free> context(X509_STORE_CTX_new());
  X509_STORE_CTX_init(context.get(), store.get(), leaf.get(), untrusted);
  X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_time(parameters, d.question.now);
  if (d.policy.chain.require_revocation_list)
    X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
  const bool verified = X509_verify_cert(context.get()) == 1;
  sk_X509_pop_free(untrusted, X509_free);
  ERR_clear_error();
  return verified;
}

crypto::Extension path_length(std::uint8_t length) {
  namespace der = crypto::der;
  return {"2.5.29.19", der::sequence({der::element(der::kBoolean, base::Bytes{0xff}), der::integer(length)}), true};
}

struct Try {
  const char* what;
  void (*apply)(TestDevice&);
  bool accepted = false;
};
const Try kTries[] = {
    {"an honest chain", [](TestDevice&) {}, true},
    {"an alias chain",
     [](TestDevice& d) { d.slots[0] = test::alias_chain("vendor", "device", d.question.seen.identity); }, true},
    {"another root",
     [](TestDevice& d) { d.slots[0] = test::honest_chain("impostor", "device", d.question.seen.identity); }},
    {"a root of the trusted name with another key",
     [](TestDevice& d) {
       d.slots[0]->front().key = "impostor";
     }},
    {"a leaf signed by somebody", [](TestDevice& d) { d.slots[0]->back().signer = "somebody"; }},
    {"an intermediate signed by somebody", [](TestDevice& d) { d.slots[0]->at(1).signer = "somebody"; }},
    {"a leaf that names another issuer", [](TestDevice& d) { d.slots[0]->back().issuer = "somebody"; }},
    {"a leaf from the future",
     [](TestDevice& d) { d.slots[0]->back().not_before = crypto::calendar_time(2027, 1, 1); }},
    {"a leaf that ran out", [](TestDevice& d) { d.slots[0]->back().not_after = crypto::calendar_time(2026, 5, 1); }},
    {"an intermediate that ran out",
     [](TestDevice& d) { d.slots[0]->at(1).not_after = crypto::calendar_time(2026, 5, 1); }},
    {"an authority that says it is none",
     [](TestDevice& d) { d.slots[0]->at(1).extensions[0] = crypto::basic_constraints(false); }},
    {"an authority that does not say that it is one",
     [](TestDevice& d) { d.slots[0]->at(1).extensions.erase(d.slots[0]->at(1).extensions.begin()); }},
    {"an authority that may not sign certificates",
     [](TestDevice& d) { d.slots[0]->at(1).extensions[1] = crypto::key_usage_signature(); }},
    {"a root that does not say what its key is for",
     [](TestDevice& d) {
       d.slots[0]->at(0).extensions.pop_back();
       d.policy.chain.keyring[0].root = test::issue_chain(*d.slots[0]).front();
     },
     true},
    {"a leaf below a leaf",
     [](TestDevice& d) {
       const Chain other = test::honest_chain("vendor", "other", d.question.seen.identity);
       d.slots[0]->insert(d.slots[0]->end() - 1, other.back());
     }},
    {"a path that is just as long as it may be",
     [](TestDevice& d) { d.slots[0]->at(1).extensions[0] = path_length(0); }, true},
    {"a path that is too long",
     [](TestDevice& d) {
       d.slots[0] = test::alias_chain("vendor", "device", d.question.seen.identity);
       d.slots[0]->at(1).extensions[0] = path_length(0);
     }},
    {"an unknown critical extension",
     [](TestDevice& d) { d.slots[0]->at(1).extensions.push_back({"1.2.3.4", {5, 0}, true}); }},
    {"lists that revoke nothing",
     [](TestDevice& d) {
       d.policy.chain.require_revocation_list = true;
       const auto until = crypto::calendar_time(2027, 1, 1);
       d.policy.chain.revocation_lists = {test::list_of(d.slots[0]->at(0), {{9}}, until),
                                          test::list_of(d.slots[0]->at(1), {{9}}, until)};
     },
     true},
    {"a list that ran out",
     [](TestDevice& d) {
       d.policy.chain.require_revocation_list = true;
       d.policy.chain.revocation_lists = {
           test::list_of(d.slots[0]->at(0), {}, crypto::calendar_time(2027, 1, 1)),
           test::list_of(d.slots[0]->at(1), {}, crypto::calendar_time(2026, 5, 1))};
     }},
    {"a missing list",
     [](TestDevice& d) {
       d.policy.chain.require_revocation_list = true;
       d.policy.chain.revocation_lists = {test::list_of(d.slots[0]->at(0), {}, crypto::calendar_time(2027, 1, 1))};
     }},
    {"a revoked intermediate",
     [](TestDevice& d) {
       d.policy.chain.require_revocation_list = true;
       const auto until = crypto::calendar_time(2027, 1, 1);
       d.policy.chain.revocation_lists = {test::list_of(d.slots[0]->at(0), {{2}}, until),
                                          test::list_of(d.slots[0]->at(1), {}, until)};
     }},
    {"a list that somebody signed",
     [](TestDevice& d) {
       d.policy.chain.require_revocation_list = true;
       const auto until = crypto::calendar_time(2027, 1, 1);
       test::Link forged = d.slots[0]->at(1);
       forged.key = "somebody";
       d.policy.chain.revocation_lists = {test::list_of(d.slots[0]->at(0), {}, until),
                                          test::list_of(forged, {}, until)};
     }},
};

TEST(Chain, AgreesWithOpenssl) {
  for (const auto& [what, apply, accepted] : kTries) {
    TestDevice d;
    apply(d);
    EXPECT_EQ(we_accept(d), accepted) << what;
    EXPECT_EQ(openssl_accepts(d), accepted) << what;
  }
}

TEST(Chain, ARootNeedNotBeSent) {
  TestDevice d;
  const Chain whole = *d.slots[0];
  DeviceEvidence evidence = d.evidence();
  std::vector<base::Bytes> ders;
  const auto certificates = test::issue_chain(whole);
  for (std::size_t i = 1; i < certificates.size(); ++i) ders.push_back(certificates[i].to_der());
  base::Bytes blob = spdm::certificate_chain_of(crypto::Digest::kSha384, ders);
  const auto root_hash = crypto::sha384(certificates[0].to_der());
  std::ranges::copy(root_hash, blob.begin() + 4);
  evidence.slots[0].chain = blob;
  trust::Defences defences;
  EXPECT_EQ(choose_slot(evidence, d.question, d.policy, defences), 0);
  evidence.slots[0].chain[4] ^= 1;
  EXPECT_EQ(choose_slot(evidence, d.question, d.policy, defences), std::nullopt);
}

TEST(Chain, AListThatRanOutStillRevokesAndWhatTheOwnerBlocksIsBlocked) {
  TestDevice d;
  d.policy.chain.revocation_lists = {test::list_of(d.slots[0]->at(1), {{3}}, crypto::calendar_time(2026, 5, 1))};
  EXPECT_EQ(d.verdict(), "cma.chain.revoked");
  d.policy.chain.revocation_lists.clear();
  EXPECT_EQ(d.verdict(), "accepted");
  for (const auto& certificate : test::issue_chain(*d.slots[0])) {
    d.policy.chain.blocked = {crypto::sha256(certificate.to_der())};
    EXPECT_EQ(d.verdict(), "cma.chain.revoked");
  }
}

TEST(Chain, TheNameIsThatOfConfigurationSpace) {
  TestDevice d;
  PciIdentity& seen = d.question.seen.identity;
  EXPECT_EQ(pci_name_of(seen, false), "Vendor=1b36:Device=0100:CC=120000:REV=01:SSVID=1af4:SSID=1100");
  EXPECT_EQ(pci_name_of(seen, true),
            "Vendor=1b36:Device=0100:CC=120000:REV=01:SSVID=1af4:SSID=1100:0123456789abcdef");
  crypto::Extension& name = d.slots[0]->back().extensions[3];
  auto verdict_with = [&](const std::string& text) {
    name = test::pci_name(text);
    return d.verdict();
  };
  const std::string bare = pci_name_of(seen, false), whole = pci_name_of(seen, true);
  EXPECT_EQ(verdict_with(whole), "accepted");
  EXPECT_EQ(verdict_with(bare + ":0123456789abcdee"), "cma.leaf.san");
  EXPECT_EQ(verdict_with(bare + ":"), "cma.leaf.san");
  EXPECT_EQ(verdict_with(bare.substr(0, 39)), "cma.leaf.san");
  d.policy.chain.require_serial_number = true;
  EXPECT_EQ(verdict_with(bare), "cma.leaf.san");
  EXPECT_EQ(verdict_with(whole), "accepted");
  seen.serial_number.reset();
  EXPECT_EQ(verdict_with(bare), "cma.leaf.san");
}

TEST(Chain, ALeafWithoutNameIsForPolicy) {
  TestDevice d;
  auto& extensions = d.slots[0]->back().extensions;
  extensions.erase(extensions.begin() + 3);
  EXPECT_EQ(d.verdict(), "cma.leaf.san");
  d.policy.chain.require_pci_name = false;
  EXPECT_EQ(d.verdict(), "accepted");
}

TEST(Chain, ALeafWithoutPurposeIsForPolicyAndARequestersIsNot) {
  TestDevice d;
  crypto::Extension& purpose = d.slots[0]->back().extensions[2];
  purpose = test::extended_key_usage("1.3.6.1.5.5.7.3.1");  // TLS server
  EXPECT_EQ(d.verdict(), "cma.leaf.eku");
  d.policy.chain.require_responder_purpose = false;
  EXPECT_EQ(d.verdict(), "accepted");
  purpose = test::extended_key_usage(spdm::kOidRequesterAuth);
  EXPECT_EQ(d.verdict(), "cma.leaf.eku");
}

TEST(Chain, ARootMaySpeakForEveryVendor) {
  TestDevice d;
  d.policy.chain.keyring[0].vendors = {};
  EXPECT_EQ(d.verdict(), "accepted");
  d.policy.chain.keyring[0].vendors = {0x10de};
  EXPECT_EQ(d.verdict(), "cma.keyring.vendor");
  d.policy.chain.keyring_by_vendor = false;
  EXPECT_EQ(d.verdict(), "accepted");
}

}  // namespace
}  // namespace device_trust
