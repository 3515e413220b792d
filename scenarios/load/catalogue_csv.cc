#include "scenarios/load/catalogue_csv.h"

#include <algorithm>

#include "platform/base/utf8.h"
#include "scenarios/load/document.h"

namespace load {

namespace {

struct Field {
  std::string text;
  Pos pos;
};
using Record = std::vector<Field>;

// RFC 4180: fields between commas, records between line ends; a quoted field may hold all of these, a quote doubled.
class Reader {
 public:
  Reader(std::string_view text, const std::string& file) : text_(text), file_(file) {}

  std::vector<Record> records() {
    std::vector<Record> out;
    while (at_ < text_.size()) out.push_back(record());
    return out;
  }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool ends_line() const { return at_ >= text_.size() || peek() == '\n' || text_.substr(at_, 2) == "\r\n"; }

  char next() {
    char c = text_[at_++];
    if (c == '\n') {
      ++pos_.line;
      pos_.column = 1;
    } else if (!base::continues_character(c)) {
      ++pos_.column;
    }
    return c;
  }

  Record record() {
    Record out;
    while (true) {
      out.push_back(peek() == '"' ? quoted() : bare());
      if (ends_line()) break;
      if (peek() != ',') fail(file_, pos_, "a comma or the end of the line must follow the closing quote");
      next();
    }
    while (at_ < text_.size() && next() != '\n') {
    }
    return out;
  }

  Field bare() {
    Field out{"", pos_};
    while (!ends_line() && peek() != ',') {
      if (peek() == '"') fail(file_, pos_, "a quote inside a field that does not start with one");
      if (peek() == '\r') fail(file_, pos_, "a carriage return outside quotes");
      out.text.push_back(next());
    }
    return out;
  }

  Field quoted() {
    Field out{"", pos_};
    next();
    while (true) {
      if (at_ >= text_.size()) fail(file_, out.pos, "this quote is not closed");
      char c = next();
      if (c != '"') {
        out.text.push_back(c);
      } else if (peek() == '"') {
        out.text.push_back(next());
      } else {
        return out;
      }
    }
  }

  std::string_view text_;
  const std::string& file_;
  std::size_t at_ = 0;
  Pos pos_{1, 1};
};

std::vector<std::string> split(std::string_view text, char by) {
  std::vector<std::string> out(1);
  for (char c : text) {
    if (c == by)
      out.emplace_back();
    else
      out.back().push_back(c);
  }
  return out;
}

// The catalogue's column names, in the order of kCataloguePlatforms.
constexpr std::array<std::string_view, 8> kColumns = {"none", "SEV", "SEV-ES", "SEV-SNP", "TDX", "CCA", "pKVM", "CoVE"};

std::string_view platform_of(std::string_view column) {
  auto found = std::find(kColumns.begin(), kColumns.end(), column);
  return found == kColumns.end() ? "" : kCataloguePlatforms[static_cast<std::size_t>(found - kColumns.begin())];
}

class Table {
 public:
  Table(std::vector<Record> records, const std::string& file) : records_(std::move(records)), file_(file) {
    if (records_.empty()) fail(file_, {1, 1}, "the catalogue is empty");
    static constexpr std::string_view kOthers[] = {"id",
                                                   "group",
                                                   "name",
                                                   "source",
                                                   "adversary",
                                                   "steps",
                                                   "violates",
                                                   "mechanism",
                                                   "verified_platforms",
                                                   "platform_independent",
                                                   "why",
                                                   "evidence"};
    Names known;
    for (auto name : kOthers) known.patterns.emplace_back(name);
    for (auto name : kColumns) known.patterns.emplace_back(name);
    for (std::size_t i = 0; i < records_[0].size(); ++i) {
      const auto& head = records_[0][i];
      need_known({std::make_shared<const std::string>(file_), head.pos}, "column", head.text, known);
      if (!columns_.emplace(head.text, i).second)
        fail(file_, head.pos, "the column `" + head.text + "` stands here twice");
    }
    for (const auto& name : known.patterns)
      if (!columns_.contains(name)) fail(file_, {1, 1}, "the column `" + name + "` is missing");
  }

  std::vector<CatalogueRow> rows() const {
    std::vector<CatalogueRow> out;
    std::set<std::string> ids;
    for (std::size_t i = 1; i < records_.size(); ++i) {
      if (records_[i].size() != records_[0].size())
        fail(file_, records_[i][0].pos,
             "a row of " + std::to_string(records_[i].size()) + " fields; the header has " +
                 std::to_string(records_[0].size()));
      out.push_back(row(records_[i]));
      if (!ids.insert(out.back().id).second)
        fail(file_, records_[i][0].pos, "the id `" + out.back().id + "` stands here twice");
    }
    return out;
  }

 private:
  const Field& field(const Record& record, std::string_view column) const {
    return record[columns_.find(column)->second];
  }

  CatalogueRow row(const Record& record) const {
    auto text = [&](std::string_view column) { return field(record, column).text; };
    CatalogueRow out{text("id"),
                     text("group"),
                     text("name"),
                     text("source"),
                     text("adversary"),
                     text("steps"),
                     {},
                     text("mechanism"),
                     {},
                     {},
                     false,
                     text("why"),
                     text("evidence"),
                     record[0].pos.line};
    if (!out.id.starts_with(out.group + "-") || out.group.empty())
      fail(file_, record[0].pos, "the id `" + out.id + "` does not start with its group `" + out.group + "-`");
    if (text("violates") != "-") out.violates = split(text("violates"), '+');
    for (auto column : kColumns) {
      const auto& at = field(record, column);
      auto cell = parse_cell(at.text);
      if (!cell) fail(file_, at.pos, "`" + at.text + "` is no cell; write S, B, D, X or N, or S>B:knob");
      out.cells[std::string(platform_of(column))] = *cell;
    }
    const auto& verified = field(record, "verified_platforms");
    if (!verified.text.empty())
      for (const auto& name : split(verified.text, ' ')) {
        auto platform = platform_of(name);
        if (platform.empty())
          fail(file_, verified.pos,
               "unknown platform `" + name + "`" +
                   advice(name, Names(std::vector<std::string>(kColumns.begin(), kColumns.end()))));
        out.verified.emplace(platform);
      }
    const auto& independent = field(record, "platform_independent");
    if (independent.text != "0" && independent.text != "1")
      fail(file_, independent.pos, "`" + independent.text + "` is neither 0 nor 1");
    out.platform_independent = independent.text == "1";
    return out;
  }

  std::vector<Record> records_;
  const std::string& file_;
  std::map<std::string, std::size_t, std::less<>> columns_;
};

bool is_letter(char c) { return std::string_view("SBDXN").find(c) != std::string_view::npos; }

}  // namespace

std::optional<Cell> parse_cell(std::string_view text) {
  if (text.empty() || !is_letter(text[0])) return std::nullopt;
  Cell out;
  out.baseline = text[0];
  if (text.size() == 1) return out;
  if (text.size() < 5 || text[1] != '>' || !is_letter(text[2]) || text[2] == text[0] || text[3] != ':')
    return std::nullopt;
  out.toggled = text[2];
  out.knobs = split(text.substr(4), '|');
  auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.'; };
  for (const auto& knob : out.knobs)
    if (knob.empty() || !std::all_of(knob.begin(), knob.end(), plain)) return std::nullopt;
  return out;
}

std::string_view outcome_of(char letter) {
  switch (letter) {
    case 'S':
      return "broken";
    case 'B':
      return "blocked";
    case 'D':
      return "detected";
    case 'X':
      return "stopped";
    default:
      return "n/a";
  }
}

std::vector<CatalogueRow> parse_catalogue(std::string_view text, const std::string& file) {
  return Table(Reader(text, file).records(), file).rows();
}

std::vector<CatalogueRow> load_catalogue(const std::string& path) { return parse_catalogue(read_text(path), path); }

}  // namespace load
