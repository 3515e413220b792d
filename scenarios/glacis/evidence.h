#pragma once
// The evidence that an emulated guest sends to its owner, for tests of verifiers: made by a run of the whole platform,
// with any field altered before it is signed. Its roots are the emulator's own, and every set says so.
#include <map>
#include <string>
#include <vector>

#include "scenarios/glacis/home.h"

namespace glacis {

struct EvidenceRequest {
  std::string platform;
  std::string machine = "machines/bare-vm.yaml";
  std::vector<std::string> edits;  // "FIELD=VALUE", or "MESSAGE.FIELD=VALUE"
  std::string nonce;               // hexadecimal, at most 64 bytes; empty: the owner's own challenge is answered
  std::uint64_t seed = 1;
  std::string command;  // as the user gave it, for the README
};

// A field of what was signed: its value before and after.
struct EvidenceEdit {
  std::string message, field, from, to;
};

struct EvidenceSet {
  std::map<std::string, base::Bytes> files;  // by name
  std::vector<EvidenceEdit> edits;
  std::vector<engine::SignedMessage> honest;  // what was signed before any edit
  std::string owner;  // what the emulator's own owner said: "accepted", or who refused it and why
  base::Bytes report_data;
};

// Throws base::UserError for a field or value that cannot be, and where a guest on that platform has no evidence.
EvidenceSet make_evidence(const Home& home, const EvidenceRequest& request);

// README.txt and policy.json, which go along with the files.
std::string readme_of(const EvidenceRequest& request, const EvidenceSet& set);
std::string policy_of(const EvidenceRequest& request, const EvidenceSet& set);
// policy.yaml for `glacis verify`: of an owner who expects what honest evidence says. Empty where there is none to verify so.
std::string verify_policy_of(const EvidenceRequest& request, const EvidenceSet& set);

// A field's value as people write it: a whole number, a text, or bytes in hexadecimal.
std::string value_text(const wire::Schema& schema, base::View message, const wire::FieldSpan& field);

}  // namespace glacis
