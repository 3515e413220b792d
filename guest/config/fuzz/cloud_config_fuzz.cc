// Any bytes are a configuration or none, and its keys are lines of the text.
#include "guest/config/cloud_config.h"
#include "platform/base/check.h"
#include "tests/fuzz/target.h"

FUZZ_TARGET(
    [](base::View in) {
      const std::string text = base::text_of(in);
      const auto read = config::cloud_config_of(text);
      if (!read) return;
      base::check(read->ssh_authorized_keys.size() <= config::kKeysMax, "there are no more keys than a guest takes");
      for (const auto& key : read->ssh_authorized_keys) base::check(text.find("  - " + key + "\n") != std::string::npos, "a key is a line");
    },
    base::bytes_of("#cloud-config\nssh_authorized_keys:\n  - ssh-ed25519 AAAA a@b\n"))
