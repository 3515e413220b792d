#pragma once
// What a scenario says must come of the attack: rows of expect, without and with, and the retry afterwards; and the
// small readers that the other loaders share.
#include <map>
#include <string>
#include <vector>

#include "scenarios/load/scenario.h"
#include "scenarios/load/vocabulary.h"

namespace load {

enum class RowKind { kExpect, kWithout, kWith };

std::vector<Row> read_rows(const Node& list, RowKind kind, const Vocabulary& vocabulary, const Names& platforms);
Afterwards read_afterwards(const Node& node, const Vocabulary& vocabulary);

// `part.setting: value`, each checked against the vocabulary's settings.
std::map<std::string, Text> read_settings(const Node& node, const Vocabulary& vocabulary);

Text read_text_of(const Node& node, std::string_view key);
Text read_known(const Node& node, std::string_view key, std::string_view noun, const Names& names);
std::vector<Text> read_all_known(const Node& node, std::string_view key, std::string_view noun, const Names& names);

}  // namespace load
