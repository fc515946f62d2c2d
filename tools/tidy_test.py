"""Each rule of tools/tidy finds what it is for, and leaves the good twin alone."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "tidy"))

import concurrency  # noqa: E402
import documents  # noqa: E402
import layers  # noqa: E402
import shape  # noqa: E402
import sizes  # noqa: E402
import tables  # noqa: E402
import words  # noqa: E402
from source import Source, blank  # noqa: E402


def found(rule, path, text):
    return [finding.what for finding in rule(Source(path, text)) if not finding.note]


class Rules(unittest.TestCase):
    def finds(self, rule, path, text, part):
        whats = found(rule, path, text)
        self.assertTrue(any(part in what for what in whats), f"{part!r} not in {whats}")

    def quiet(self, rule, path, text):
        self.assertEqual(found(rule, path, text), [])


class Layers(Rules):
    def test_gateway_and_ops_never_each_other(self):
        self.finds(
            layers.check, "src/gateway/serve.cc", '#include "ops/spine.h"\n', "must not know"
        )

    def test_arrows_point_down_only(self):
        self.finds(
            layers.check, "src/http/out.h", '#include "runtime/loop.h"\n', "src/http must not know"
        )
        self.finds(
            layers.check, "src/base/text.h", '#include "config/model.h"\n', "src/base must not know"
        )
        self.quiet(layers.check, "src/gateway/serve.cc", '#include "runtime/loop.h"\n')
        self.quiet(layers.check, "apps/streamgate/main.cc", '#include "gateway/serve.h"\n')

    def test_platform_may_know_plain_data(self):
        self.quiet(layers.check, "src/platform/local/ps.cc", '#include "config/model.h"\n')
        self.quiet(layers.check, "src/platform/smtp/it.cc", '#include "config/operations.h"\n')
        self.finds(layers.check, "src/platform/smtp/it.cc", '#include "ops/engine.h"\n', "must not")
        self.finds(layers.check, "src/ops/engine.cc", '#include "platform/smtp/it.h"\n', "must not")

    def test_a_new_folder_needs_a_row(self):
        self.finds(layers.check, "src/misc/x.h", "// X.\n#pragma once\n", "has no row")

    def test_an_include_says_its_folder(self):
        self.finds(
            layers.check, "src/base/x.cc", '#include "result.h"\n', "does not say its folder"
        )

    def test_throwing_libraries_stay_in_one_place(self):
        self.finds(
            layers.check, "src/base/x.cc", "#include <yaml-cpp/yaml.h>\n", "src/config/ only"
        )
        self.quiet(layers.check, "src/config/x.cc", "#include <yaml-cpp/yaml.h>\n")
        self.finds(layers.check, "src/http/x.cc", "#include <sys/socket.h>\n", "no business")


class Shape(Rules):
    def test_header_comment_and_guard(self):
        self.quiet(shape.check, "src/base/x.h", "// X.\n#pragma once\n")
        self.finds(shape.check, "src/base/x.h", "#pragma once\n", "no header comment")
        self.finds(shape.check, "src/base/x.h", "// X.\n#ifndef X_H\n", "#pragma once")
        self.quiet(shape.check, "src/base/x.h", "// X.\n#pragma once\n#define A 1\n")

    def test_what_the_library_leaves_out(self):
        self.finds(shape.check, "src/base/x.cc", "// X.\nauto s = std::format(1);\n", "std::format")
        self.quiet(shape.check, "src/base/x.cc", "// std::format is not there.\n")

    def test_our_code_does_not_throw_or_sleep(self):
        self.finds(shape.check, "src/base/x.cc", "// X.\nvoid f() { throw 1; }\n", "throw")
        self.finds(
            shape.check,
            "src/base/x_test.cc",
            "// X.\nvoid f() { std::this_thread::sleep_for(1s); }\n",
            "sleep_for",
        )
        self.quiet(shape.check, "src/runtime/x.cc", "// X.\nauto t = runtime::sleep(1s);\n")

    def test_tests_can_fail(self):
        self.finds(
            shape.check, "src/base/x_test.cc", "// X.\nTEST(A, DISABLED_B) {}\n", "DISABLED_B"
        )
        self.finds(shape.check, "src/base/x_test.cc", "// X.\nEXPECT_TRUE(true);\n", "EXPECT_TRUE")


class Sizes(Rules):
    def test_lines(self):
        self.quiet(sizes.check, "src/base/x.cc", "x" * 100 + "\n")
        self.finds(sizes.check, "src/base/x.cc", "x" * 101 + "\n", "101 columns")
        self.finds(sizes.check, "src/base/x.cc", "a;\t\n", "tab")

    def test_files_and_their_reason(self):
        self.quiet(sizes.check, "src/base/x.cc", "a;\n" * 600)
        self.finds(sizes.check, "src/base/x.cc", "a;\n" * 601, "601 lines")
        self.quiet(sizes.check, "src/base/x.cc", "// Size: one table.\n" + "a;\n" * 700)

    def function(self, lines):
        return (
            "namespace a {\nclass B {\n  int f(int x) const {\n"
            + "    ++x;\n" * (lines - 2)
            + "  }\n};\n}\n"
        )

    def test_functions_within_namespaces_and_classes(self):
        self.quiet(sizes.check, "src/base/x.cc", self.function(70))
        self.finds(sizes.check, "src/base/x.cc", self.function(71), "`f` has 71 lines")

    def test_a_constructor_with_braced_members(self):
        text = "A::A(int x) : a_{x},\n b_{x} {\n" + "  ++x;\n" * 75 + "}\nint g() {\n}\n"
        self.finds(sizes.check, "src/base/x.cc", text, "`A::A` has")

    def test_a_table_is_not_a_function(self):
        self.quiet(
            sizes.check, "src/base/x.cc", "constexpr Row rows[] = {\n" + "{a(1)},\n" * 90 + "};\n"
        )

    def test_parameters(self):
        self.quiet(sizes.check, "src/base/x.cc", "int f(int a, int b, int c, int d, int e) {\n}\n")
        self.finds(
            sizes.check,
            "src/base/x.cc",
            "int f(int a, int b, int c, int d, int e, int f) {\n}\n",
            "takes 6 parameters",
        )
        self.quiet(
            sizes.check,
            "src/base/x.cc",
            "int f(std::map<int, std::pair<int, int>> a, int b) {\n}\n",
        )


class Words(Rules):
    def test_names_that_say_nothing(self):
        for name in (
            "ConnectionManager",
            "StringHelper",
            "TimeUtils",
            "Common",
            "PeerInfo",
            "RowData",
            "EventProcessor",
            "do_it",
            "handle_request",
        ):
            self.finds(words.check, "src/base/x.cc", f"int {name};\n", f"`{name}`")
        self.quiet(
            words.check, "src/base/x.cc", "std::coroutine_handle<> handle_; x.data(); addrinfo a;\n"
        )
        self.quiet(words.check, "src/base/x.cc", "// A Manager in a comment.\n")

    def test_words_in_any_text(self):
        for word in (
            "TO" + "DO",
            "FIX" + "ME",
            "sla" + "ve",
            "white" + "list",
            "Clau" + "de",
            "registry.npm" + "js",
            "/wor" + "k/main",
        ):
            self.finds(words.check, "docs/x.md", f"a {word} here\n", word)

    def test_lists_of_names_are_left_alone(self):
        self.quiet(words.check, "LICENSE", "mast" + "er\n")


class Concurrency(Rules):
    def test_one_await_per_statement(self):
        self.quiet(
            concurrency.check, "src/a/x.cc", "auto a = co_await f();\nauto b = co_await g(a);\n"
        )
        self.finds(
            concurrency.check,
            "src/a/x.cc",
            "auto a = (co_await f()) + co_await g();\n",
            "second co_await",
        )

    def test_lambda_coroutines(self):
        self.finds(
            concurrency.check,
            "src/a/x.cc",
            "auto t = [&x](int) -> Task<> { co_return; };\n",
            "lambda",
        )
        self.quiet(
            concurrency.check, "src/a/x.cc", "auto t = [](int x) -> Task<> { co_await y(x); };\n"
        )
        self.quiet(
            concurrency.check,
            "src/a/x.cc",
            "Task<> f() { auto g = [&] { return 1; }; co_return; }\n",
        )
        self.quiet(
            concurrency.check, "src/a/x.cc", "Task<> f() { a[i] = 1; if (x) { co_return; } }\n"
        )


class Tables(unittest.TestCase):
    ENUM = Source(
        "src/a/e.h",
        '// E.\n#pragma once\nenum class Ec : int {\n#define E(c) c,\n#include "a/e.def"\n};\n',
    )
    ROWS = Source("src/a/e.def", "// Rows.\nE(used, 1)\nE(unused, 2)\n")

    def whats(self, *sources):
        return [finding.what for finding in tables.check([self.ENUM, self.ROWS, *sources])]

    def test_unused_row(self):
        self.assertEqual(
            self.whats(Source("src/a/x.cc", "f(Ec::used);\n")), ["no code names `Ec::unused`"]
        )

    def test_a_test_is_not_a_use(self):
        self.assertEqual(
            len(self.whats(Source("src/a/x_test.cc", "f(Ec::used, Ec::unused);\n"))), 2
        )

    def test_using_enum(self):
        self.assertEqual(self.whats(Source("src/a/x.cc", "using enum Ec;\nf(used, unused);\n")), [])

    def test_a_row_twice(self):
        rows = Source("src/a/e.def", "// Rows.\nE(used, 1)\nE(used, 2)\n")
        use = Source("src/a/x.cc", "f(Ec::used);\n")
        self.assertEqual(
            [f.what for f in tables.check([self.ENUM, rows, use])], ["`used` stands here twice"]
        )


class Documents(Rules):
    def test_files_that_are_named_exist(self):
        self.quiet(documents.check, "README.md", "see `tools/tidy_test.py` and [it](Makefile)\n")
        self.finds(documents.check, "README.md", "see `tools/gone.py`\n", "tools/gone.py")
        self.finds(documents.check, "docs/x.md", "[it](gone.md)\n", "gone.md")
        self.quiet(documents.check, "STYLE.md", "see `src/store/session.h`\n")


class Reading(unittest.TestCase):
    def test_blank_keeps_positions(self):
        text = 'a("x // y"); // z\nb(\'"\'); /* {\n */ c(R"(}{)");\n'
        code = blank(text)
        self.assertEqual(len(code), len(text))
        self.assertEqual(code.count("\n"), text.count("\n"))
        self.assertNotIn("{", code)
        self.assertIn("b(", code)

    def test_rule_zero(self):
        source = Source("src/a/x.cc", "// Rule Zero: why.\nthrow 1;\n\nthrow 2;\n")
        self.assertTrue(source.excused(2))
        self.assertFalse(source.excused(4))


if __name__ == "__main__":
    unittest.main()
