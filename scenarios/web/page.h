#pragma once
// Pages that need nothing but themselves: one HTML file with its style, its script and its data inside. Without a script the
// verdict and the play are readable all the same. Whatever a file or a guest said stays text: it is escaped where it stands in
// HTML, and the page's policy lets no other script run than its own.
#include <string>
#include <string_view>

#include <boost/json/value.hpp>

namespace web {

// `kind` is the name of a script of ui/built: "run", "matrix". `body` is HTML, what those see who have no script.
std::string page(std::string_view kind, std::string_view title, std::string_view body, const boost::json::value& data);

// Stands near the beginning of every page: by it we know a file as ours.
inline constexpr std::string_view kPageMark = "<meta name=\"generator\" content=\"glacis\">\n";

// & < > " ' as entities.
std::string escaped(std::string_view text);

// A file of ui/built as it was when the program was built; empty: there is none of that name.
std::string_view asset(std::string_view name);

}  // namespace web
