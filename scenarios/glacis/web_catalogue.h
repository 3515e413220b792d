#pragma once
// What a page is told when it comes: the files of the catalogue, every word that a file may use with what it means, and the schemas
// that an editor completes from.
#include <set>
#include <string>

#include "scenarios/glacis/home.h"

namespace glacis {

struct WebCatalogue {
  std::string welcome;          // JSON
  std::set<std::string> files;  // by their names from the top, what a page may open
};

WebCatalogue web_catalogue(const Home& home);

}  // namespace glacis
