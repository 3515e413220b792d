#include "guest/host_words/test_machine.h"

#include <algorithm>
#include <cstring>

#include "guest/host_words/acpi.h"
#include "guest/host_words/boot.h"

namespace host_words::test {

struct TestMachine::State {
  static TestMachine& of(void* self) { return *static_cast<TestMachine*>(self); }
  static bool inside(const TestMachine& machine, std::uint64_t gpa, std::uint64_t bytes) {
    return gpa <= machine.memory.size() && bytes <= machine.memory.size() - gpa;
  }

  explicit State(TestMachine& machine) {
    calls.self = &machine;
    calls.host_data = [](void* self, const char* name, void* out, std::uint64_t* bytes) {
      const auto word = of(self).words.find(name);
      if (word == of(self).words.end()) return static_cast<int>(GLACIS_NO_SUCH);
      if (*bytes < word->second.size()) return *bytes = word->second.size(), static_cast<int>(GLACIS_TOO_SMALL);
      *bytes = word->second.size();
      std::ranges::copy(word->second, static_cast<std::uint8_t*>(out));  // a word may be empty
      return static_cast<int>(GLACIS_OK);
    };
    calls.defend = [](void* self, const char* defence, int holds) {
      if (holds != 0 || of(self).lifted.contains(defence)) return 1;
      of(self).refused.push_back(defence);
      return 0;
    };
    calls.read = [](void* self, std::uint64_t gpa, void* out, std::uint64_t bytes) {
      if (!inside(of(self), gpa, bytes)) return static_cast<int>(GLACIS_BAD_ARGUMENT);
      std::memcpy(out, of(self).memory.data() + gpa, bytes);
      return static_cast<int>(GLACIS_OK);
    };
    calls.write = [](void* self, std::uint64_t gpa, const void* in, std::uint64_t bytes) {
      if (!inside(of(self), gpa, bytes)) return static_cast<int>(GLACIS_BAD_ARGUMENT);
      std::memcpy(of(self).memory.data() + gpa, in, bytes);
      return static_cast<int>(GLACIS_OK);
    };
    calls.convert = [](void* self, std::uint64_t gpa, std::uint64_t, int attribute) {
      if (attribute == GLACIS_SHARED) of(self).shared.insert(gpa);
      return static_cast<int>(GLACIS_OK);
    };
    calls.log = [](void*, const char*) {};
  }
  glacis_guest calls{};
  abi::Guest guest{calls};
};

TestMachine::TestMachine() : state_(std::make_unique<State>(*this)) {}
TestMachine::~TestMachine() = default;

bool TestMachine::install(std::uint64_t room) { return Tables(state_->guest, room).install(); }
bool TestMachine::map_memory(std::uint64_t vault) { return host_words::map_memory(state_->guest, vault); }
std::optional<std::string> TestMachine::init_of() { return host_words::init_of(state_->guest); }
bool TestMachine::take_config(const std::string& name, std::uint64_t room) { return host_words::take_config(state_->guest, name, room); }
bool TestMachine::runs_rom(const std::string& device) { return host_words::runs_rom(state_->guest, device); }

}  // namespace host_words::test
