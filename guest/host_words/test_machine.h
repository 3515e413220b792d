#pragma once
// A guest whose host says what a test wants, for tests of what its kernel makes of it. The guest ABI's own header stays out of sight: its
// namespace is one that gtest wants for itself.
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "platform/base/bytes.h"

namespace host_words::test {

class TestMachine {
 public:
  TestMachine();
  ~TestMachine();
  TestMachine(const TestMachine&) = delete;
  TestMachine& operator=(const TestMachine&) = delete;

  std::map<std::string, base::Bytes> words;  // what the host says, by name
  std::set<std::string> lifted;
  std::vector<std::string> refused;          // rows that spoke
  base::Bytes memory = base::Bytes(0x1'0000);  // all of it the guest's
  std::set<std::uint64_t> shared;            // pages given to the host

  bool install(std::uint64_t room);
  bool map_memory(std::uint64_t vault);
  std::optional<std::string> init_of();
  bool take_config(const std::string& name, std::uint64_t room);
  bool runs_rom(const std::string& device);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace host_words::test
