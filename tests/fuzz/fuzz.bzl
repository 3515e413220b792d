"""fuzz_target: a libFuzzer program under --config=fuzz, a plain test that replays otherwise."""

def layout_fuzz_target(name, srcs, deps):
    """The same for one layout, which tests/layouts replays with all others: .bazelrc leaves it out but under --config=fuzz.

    Args:
      name: ends in _fuzz.
      srcs: WIRE_FUZZ_TARGET and nothing else.
      deps: what srcs include.
    """
    fuzz_target(name, srcs, deps, tags = ["layout-fuzz"])

def fuzz_target(name, srcs, deps, tags = []):
    """Makes the test `name`.

    Args:
      name: ends in _fuzz.
      srcs: defines LLVMFuzzerTestOneInput and fuzz_seed, as WIRE_FUZZ_TARGET does.
      deps: what srcs include.
      tags: further ones.
    """
    corpus = native.glob(["corpus/" + name + "/**"], allow_empty = True)
    native.cc_test(
        name = name,
        srcs = srcs,
        deps = deps + select({
            "//tests/fuzz:fuzzing": [],
            "//conditions:default": ["//tests/fuzz:replay_main"],
        }),
        linkopts = select({
            "//tests/fuzz:fuzzing": ["-fsanitize=fuzzer"],
            "//conditions:default": [],
        }),
        # libFuzzer takes corpus files after -runs as inputs to run once; without any it explores for so many runs.
        args = select({
            "//tests/fuzz:fuzzing": ["-runs=100000"],
            "//conditions:default": [],
        }) + ["$(rootpath %s)" % file for file in corpus],
        data = corpus,
        size = "small",
        tags = ["fuzz"] + tags,
    )
