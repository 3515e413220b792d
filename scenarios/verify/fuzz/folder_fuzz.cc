// Whatever lies in a folder of evidence and in the policy beside it, `glacis verify` accepts it, refuses it by a row with a name, or says in
// one line what is wrong with a file. An input is a row of files: a name's number, a size in two bytes, bytes. A file named twice is the
// later one.
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>

#include <unistd.h>

#include "platform/base/check.h"
#include "platform/base/user_error.h"
#include "scenarios/verify/evidence_files.h"
#include "scenarios/verify/policy.h"
#include "tests/fuzz/target.h"

namespace {

namespace fs = std::filesystem;

// What `glacis evidence` writes and `glacis verify` reads (evidence_files.h), and the files that its policies name.
constexpr std::array<std::string_view, 26> kNames = {
    "policy.yaml", "report.bin", "quote.bin", "token.cbor", "evidence.cbor", "vcek.pem", "vcek.der", "vlek.pem", "vlek.der", "ask.pem", "ask.der", "asvk.pem", "ark.pem",
    "crl.der", "certificates.bin", "collateral.bin", "collateral.json", "ccel.bin", "endorsement.cbor", "dice-chain.cbor", "rot.pem", "rot.der", "event-log.cbor",
    "root.pem", "vendor-key.pem", "root-key.pem"};

// This process's folder, gone when it ends.
class Folder {
 public:
  Folder() {
    const char* of_test = std::getenv("TEST_TMPDIR");
    path_ = (of_test ? fs::path(of_test) : fs::temp_directory_path()) / ("folder_fuzz." + std::to_string(::getpid()));
    fs::create_directories(path_);
  }
  ~Folder() {
    std::error_code error;
    fs::remove_all(path_, error);
  }
  const fs::path& path() const { return path_; }
  void fill(const std::map<std::string, base::View>& files) {
    for (const auto& name : kNames) fs::remove(path_ / name);
    for (const auto& [name, bytes] : files)
      std::ofstream(path_ / name, std::ios::binary).write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  }

 private:
  fs::path path_;
};

void verify_folder(base::View in) {
  static Folder folder;
  std::map<std::string, base::View> files;
  while (in.size() >= 3) {
    const std::size_t size = std::min<std::size_t>(base::load_le<std::uint16_t>(in, 1), in.size() - 3);
    files[std::string(kNames[in[0] % kNames.size()])] = in.subspan(3, size);
    in = in.subspan(3 + size);
  }
  folder.fill(files);
  try {
    const auto policy = verify::load_policy((folder.path() / "policy.yaml").string());
    const auto evidence = verify::read_evidence(folder.path().string(), policy.technology);
    trust::Defences defences;
    const auto judged = policy.appraiser(defences).appraise(evidence, policy.report_data, policy.at);
    base::check(judged || (!judged.refusal().by->id.empty() && !judged.refusal().by->promise.empty()), "a refusal has a row");
  } catch (const base::UserError& error) {
    const std::string_view said = error.what();
    base::check(said.find(folder.path().string()) != said.npos, "what is wrong names the file");
    base::check(said.find('\n') == said.npos, "what is wrong is one line");
  }
}

base::Bytes seed() {
  constexpr std::string_view kPolicy = "at: 2026-01-15T00:00:00Z\nreport-data: \"00\"\nsnp: { roots: { milan: ark.pem }, measurements: [] }\n";
  base::Bytes out{0};
  base::append_le(out, static_cast<std::uint16_t>(kPolicy.size()));
  base::append(out, base::view_of(kPolicy));
  return out;
}

}  // namespace

SLOW_FUZZ_TARGET(verify_folder, seed())
