"""A folder of scenarios as a test of one's own guest."""

def glacis_test(name, guest, scenarios, vm = "vm0", platforms = [], **more):
    """One test for each scenario file, and a suite of them under `name`. Results are JUnit, as Bazel collects it.

    Args:
      name: of the suite; the test of FILE.yaml is NAME_FILE.
      guest: the library with `glacis_main`.
      scenarios: files.
      vm: whose program the library is.
      platforms: only these; all that a file has where none is named.
      **more: of sh_test.
    """
    glacis = str(Label("//scenarios/glacis"))
    runner = str(Label("//guest/remote:runner"))
    top = str(Label("//scenarios/catalogue:attacks.csv"))
    tests = []
    for file in scenarios:
        test = name + "_" + file.rpartition("/")[2].rpartition(".")[0]
        tests.append(test)
        native.sh_test(
            name = test,
            srcs = [str(Label("//guest/testing:glacis_test.sh"))],
            args = [
                "$(rootpath %s)" % glacis,
                "$(rootpath %s)" % runner,
                "$(rootpath %s)" % top,
                vm,
                "$(rootpath %s)" % guest,
                "$(rootpath %s)" % file,
            ] + ["--platform=" + platform for platform in platforms],
            data = [
                file,
                guest,
                glacis,
                runner,
                top,
                str(Label("//scenarios/catalogue:files")),
                str(Label("//scenarios/machines:files")),
            ],
            **more
        )
    native.test_suite(
        name = name,
        tests = tests,
    )
