"""fuzz_targets: the fuzz targets of a folder as one program, of libFuzzer under --config=fuzz, a plain test that replays otherwise."""

def fuzz_targets(srcs, deps, data = [], env = {}):
    """Makes the test `fuzz`. An input that a target once did not bear is a line of X_fuzz.corpus, beside X_fuzz.cc.

    Args:
      srcs: each X_fuzz.cc has one FUZZ_TARGET (tests/fuzz/target.h).
      deps: what srcs include.
      data: what they read besides.
      env: of the test.
    """
    corpora = native.glob(["*.corpus"], allow_empty = True)
    native.cc_test(
        name = "fuzz",
        srcs = srcs,
        deps = deps + ["//tests/fuzz:target"] + select({
            "//tests/fuzz:fuzzing": ["//tests/fuzz:libfuzzer_main"],
            "//conditions:default": ["//tests/fuzz:replay_main"],
        }),
        linkopts = select({
            "//tests/fuzz:fuzzing": ["-fsanitize=fuzzer"],
            "//conditions:default": [],
        }),
        args = ["$(rootpath %s)" % file for file in corpora],
        data = corpora + data,
        env = env,
        size = "small",
        tags = ["fuzz"],
    )
