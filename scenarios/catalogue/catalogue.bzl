"""The catalogue as Bazel tests: each cell of the matrix a target, and shards of any selection. docs/scale.md tells how they are used."""

PLATFORMS = ["none", "sev", "sev-es", "snp", "tdx", "cca", "pkvm", "cove"]

def _lines_impl(ctx):
    out = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.write(out, "".join([line + "\n" for line in ctx.attr.lines]))
    return [DefaultInfo(files = depset([out]), runfiles = ctx.runfiles([out]))]

_lines = rule(implementation = _lines_impl, attrs = {"lines": attr.string_list()})

def matrix_test(name, files, arguments = [], **more):
    """`glacis matrix` over files, whose JUnit is the test's result. With shard_count, each shard plays its share of the cells.

    Args:
      name: of the test.
      files: scenario files of this package; nothing else of the catalogue is an input.
      arguments: further ones of `glacis matrix`.
      **more: of sh_test.
    """
    native.sh_test(
        name = name,
        srcs = ["matrix_test.sh"],
        args = ["scenarios/catalogue/" + file for file in files] + arguments,
        data = files + [
            "attacks.csv",
            "//scenarios/glacis",
            "//scenarios/machines:files",
            "//tsm/vtpm:process",
        ],
        size = "small",
        **more
    )

def catalogue_tests(files, without):
    """A test FOLDER/ATTACK/PLATFORM for each cell, tagged `catalogue` so that only --config=catalogue runs them.

    Also the suites on-PLATFORM and in-FOLDER, and cells.txt, the list of all tests, which tests/command holds against the files.

    Args:
      files: the scenario files.
      without: cells that there are not, as FOLDER/ATTACK/PLATFORM.
    """
    by = {}
    for file in files:
        for platform in PLATFORMS:
            name = file[:-len(".yaml")] + "/" + platform
            if name in without:
                continue
            matrix_test(name, [file], ["--platform", platform], tags = ["catalogue"])
            for suite in ["on-" + platform, "in-" + file.split("/")[0]]:
                by.setdefault(suite, []).append(name)
    for suite, names in by.items():
        native.test_suite(name = suite, tests = names, tags = ["manual"])
    _lines(name = "cells.txt", lines = [name for suite in sorted(by) if suite.startswith("on-") for name in by[suite]], visibility = ["//tests:__subpackages__"])
