#pragma once
// Reports are written as all files are.
#include "platform/files/whole_file.h"

namespace report {

using files::need_folder;
using files::need_place;
using files::OutputFiles;
using files::write_file;
using files::write_new_file;

}  // namespace report
