// What a device, its firmware and a protected VM sign, read by programs that nobody here wrote: Python's cbor2 and the
// openssl command.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "tests/evidence/pkvm/situation.h"

namespace pkvm_evidence {
namespace {

std::string folder() {
  const char* own = std::getenv("TEST_TMPDIR");
  return own != nullptr ? std::string(own) : testing::TempDir();
}
std::string file(const std::string& name, base::View content) {
  const std::string path = folder() + "/" + name;
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(content.size()));
  return path;
}

// What the program printed, and whether it was content.
std::pair<bool, std::string> read(const Situation& s) {
  const std::string command = "/usr/bin/python3 tests/evidence/pkvm/read_chain.py " + file("chain.cbor", s.chain) +
                              " " + file("evidence.cbor", s.evidence) + " " + folder() + " 2>&1";
  std::FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return {false, ""};
  std::string out;
  char part[4096];
  while (std::size_t size = std::fread(part, 1, sizeof part, pipe)) out.append(part, size);
  return {pclose(pipe) == 0, out};
}

TEST(Outside, ReadsTheChainAndVerifiesEachSignature) {
  const Situation s;
  const auto [good, said] = read(s);
  ASSERT_TRUE(good) << said;
  const auto chain = pkvmproto::decode_chain(s.chain);
  std::string expected;
  for (const auto& entry : chain->entries) {
    const std::uint8_t mode[] = {static_cast<std::uint8_t>(entry.mode)};
    expected += *entry.config.component_name + " " + std::to_string(*entry.config.security_version) + " " +
                base::to_hex(mode) + " " + base::to_hex(entry.code_hash).substr(0, 16) + " " + entry.issuer + " " +
                entry.subject + "\n";
  }
  expected += "challenge " + base::to_hex(s.challenge) + "\n";
  EXPECT_EQ(said, expected);
}

TEST(Outside, TurnsAnAlteredChainDown) {
  Situation s;
  const auto chain = pkvmproto::decode_chain(s.chain);
  std::vector<cose::Sign1> entries;
  for (const auto& entry : chain->entries) entries.push_back(entry.message);
  entries[1].signature[7] ^= 1;
  s.chain = pkvmproto::encode_chain(chain->root_point, entries);
  EXPECT_FALSE(read(s).first);
}

TEST(Outside, TurnsEvidenceOfAnotherKeyDown) {
  Situation s;
  auto message = *cose::decode_sign1(s.evidence);
  message.signature[7] ^= 1;
  s.evidence = cose::encode_sign1(message);
  EXPECT_FALSE(read(s).first);
}

}  // namespace
}  // namespace pkvm_evidence
