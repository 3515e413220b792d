#pragma once
// What the matrix page's script is given, in the form that ui/src/matrix_data.ts describes.
#include <boost/json/object.hpp>

#include "scenarios/web/matrix_contents.h"

namespace web {

boost::json::object matrix_object(const MatrixContents& contents);

}  // namespace web
