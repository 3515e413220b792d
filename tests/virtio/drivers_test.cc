// Drivers against the emulated devices: every shape of ring, every lie that a conformance row is about, and random ones.
#include <gtest/gtest.h>

#include "tests/virtio/test_drivers.h"

namespace virtio_guest {
namespace {

TEST(VirtioDrivers, ADiskGivesBackWhatItWasGivenInEveryShapeOfRing) { EXPECT_EQ(a_disk_gives_back_what_it_was_given_in_every_shape_of_ring(), ""); }
TEST(VirtioDrivers, ACardsFramesComeBack) { EXPECT_EQ(a_cards_frames_come_back(), ""); }
TEST(VirtioDrivers, EntropyAndSocketsPassBytes) { EXPECT_EQ(entropy_and_sockets_pass_bytes(), ""); }
TEST(VirtioDrivers, AListOfCapabilitiesThatComesBackToItselfIsLeft) { EXPECT_EQ(a_list_of_capabilities_that_comes_back_to_itself_is_left(), ""); }
TEST(VirtioDrivers, AValueOfTwoWordsIsReadAgainWhenSomethingChangedAndGivenUpWhenThatNeverEnds) { EXPECT_EQ(a_value_of_two_words_is_read_again_when_something_changed_and_given_up_when_that_never_ends(), ""); }
TEST(VirtioDrivers, ADeviceThatTakesFeaturesOkBackIsLeft) { EXPECT_EQ(a_device_that_takes_features_ok_back_is_left(), ""); }
TEST(VirtioDrivers, NoLieLeadsOutOfTheDriversOwnMemory) { EXPECT_EQ(no_lie_leads_out_of_the_drivers_own_memory(), ""); }
TEST(VirtioDrivers, EachCareIsNamedOnce) { EXPECT_EQ(each_care_is_named_once(), ""); }

}  // namespace
}  // namespace virtio_guest
