// Layouts against the numbers of the specification (virtio 1.2, 2.7, 2.8, 4.1.4, 5) and the arithmetic of both rings.
#include <gtest/gtest.h>

#include "platform/base/bytes.h"
#include "platform/protocol/virtio/crossings.h"
#include "platform/protocol/virtio/devices.h"
#include "platform/protocol/virtio/pci.h"
#include "platform/protocol/virtio/ring.h"
#include "platform/protocol/virtio/schemas.h"

namespace virtio {
namespace {

template <class M>
std::size_t at(const char* field) {
  const auto span = wire::field_span<M>(field);
  return span ? span->offset : ~std::size_t{0};
}

TEST(Virtio, RegistersLieWhereTheCommonStructurePutsThem) {
  EXPECT_EQ(wire::min_size<CommonConfig>(), kCommonSize);
  EXPECT_EQ(at<CommonConfig>("device_feature_select"), kDeviceFeatureSelect);
  EXPECT_EQ(at<CommonConfig>("device_feature"), kDeviceFeature);
  EXPECT_EQ(at<CommonConfig>("driver_feature_select"), kDriverFeatureSelect);
  EXPECT_EQ(at<CommonConfig>("driver_feature"), kDriverFeature);
  EXPECT_EQ(at<CommonConfig>("config_msix_vector"), kConfigMsixVector);
  EXPECT_EQ(at<CommonConfig>("num_queues"), kNumQueues);
  EXPECT_EQ(at<CommonConfig>("device_status"), kDeviceStatus);
  EXPECT_EQ(at<CommonConfig>("config_generation"), kConfigGeneration);
  EXPECT_EQ(at<CommonConfig>("queue_select"), kQueueSelect);
  EXPECT_EQ(at<CommonConfig>("queue_size"), kQueueSize);
  EXPECT_EQ(at<CommonConfig>("queue_msix_vector"), kQueueMsixVector);
  EXPECT_EQ(at<CommonConfig>("queue_enable"), kQueueEnable);
  EXPECT_EQ(at<CommonConfig>("queue_notify_off"), kQueueNotifyOff);
  EXPECT_EQ(at<CommonConfig>("queue_desc"), kQueueDesc);
  EXPECT_EQ(at<CommonConfig>("queue_driver"), kQueueDriver);
  EXPECT_EQ(at<CommonConfig>("queue_device"), kQueueDevice);
  EXPECT_EQ(at<CommonConfig>("queue_notif_config_data"), kQueueNotifConfigData);
  EXPECT_EQ(at<CommonConfig>("queue_reset"), kQueueReset);
}

TEST(Virtio, SizesAreThoseOfTheSpecification) {
  EXPECT_EQ(wire::min_size<Capability>(), 16u);
  EXPECT_EQ(wire::min_size<NotifyCapability>(), 20u);
  EXPECT_EQ(wire::min_size<Descriptor>(), kDescriptorSize);
  EXPECT_EQ(wire::min_size<PackedDescriptor>(), kDescriptorSize);
  EXPECT_EQ(wire::min_size<UsedElement>(), kUsedElementSize);
  EXPECT_EQ(wire::min_size<EventSuppression>(), 4u);
  EXPECT_EQ(wire::min_size<BlkHeader>(), 16u);
  EXPECT_EQ(wire::min_size<NetHeader>(), kNetHeaderSize);
  EXPECT_EQ(wire::min_size<SocketHeader>(), kSocketHeaderSize);
  EXPECT_EQ(at<PackedDescriptor>("len"), kPackedLen);
  EXPECT_EQ(at<PackedDescriptor>("id"), kPackedId);
  EXPECT_EQ(at<PackedDescriptor>("flags"), kPackedFlags);
  EXPECT_EQ(at<BlkConfig>("blk_size"), 20u);
  EXPECT_EQ(at<SocketHeader>("op"), 30u);
}

TEST(Virtio, AFunctionIsNamedByItsTypePlusTheFirstNumber) {
  EXPECT_EQ(id_of(Type::kNet), 0x1041'1af4u);
  EXPECT_EQ(id_of(Type::kBlock), 0x1042'1af4u);
  EXPECT_EQ(id_of(Type::kSocket), 0x1053'1af4u);
}

// 2.7: descriptor table 16 bytes an entry, available ring 6 + 2 an entry, used ring 6 + 8 an entry.
TEST(Virtio, ASplitRingIsAsLongAsItsTableSays) {
  for (unsigned size : {1u, 8u, 256u, kQueueSizeMax}) {
    EXPECT_EQ(available_bytes(size), 6u + 2 * size);
    EXPECT_EQ(used_bytes(size), 6u + 8 * size);
  }
}

// The formula of 2.7.7.2, against counting.
TEST(Virtio, AnEventIsPassedWhenTheIndexGoesByIt) {
  for (unsigned before = 65530; before < 65530 + 12; ++before)
    for (unsigned steps = 1; steps < 8; ++steps)
      for (unsigned event = 65525; event < 65525 + 30; ++event) {
        bool passed = false;
        for (unsigned i = before; i < before + steps; ++i) passed |= static_cast<std::uint16_t>(i) == static_cast<std::uint16_t>(event);
        EXPECT_EQ(passes_event(static_cast<std::uint16_t>(event), static_cast<std::uint16_t>(before + steps), static_cast<std::uint16_t>(before)), passed)
            << before << " + " << steps << " by " << event;
      }
}

TEST(Virtio, TheWrapCounterFlipsAtTheEndOfTheRing) {
  Position at;
  EXPECT_TRUE(at.wrap);
  for (int i = 0; i < 3; ++i) at.advance(2, 7);
  EXPECT_EQ(at, (Position{6, true}));
  at.advance(2, 7);
  EXPECT_EQ(at, (Position{1, false}));
  at.advance(6, 7);
  EXPECT_EQ(at, (Position{0, true}));
  EXPECT_EQ(event_position({5, true}), 0x8005);
}

// 2.8.1: available when AVAIL is the driver's counter and USED is not; used when both are the device's.
TEST(Virtio, TheFlagsSayOneThingToEachCounter) {
  for (bool wrap : {false, true}) {
    EXPECT_TRUE(is_available(available_flags(wrap), wrap));
    EXPECT_FALSE(is_available(available_flags(!wrap), wrap));
    EXPECT_FALSE(is_available(used_flags(wrap), wrap));
    EXPECT_TRUE(is_used(used_flags(wrap), wrap));
    EXPECT_FALSE(is_used(used_flags(!wrap), wrap));
    EXPECT_FALSE(is_used(available_flags(wrap), wrap));
  }
  EXPECT_FALSE(is_used(0, true));  // a ring of zeroes has nothing used in its first round
}

TEST(Virtio, EveryMessageComesBackAndNoTruncationDoes) {
  for (const auto& schema : schemas()) {
    EXPECT_FALSE(schema.check(schema.empty)) << schema.name;
    for (std::size_t size = 0; size < schema.size_min; ++size)
      EXPECT_TRUE(schema.check(base::View(schema.empty).first(size))) << schema.name << " of " << size;
    if (schema.name != "virtio.CONTENT" && schema.name != "virtio.REGISTER_WRITE" && schema.name != "virtio.NET_FRAME" && schema.name != "virtio.SOCKET_PACKET") {
      base::Bytes longer = schema.empty;
      longer.push_back(0);
      EXPECT_TRUE(schema.check(longer)) << schema.name;
    }
  }
  const BlkHeader header{.type = BlkRequest::kOut, .sector = 0x1'0000'0002};
  EXPECT_EQ(base::to_hex(wire::encode(header)), "01000000000000000200000001000000");
  const Descriptor descriptor{.addr = 0x1234, .len = 0x200, .flags = kNext | kWrite, .next = 3};
  EXPECT_EQ(base::to_hex(wire::encode(descriptor)), "34120000000000000002000003000300");
}

}  // namespace
}  // namespace virtio
