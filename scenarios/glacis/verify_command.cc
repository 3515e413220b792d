// `glacis verify`: our relying party on evidence from outside.
#include <fmt/format.h>

#include "platform/trust/defence.h"
#include "scenarios/glacis/commands.h"
#include "scenarios/verify/evidence_files.h"
#include "scenarios/verify/policy.h"

namespace glacis {

namespace {

struct Options {
  std::string file, policy;
};

void verify_evidence(Session& session, const Options& options) {
  const auto policy = verify::load_policy(options.policy);
  const auto evidence = verify::read_evidence(options.file, policy.technology);
  trust::Defences defences;
  const auto judged = policy.appraiser(defences).appraise(evidence, policy.report_data, policy.at);
  fmt::print("{} evidence `{}` under `{}`{}\n", policy.technology, options.file, options.policy,
             policy.title.empty() ? "" : " (" + policy.title + ")");
  if (judged) return fmt::print("accepted\n");
  const auto& row = *judged.refusal().by;
  fmt::print("refused by {}: {} [{}]\n", row.id, row.promise, row.clause);
  session.exit_code = kDiffers;
}

}  // namespace

void add_verify(CLI::App& app, Session& session) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand("verify", "judges evidence from outside by a policy: accepted (0), or refused by which row (1)");
  command->add_option("FILE", options->file, "a folder as `glacis evidence` writes it, or a report, quote or token with its parts beside it")->required();
  command->add_option("--policy", options->policy, "a policy file (`glacis schema policy`)")->required();
  command->callback([&session, options] { verify_evidence(session, *options); });
}

}  // namespace glacis
