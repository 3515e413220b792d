#include "tsm/abi/cove_guest.h"

#include <gtest/gtest.h>

#include "platform/crypto/hash.h"
#include "platform/protocol/cose/key.h"
#include "tsm/cove/test_machine.h"

namespace tsm_abi {
namespace {

using M = cove::TestMachine;
constexpr std::uint64_t kPage = 4096, kOperands = 0x8000;

struct Stage {
  Stage() : platform(m), guest(platform, {kOperands, kOperands + kPage}, *m.defences) { EXPECT_EQ(m.start(), ""); }
  M m;
  cove::TestPlatform platform;
  CoveGuest guest;
};

TEST(CoveGuest, LooksAtItsTsmFirst) {
  Stage s;
  ASSERT_TRUE(s.guest.boot());
  EXPECT_EQ(s.guest.capabilities(), coveproto::capabilities(1));
}

// A TSM that gives another answer; everything else is the machine's.
class Answering final : public CovePlatform {
 public:
  Answering(CovePlatform& real, coveproto::AttestationCapabilities capabilities) : real_(real), capabilities_(capabilities) {}
  base::Bytes read(std::uint64_t gpa, std::size_t count) override { return real_.read(gpa, count); }
  void write(std::uint64_t gpa, base::View bytes) override { real_.write(gpa, bytes); }
  coveproto::SbiRet ecall(const coveproto::Ecall& call) override {
    auto ret = real_.ecall(call);
    if (coveproto::fid_of(call.a6) == 6) real_.write(call.a0, wire::encode(capabilities_));
    if (coveproto::fid_of(call.a6) == 8) ret.value = evidence_size;
    return ret;
  }
  base::Bytes trusted_random(std::size_t count) override { return real_.trusted_random(count); }
  std::uint64_t evidence_size = 100;

 private:
  CovePlatform& real_;
  coveproto::AttestationCapabilities capabilities_;
};

TEST(CoveGuest, DoesNotRunWhereNothingIsMeasuredOrAttested) {
  for (int which = 0; which < 3; ++which) {
    Stage s;
    auto told = coveproto::capabilities(1);
    if (which == 0) told.runtime_measurements = 0;
    if (which == 1) told.certificate_formats = coveproto::kCertificateX509;
    if (which == 2) told.hash_algorithm = coveproto::HashAlgorithm::kSha512;
    Answering platform(s.platform, told);
    CoveGuest guest(platform, {kOperands, kOperands + kPage}, *s.m.defences);
    const auto done = guest.boot();
    ASSERT_FALSE(done);
    EXPECT_EQ(done.refusal->by->id, "cove.boot.registers");
  }
}

TEST(CoveGuest, TakesNoPageThatItHoldsAlready) {
  Stage s;
  ASSERT_TRUE(s.guest.accept_page(M::kHeap));
  const auto again = s.guest.accept_page(M::kHeap);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.refusal->by->id, "cove.accept.tracking");
  ASSERT_TRUE(s.guest.share_page(M::kHeap));
  EXPECT_TRUE(s.guest.shared(M::kHeap));
  EXPECT_TRUE(s.guest.accept_page(M::kHeap));
}

TEST(CoveGuest, DoesNotUseAPageThatIsNotEmpty) {
  Stage s;
  s.platform.write(M::kHeap, base::Bytes(1, 9));
  const auto done = s.guest.accept_page(M::kHeap);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.refusal->by->id, "cove.accept.zero");
}

TEST(CoveGuest, DoesNotBelieveACertificateLongerThanItsBuffer) {
  for (const std::uint64_t size : {std::uint64_t{0}, kPage + 1}) {
    Stage s;
    Answering platform(s.platform, coveproto::capabilities(1));
    platform.evidence_size = size;
    CoveGuest guest(platform, {kOperands, kOperands + kPage}, *s.m.defences);
    const auto got = guest.get_evidence({});
    ASSERT_FALSE(got);
    EXPECT_EQ(got.refusal->by->id, "cove.evidence.size");
  }
}

TEST(CoveGuest, AsksForEvidenceWithAKeyOfItsOwn) {
  Stage s;
  coveproto::Challenge challenge;
  challenge.fill(0x5C);
  const auto got = s.guest.get_evidence(challenge);
  ASSERT_TRUE(got);
  EXPECT_EQ(base::bytes_of(base::View(*got).first(64)), base::bytes_of(challenge));
  const auto key = cbor::decode(base::View(*got).subspan(64));
  ASSERT_TRUE(key);
  EXPECT_EQ(cose::ec2_point(*key)->size(), 96u);
}

TEST(CoveGuest, MeasuresTheCopyAndNotWhatTheHostStillHas) {
  Stage s;
  int touched = 0;
  // The host alters its page as soon as the guest has read it.
  s.platform.at_answer = [&](cpu::Exit&) {
    if (const auto page = s.m.vm.nested.translate(M::kHeap); page && s.guest.shared(M::kHeap) && touched++ > 0)
      (void)s.m.memory.write(M::kNone, page->spa, base::Bytes(kPage, 0xEE));
  };
  const auto taken = s.guest.take_in(M::kHeap, 6, "kernel");
  ASSERT_TRUE(taken);
  EXPECT_EQ(s.guest.log().back().digest, crypto::sha384(*taken));
  EXPECT_EQ(s.platform.read(M::kHeap, kPage), *taken);
}

TEST(CoveGuest, KeepsALogOfWhatItMeasured) {
  Stage s;
  ASSERT_TRUE(s.guest.extend(7, crypto::sha384(base::view_of("a")), "a"));
  ASSERT_TRUE(s.guest.extend(7, crypto::sha384(base::view_of("b")), "b"));
  EXPECT_FALSE(s.guest.extend(5, {}, "an initial register"));
  EXPECT_EQ(s.guest.log().size(), 2u);
  EXPECT_EQ(*s.guest.read_measurement(7), coveproto::replay(s.guest.log())[1]);
}

}  // namespace
}  // namespace tsm_abi
