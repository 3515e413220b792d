#include "tsm/pkvm/pvmfw/pvmfw.h"

#include <gtest/gtest.h>

#include "tsm/pkvm/pvmfw/situation.h"

namespace pkvm {
namespace {

std::string_view refusal(Situation& s, const std::vector<std::string>& lifted = {}) {
  trust::Defences defences;
  for (const auto& id : lifted) defences.lift(id);
  const auto started = s.start(defences);
  return started ? "" : started.refusal().by->id;
}

TEST(Device, IsItsSeedAndHandsOverAChainThatVerifies) {
  Situation s;
  const auto chain = pkvmproto::decode_chain(s.handover.chain);
  ASSERT_TRUE(chain);
  EXPECT_EQ(chain->root_point, s.device.root_point());
  EXPECT_NE(Device::from_seed(base::view_of("another")).root_point(), s.device.root_point());
  ASSERT_EQ(chain->entries.size(), 2u);
  EXPECT_TRUE(cose::verify(chain->entries[0].message, chain->root_point));
  EXPECT_TRUE(cose::verify(chain->entries[1].message, chain->entries[0].subject_point));
  EXPECT_EQ(chain->entries[0].config.component_name, kHypervisorComponent);
  EXPECT_EQ(chain->entries[1].config.security_version, 4);
  EXPECT_EQ(chain->entries[1].code_hash, Device::code_hash(s.firmware.pvmfw));
}

TEST(Device, OtherFirmwareHasOtherSecrets) {
  Situation s, other;
  other.firmware.pvmfw.back() ^= 1;
  EXPECT_NE(other.device.boot(other.library, other.firmware).cdis.attest, s.handover.cdis.attest);
  EXPECT_EQ(other.device.boot(other.library, other.firmware).cdis.seal, s.handover.cdis.seal)
      << "sealing goes by who answers for it";
}

TEST(Pvmfw, StartsWhatTheOwnerSignedAndSaysSo) {
  Situation s;
  trust::Defences defences;
  auto started = s.start(defences);
  ASSERT_TRUE(started);
  const Started& made = *started;
  const auto chain = pkvmproto::decode_chain(made.handover.chain);
  ASSERT_TRUE(chain && chain->entries.size() == 3);
  const auto& vm = chain->entries[2];
  EXPECT_TRUE(cose::verify(vm.message, chain->entries[1].subject_point));
  EXPECT_EQ(vm.config.component_name, kVmComponent);
  EXPECT_EQ(vm.config.security_version, 7);
  EXPECT_EQ(vm.mode, pkvmproto::DiceMode::kNormal);
  EXPECT_EQ(vm.code_hash, vm_code_hash(s.kernel, s.ramdisk));
  EXPECT_EQ(vm.authority_hash, vm_authority_hash(s.key.public_point()));
  EXPECT_EQ(vm.subject_point, pkvmproto::dice_key(made.handover.cdis.attest).public_point());
  const auto record = open_instance(s.handover.cdis.seal, made.instance);
  ASSERT_TRUE(record);
  EXPECT_EQ(record->rollback_index, 7u);
  EXPECT_EQ(record->salt, s.fresh);
}

TEST(Pvmfw, RefusesInOrder) {
  {
    Situation s;
    s.firmware.pvmfw[0] ^= 1, s.vbmeta[0] ^= 1;
    EXPECT_EQ(refusal(s), "pkvm.pvmfw.config");
  }
  {
    Situation s;
    s.vbmeta[300] ^= 1, s.kernel[0] ^= 1;
    EXPECT_EQ(refusal(s), "pkvm.pvmfw.signature");
  }
  {
    Situation s;
    s.kernel[0] ^= 1, s.instance = base::Bytes(10);
    EXPECT_EQ(refusal(s), "pkvm.pvmfw.digest");
  }
  {
    Situation s;
    s.ramdisk[0] ^= 1;
    EXPECT_EQ(refusal(s), "pkvm.pvmfw.digest");
  }
  {
    Situation s;
    s.instance = base::Bytes(10);
    EXPECT_EQ(refusal(s), "pkvm.pvmfw.instance");
  }
}

TEST(Pvmfw, StartsNoKernelThatSomebodyElseSigned) {
  Situation s;
  const auto hosts = crypto::EcKey::derive(crypto::Curve::kP384, base::Bytes{2}, "host");
  s.kernel[0] ^= 1;
  s.describe(&hosts);
  EXPECT_EQ(refusal(s), "pkvm.pvmfw.signature");
  EXPECT_EQ(refusal(s, {"pkvm.pvmfw.signature"}), "");
}

TEST(Pvmfw, NeverStartsAnOlderKernelThanTheInstanceHad) {
  Situation s;
  trust::Defences defences;
  s.instance = (*s.start(defences)).instance;
  EXPECT_EQ(refusal(s), "") << "the same";
  s.rollback_index = 6, s.describe();
  EXPECT_EQ(refusal(s), "pkvm.pvmfw.rollback");
  EXPECT_EQ(refusal(s, {"pkvm.pvmfw.rollback"}), "");
  s.rollback_index = 9, s.kernel[0] ^= 1, s.describe();
  auto newer = s.start(defences);
  ASSERT_TRUE(newer);
  s.instance = newer->instance;
  s.rollback_index = 8, s.describe();
  EXPECT_EQ(refusal(s), "pkvm.pvmfw.rollback") << "the record moves on";
}

TEST(Pvmfw, AnUpdateKeepsTheSealingSecretAndChangesTheOther) {
  Situation s;
  trust::Defences defences;
  auto first = s.start(defences);
  s.instance = first->instance;
  s.kernel[0] ^= 1, s.rollback_index = 8, s.describe();
  auto second = s.start(defences);
  ASSERT_TRUE(second);
  EXPECT_EQ(first->handover.cdis.seal, second->handover.cdis.seal);
  EXPECT_NE(first->handover.cdis.attest, second->handover.cdis.attest);
  s.instance.clear(), s.fresh[0] ^= 1;
  EXPECT_NE(s.start(defences)->handover.cdis.seal, first->handover.cdis.seal)
      << "without its instance it is another VM";
}

TEST(Pvmfw, ADebuggableRamdiskShowsInModeAndSecrets) {
  Situation s;
  trust::Defences defences;
  auto normal = s.start(defences);
  s.ramdisk = s.debug_ramdisk;
  auto debug = s.start(defences);
  ASSERT_TRUE(debug);
  EXPECT_EQ(debug->mode, pkvmproto::DiceMode::kDebug);
  EXPECT_EQ(pkvmproto::decode_chain(debug->handover.chain)->entries[2].mode, pkvmproto::DiceMode::kDebug);
  EXPECT_NE(debug->handover.cdis.seal, normal->handover.cdis.seal);
  s.instance = normal->instance;
  EXPECT_EQ(refusal(s), "pkvm.pvmfw.instance");
}

TEST(Instance, OpensUnderItsSecretAlone) {
  const InstanceRecord record{.salt = {1}, .authority_hash = {2}, .rollback_index = 3, .mode = 1};
  const base::Bytes sealed = seal_instance({9}, record);
  EXPECT_EQ(wire::encode(*open_instance({9}, sealed)), wire::encode(record));
  EXPECT_FALSE(open_instance({8}, sealed));
  for (std::size_t n = 0; n < sealed.size(); ++n) {
    EXPECT_FALSE(open_instance({9}, base::View(sealed).first(n)));
    base::Bytes altered = sealed;
    altered[n] ^= 1;
    EXPECT_FALSE(open_instance({9}, altered)) << n;
  }
}

}  // namespace
}  // namespace pkvm
