#pragma once
// The words that the tests of this folder know: enough for the two scenarios of the design notes.
#include "scenarios/load/vocabulary.h"

namespace load {

inline Vocabulary test_vocabulary() {
  Vocabulary v;
  v.platforms = {"none", "sev", "sev-es", "snp", "tdx", "cca", "pkvm", "cove"};
  v.positions = {"vmm", "link-tap", "dram-bus"};
  v.boundaries = {"doe * -> *", "*.mapping"};
  v.objects = {"secured-spdm", "spdm"};
  v.calls = {"SNP_LAUNCH_UPDATE"};
  v.fields = {"doe.length"};
  v.moments = {"*.lock", "*.stored"};
  v.verbs = {
      {"flip", {"", ValueKind::kWord, {"tdisp.*"}, true}, {{"bit", ValueKind::kCount, {}, true}}},
      {"swap", {"", ValueKind::kWords, {"*.page.*"}, true}, {}},
      {"delay", {"", ValueKind::kTime, {}, true}, {}},
      {"truncate", {"", ValueKind::kSize, {}, true}, {}},
      {"drop", {"", ValueKind::kWord, Names::anything(), false}, {}},
  };
  v.programs = {"assign-and-use", "keep-two-pages", "attest", "idle"};
  v.defences = {"spdm.record.tag", "guest.report.no-fw-update", "rmp.gpa", "sept.owner", "gpt.owner", "stage2.owner"};
  v.liftable = {"spdm.record.tag", "guest.report.no-fw-update", "rmp.gpa", "sept.owner", "gpt.owner"};  // the last is a conformance row
  v.promises = {"confidentiality", "integrity", "freshness", "authenticity", "isolation", "authority"};
  v.outcomes = {"broken", "inert", "blocked", "detected", "stopped", "held"};
  v.places = {"gpu*", "vm*", "cpu*", "tsm*"};
  v.resets = {"vm*", "gpu*"};
  v.states = {"CONFIG_UNLOCKED", "RUN", "assignment-failed", "assignment-done"};
  v.assumptions = {"address of *", "moment *"};
  v.weather = {"slow-doe", "reordered-completions"};
  v.threats = {"device-message-tamper"};
  v.catalogue = {"mem-severed-remap", "mem-coldboot"};
  v.settings = {{"cpu*.ciphertext-hiding", ValueKind::kWord, {"enabled", "disabled"}},
                {"gpu*.memory", ValueKind::kSize, {}}};
  return v;
}

inline MachineVocabulary test_machine_vocabulary() {
  MachineVocabulary v;
  v.platforms = {"snp", "tdx"};
  v.kinds = {
      {"cpu",
       {{"ciphertext-hiding", ValueKind::kWord, {"enabled", "disabled"}, false},
        {"cores", ValueKind::kCount, {}, false}},
       false},
      {"root-port", {{"ide", ValueKind::kFlag, {}, false}}, false},
      {"accelerator",
       {{"memory", ValueKind::kSize, {}, true},
        {"latency", ValueKind::kTime, {}, false},
        {"faults", ValueKind::kWords, {"late", "short"}, false}},
       true},
  };
  return v;
}

}  // namespace load
