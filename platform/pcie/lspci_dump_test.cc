#include "platform/pcie/lspci_dump.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "platform/pcie/test_config.h"

namespace pcie {
namespace {

TEST(LspciDump, HasTheFormOfAHexDump) {
  ConfigSpace config;
  build_endpoint(config);
  std::istringstream dump(lspci_dump(tlp::requester_id(1, 0, 0), config));
  std::string line;
  std::getline(dump, line);
  EXPECT_EQ(line, "01:00.0 Class 1200: Device 1b36:0100");
  std::getline(dump, line);
  EXPECT_EQ(line, "00: 36 1b 00 01 00 00 10 00 01 00 00 12 00 00 00 00");
  unsigned lines = 1;
  while (std::getline(dump, line) && !line.empty()) ++lines;
  EXPECT_EQ(lines, 256u);
}

// What pciutils makes of a dump, and what it complains of; empty when it is not installed.
std::string lspci(const std::string& dump) {
  const char* folder = std::getenv("TEST_TMPDIR");
  const std::string path = std::string(folder ? folder : testing::TempDir()) + "/dump.txt";
  std::ofstream(path) << dump;
  std::FILE* pipe = popen(("lspci -F " + path + " -nvvv 2>" + path + ".complaints").c_str(), "r");
  if (!pipe) return {};
  std::string out;
  for (int c; (c = std::fgetc(pipe)) != EOF;) out += static_cast<char>(c);
  if (pclose(pipe) != 0) return {};
  std::ifstream complaints(path + ".complaints");
  for (std::string line; std::getline(complaints, line);)
    EXPECT_NE(line.find("libkmod"), std::string::npos) << line;  // says that no kernel modules are there to name
  return out;
}

TEST(LspciDump, IsDecodedByPciutils) {
  ConfigSpace endpoint, port;
  build_endpoint(endpoint);
  build_root_port(port);
  endpoint.write(kBar0 + 4, 4, 4);
  endpoint.write(kCommand, 2, kCommandMemory | kCommandMaster);
  port.write(kPrimaryBus, 4, 0x00010100);
  const std::string out =
      lspci(lspci_dump(tlp::requester_id(0, 1, 0), port) + lspci_dump(tlp::requester_id(1, 0, 0), endpoint));
  if (out.empty()) GTEST_SKIP() << "lspci is not installed: the dump was not decoded by anyone else";
  for (auto expected : {"01:00.0 1200: 1b36:0100 (rev 01)", "Express (v2) Endpoint", "Express (v2) Root Port",
                        "MSI-X: Enable- Count=4", "FLReset+", "Advanced Error Reporting", "Access Control Services",
                        "Downstream Port Containment", "Address Translation Service",
                        "Data Object Exchange", "Bus: primary=00, secondary=01, subordinate=01",
                        "Memory behind bridge: fff00000-000fffff [disabled]"})
    EXPECT_NE(out.find(expected), std::string::npos) << expected << "\n" << out;
  for (auto complaint : {"<chain broken>", "<chain looped>", "Unknown header", "<access denied>", "parse error",
                         "(rev ff)"})
    EXPECT_EQ(out.find(complaint), std::string::npos) << complaint << "\n" << out;
}

}  // namespace
}  // namespace pcie
