#include "scenarios/web/page.h"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "platform/base/check.h"
#include "platform/crypto/hash.h"
#include "scenarios/web/base64.h"

namespace web {

namespace {

// As a Content-Security-Policy names an inline script.
std::string hash_of(std::string_view script) {
  return "'sha256-" + to_base64(crypto::sha256(base::view_of(script))) + "'";
}

// JSON that no HTML parser takes for the end of its element, or for a comment.
std::string harmless(std::string text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text)
    if (c == '<') out += "\\u003c";
    else out += c;
  return out;
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  return out;
}

std::string page(std::string_view kind, std::string_view title, std::string_view body, const boost::json::value& data) {
  const auto script = asset(std::string(kind) + ".js"), style = asset("page.css");
  base::check(!script.empty() && !style.empty(), "each kind of page has its script and its style");
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; "
      "style-src 'unsafe-inline'; script-src {}\">\n"
      "{}<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>{}</title>\n<style>\n{}</style>\n</head>\n<body>\n<div id=\"app\"></div>\n{}"
      "<script type=\"application/json\" id=\"glacis-data\">{}</script>\n<script>{}</script>\n</body>\n</html>\n",
      hash_of(script), kPageMark, escaped(title), style, body, harmless(boost::json::serialize(data)), script);
}

}  // namespace web
