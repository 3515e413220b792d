#pragma once
// Drivers against the emulated devices, a case each: what does not hold, or nothing.
#include <string>

namespace virtio_guest {

std::string a_disk_gives_back_what_it_was_given_in_every_shape_of_ring();
std::string a_cards_frames_come_back();
std::string entropy_and_sockets_pass_bytes();
std::string a_list_of_capabilities_that_comes_back_to_itself_is_left();
std::string a_value_of_two_words_is_read_again_when_something_changed_and_given_up_when_that_never_ends();
std::string a_device_that_takes_features_ok_back_is_left();
std::string no_lie_leads_out_of_the_drivers_own_memory();
std::string each_care_is_named_once();

}  // namespace virtio_guest
