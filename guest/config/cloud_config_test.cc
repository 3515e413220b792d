#include "guest/config/cloud_config.h"

#include <gtest/gtest.h>

namespace config {
namespace {

constexpr std::string_view kText = "#cloud-config\nssh_authorized_keys:\n  - ssh-ed25519 AAAA a@b\n  - ssh-ed25519 BBBB c@d\n";

TEST(CloudConfig, TellsWhoMayLogIn) {
  const auto got = cloud_config_of(kText);
  ASSERT_TRUE(got);
  EXPECT_EQ(got->ssh_authorized_keys, (std::vector<std::string>{"ssh-ed25519 AAAA a@b", "ssh-ed25519 BBBB c@d"}));
}

TEST(CloudConfig, RefusesWhatItWouldHaveToRunOrGuess) {
  for (const char* text : {"", "cloud-config\n", "#cloud-config\nruncmd:\n  - reboot\n", "#cloud-config\n  - key\n", "#!/bin/sh\n",
                           "#cloud-config\nssh_authorized_keys:\nssh_authorized_keys:\n", "#cloud-config\nssh_authorized_keys:\n  - \n",
                           "#cloud-config\nssh_authorized_keys:\n  - a\tb\n", "#cloud-config"})
    EXPECT_FALSE(cloud_config_of(text)) << text;
  std::string many = "#cloud-config\nssh_authorized_keys:\n";
  for (std::size_t i = 0; i <= kKeysMax; ++i) many += "  - key\n";
  EXPECT_FALSE(cloud_config_of(many));
  EXPECT_FALSE(cloud_config_of(std::string(kConfigMax + 1, '\n')));
}

TEST(CloudConfig, TakesATextThatIsCutForNoneUnlessALineEndsThere) {
  for (std::size_t size = 0; size < kText.size(); ++size)
    EXPECT_EQ(cloud_config_of(kText.substr(0, size)).has_value(), size > 0 && kText[size - 1] == '\n') << size;
}

}  // namespace
}  // namespace config
