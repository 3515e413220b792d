"""Writes a C++ source that holds files as bytes: embed.py OUT FILE..."""
import os
import sys

out, files = sys.argv[1], sorted(sys.argv[2:], key=os.path.basename)
with open(out, "w", encoding="ascii") as text:
    text.write('#include "scenarios/web/page.h"\n\nnamespace web {\n\nnamespace {\n\n')
    for i, name in enumerate(files):
        with open(name, "rb") as file:
            data = file.read()
        text.write(f"constexpr unsigned char kFile{i}[] = {{\n")
        for at in range(0, len(data), 32):
            text.write(",".join(str(b) for b in data[at:at + 32]) + ",\n")
        text.write("0};\n")
    text.write("\n}  // namespace\n\nstd::string_view asset(std::string_view name) {\n")
    for i, name in enumerate(files):
        text.write(f'  if (name == "{os.path.basename(name)}") return {{reinterpret_cast<const char*>(kFile{i}), sizeof kFile{i} - 1}};\n')
    text.write("  return {};\n}\n\n}  // namespace web\n")
