#include "scenarios/load/document.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "scenarios/load/expect_error.h"

namespace load {
namespace {

std::string error_in(const std::string& text) {
  return error_of([&] { parse_document(text, "f.yaml"); });
}

TEST(Document, EveryNodeKnowsItsPlace) {
  auto root = parse_document("# c\na: 1\nbé: { c: [ x, \"on\" ] }\n", "f.yaml");
  ASSERT_EQ(root.entries.size(), 2u);
  EXPECT_EQ(root.entries[1].place.pos, (Pos{3, 1}));
  const Node* list = root.find("bé")->find("c");
  ASSERT_EQ(list->items.size(), 2u);
  EXPECT_EQ(list->items[1].text, "on");
  EXPECT_TRUE(list->items[1].quoted);
  // Columns count characters: é is two bytes.
  EXPECT_EQ(list->items[0].place.pos, (Pos{3, 12}));
  EXPECT_EQ(*list->place.file, "f.yaml");
  EXPECT_EQ(root.find("nothing"), nullptr);
}

TEST(Document, FoldedTextIsAText) {
  EXPECT_EQ(parse_document("why: >\n  one\n  two\n", "f").find("why")->text, "one two\n");
}

TEST(Document, WordsThatReadersDisagreeOnAreRefusedUnlessQuoted) {
  for (auto word : {"on", "off", "yes", "no", "On", "NO", "y"}) {
    auto text = std::string("a: 1\nb: ") + word + "\n";
    EXPECT_TRUE(error_in(text).starts_with(std::string("f.yaml:2:4: `") + word + "` means different things"))
        << error_in(text);
    EXPECT_EQ(error_in(std::string("b: '") + word + "'\n"), "");
  }
  EXPECT_TRUE(error_in("on: 1\n").starts_with("f.yaml:1:1: `on` means"));
  EXPECT_TRUE(error_in("a: ~\n").starts_with("f.yaml:1:4: `~` and `null` are no values"));
  EXPECT_TRUE(error_in("a: null\n").starts_with("f.yaml:1:4: `~` and `null` are no values"));
  EXPECT_EQ(error_in("a: [ Null ]\n"),
            "f.yaml:1:6: `~` and `null` are no values here; leave the key out, or put quotes around the word");
}

TEST(Document, AnEmptyValueIsMissing) {
  EXPECT_NE(error_in("a:\nb: 1\n").find("the value is missing"), std::string::npos);
}

TEST(Document, AnchorsAliasesAndTagsAreRefused) {
  EXPECT_EQ(error_in("a: &x 1\n"), "f.yaml:1:4: anchors are not allowed; write the value out");
  EXPECT_EQ(error_in("a: &x [ 1 ]\n"), "f.yaml:1:4: anchors are not allowed; write the value out");
  EXPECT_EQ(error_in("a: &x { b: 1 }\n"), "f.yaml:1:4: anchors are not allowed; write the value out");
  EXPECT_EQ(error_in("a: !!str 1\n"), "f.yaml:1:4: tags are not allowed");
  EXPECT_EQ(error_in("a: ! 1\n"), "f.yaml:1:4: tags are not allowed");
  EXPECT_EQ(error_in("a: !x [ 1 ]\n"), "f.yaml:1:4: tags are not allowed");
  EXPECT_EQ(error_in("a: ! \"1\"\n"), "f.yaml:1:4: tags are not allowed");
  EXPECT_NE(error_in("a: 1\nb: *x\n"), "");
}

TEST(Document, ABombOfAliasesIsRefusedAtItsFirstAnchor) {
  std::string bomb = "a: &a [ x, x, x, x, x, x, x, x, x ]\n";
  for (char c = 'b'; c <= 'i'; ++c) {
    bomb += std::string(1, c) + ": &" + c + " [";
    for (int i = 0; i < 9; ++i) bomb += std::string(i ? ", *" : " *") + static_cast<char>(c - 1);
    bomb += " ]\n";
  }
  EXPECT_EQ(error_in(bomb), "f.yaml:1:4: anchors are not allowed; write the value out");
}

TEST(Document, KeysStandOnceAndAreWords) {
  EXPECT_EQ(error_in("a: 1\nb: 2\na: 3\n"), "f.yaml:3:1: the key `a` stands here twice; first on line 1");
  EXPECT_EQ(error_in("x: { a: 1, 'a': 2 }\n"), "f.yaml:1:12: the key `a` stands here twice; first on line 1");
  EXPECT_EQ(error_in("? [ a ]\n: 1\n"), "f.yaml:1:3: a key must be a word");
  EXPECT_EQ(error_in("? { a: 1 }\n: 1\n"), "f.yaml:1:3: a key must be a word");
}

TEST(Document, OneDocumentAFile) {
  EXPECT_EQ(error_in("a: 1\n---\nb: 2\n"), "f.yaml:1:1: more than one document in the file");
  EXPECT_EQ(error_in(""), "f.yaml:1:1: the file is empty");
  EXPECT_EQ(error_in("# nothing\n"), "f.yaml:1:1: the file is empty");
}

TEST(Document, StrangeCharactersAreRefusedWhereTheyStand) {
  EXPECT_EQ(error_in("a:\n\tb: 1\n"), "f.yaml:2:1: a tab; use spaces");
  EXPECT_EQ(error_in("a: 1\r\n"), "f.yaml:1:5: a carriage return; end lines with a line feed alone");
  EXPECT_EQ(error_in(std::string("a: \0 1\n", 7)), "f.yaml:1:4: a control character");
  EXPECT_EQ(error_in("a: \xff\n"), "f.yaml:1:4: this byte is not UTF-8");
  EXPECT_EQ(error_in("a: \xed\xa0\x80\n"), "f.yaml:1:4: this byte is not UTF-8");
  EXPECT_EQ(error_in("a: \xc0\x80\n"), "f.yaml:1:4: this byte is not UTF-8");
  EXPECT_EQ(error_in("\xef\xbb\xbf"
                     "a: 1\n"),
            "f.yaml:1:1: a byte order mark; remove it");
}

TEST(Document, WhatIsNotYamlIsRefusedWhereItBreaks) {
  EXPECT_TRUE(error_in("a: 1\nb: [ 1, 2\n").starts_with("f.yaml:")) << error_in("a: 1\nb: [ 1, 2\n");
  EXPECT_TRUE(error_in("a: 1\n  b: 2\n").starts_with("f.yaml:2:4: not YAML: ")) << error_in("a: 1\n  b: 2\n");
  EXPECT_TRUE(error_in("a: @b\n").starts_with("f.yaml:1:4: not YAML: ")) << error_in("a: @b\n");
  EXPECT_NE(error_in("%YAML 9.9\n---\na: 1\n"), "");
}

TEST(Document, NestingIsLimited) {
  auto nested = [](std::size_t levels) { return std::string(levels, '[') + "x" + std::string(levels, ']'); };
  EXPECT_EQ(error_in(nested(kNestingMax)), "");
  EXPECT_EQ(error_in(nested(kNestingMax + 1)), "f.yaml:1:25: nested too deeply");
  EXPECT_EQ(error_in(std::string(500'000, '[')), "f.yaml:1:193: nested too deeply");
  EXPECT_EQ(error_in(std::string(500'000, '{')), "f.yaml:1:193: nested too deeply");
  std::string dashes;
  for (int i = 0; i < 100'000; ++i) dashes += "- ";
  EXPECT_NE(error_in(dashes + "x\n").find("nested too deeply"), std::string::npos);
}

TEST(Document, TheNumberOfValuesIsLimited) {
  std::string many;
  for (std::size_t i = 0; i < kNodesMax; ++i) many += "- x\n";
  EXPECT_EQ(error_in(many), "f.yaml:20000:3: more than 20000 values in one file");
}

class DocumentFiles : public ::testing::Test {
 protected:
  std::string path_ = ::testing::TempDir() + "/load_document_test.yaml";
  ~DocumentFiles() override { std::filesystem::remove(path_); }
};

TEST_F(DocumentFiles, AMissingFileAndAFolderAreNamed) {
  EXPECT_EQ(error_of([&] { load_document(path_); }), path_ + ":1:1: there is no such file");
  EXPECT_NE(error_of([&] { load_document("/"); }).find("not a regular file"), std::string::npos);
  EXPECT_NE(error_of([&] { load_document("/dev/zero"); }).find("not a regular file"), std::string::npos);
}

TEST_F(DocumentFiles, AHundredMegabytesAreRefusedBeforeAnythingIsRead) {
  std::ofstream(path_) << "a: 1\n";
  EXPECT_EQ(load_document(path_).find("a")->text, "1");
  std::filesystem::resize_file(path_, 100'000'000);
  EXPECT_EQ(error_of([&] { load_document(path_); }), path_ + ":1:1: larger than 1048576 bytes");
}

TEST(Document, ATextOverTheLimitIsRefusedBeforeItIsParsed) {
  EXPECT_EQ(error_in(std::string(kFileBytesMax + 1, '\t')), "f.yaml:1:1: larger than 1048576 bytes");
}

}  // namespace
}  // namespace load
