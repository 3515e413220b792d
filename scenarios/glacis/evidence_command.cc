// `glacis evidence`: real bytes for whoever writes a verifier.
#include <filesystem>

#include <fmt/format.h>

#include "platform/base/user_error.h"
#include "scenarios/glacis/commands.h"
#include "scenarios/glacis/evidence.h"
#include "scenarios/load/names.h"
#include "scenarios/report/atomic_file.h"

namespace glacis {

namespace {

struct Options {
  EvidenceRequest request;
  std::string out;
};

// What a user can paste: all that decides the bytes, and nothing else.
std::string command_of(const EvidenceRequest& request) {
  std::string out = "glacis evidence --platform " + request.platform;
  if (request.machine != EvidenceRequest{}.machine) out += " --machine " + request.machine;
  for (const auto& edit : request.edits) out += " --edit " + edit;
  if (!request.nonce.empty()) out += " --nonce " + request.nonce;
  if (request.seed != 1) out += fmt::format(" --seed {}", request.seed);
  return out + " --out FOLDER";
}

void evidence(const Session& session, Options options) {
  auto& request = options.request;
  load::Names known(engine::vocabulary().platforms);
  if (!known.has(request.platform))
    throw base::UserError("unknown platform `" + request.platform + "`" + load::advice(request.platform, known));
  std::error_code error;
  if (std::filesystem::exists(options.out, error) && !std::filesystem::is_empty(options.out, error))
    throw base::UserError("--out: `" + options.out + "` is there and not empty; a set wants a folder of its own");
  report::need_folder(options.out);
  request.command = command_of(request);
  const auto set = make_evidence(session.home, request);
  report::OutputFiles files;
  files.folder(options.out);
  const auto add = [&](const std::string& name, base::View bytes) {
    files.add((std::filesystem::path(options.out) / name).string(), bytes);
  };
  for (const auto& [name, bytes] : set.files) add(name, bytes);
  add("README.txt", base::view_of(readme_of(request, set)));
  add("policy.json", base::view_of(policy_of(request, set)));
  const auto policy = verify_policy_of(request, set);
  if (!policy.empty()) add("policy.yaml", base::view_of(policy));
  files.commit();
  for (const auto& edit : set.edits) fmt::print("{}.{}: {} -> {}\n", edit.message, edit.field, edit.from, edit.to);
  fmt::print("{} files in {}: start with README.txt\nthe emulated owner: {}\n", set.files.size() + (policy.empty() ? 2 : 3), options.out,
             set.owner);
}

}  // namespace

void add_evidence(CLI::App& app, Session& session) {
  auto options = std::make_shared<Options>();
  auto* command =
      app.add_subcommand("evidence", "the evidence that a guest sends to its owner, for tests of verifiers");
  command->add_option("--platform", options->request.platform, "whose evidence")->required();
  command->add_option("--out", options->out, "a folder that is new or empty")->required();
  command->add_option("--machine", options->request.machine, "a machine file (default: one VM and its owner)");
  command
      ->add_option("--edit", options->request.edits,
                   "FIELD=VALUE: alter a field before it is signed; a whole number, a text, or bytes in hexadecimal "
                   "(repeatable)")
      ->allow_extra_args(false);
  command->add_option("--nonce", options->request.nonce,
                      "report data in hexadecimal, up to 64 bytes, instead of the owner's challenge");
  command->add_option("--seed", options->request.seed, "of every random stream (default 1)");
  command->callback([&session, options] { evidence(session, *options); });
}

}  // namespace glacis
