// A runbook from anybody: reading and linting never crash; a condition that was accepted reads the
// same again, and asking it is total.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "ops/respond/runbooks/lint.h"
#include "ops/respond/runbooks/read.h"

namespace {

void ask(const sg::runbooks::Expression& expression) {
    using namespace sg::runbooks;
    if (expression.text().empty()) return;
    const auto again = Expression::parse(expression.text());
    CHECK(again.has_value());
    const Facts nothing{.quantity = [](std::string_view) { return std::optional<Quantity>(); },
                        .standing = [](std::string_view) { return std::string(); }};
    const Facts something{.quantity = [](std::string_view) { return std::optional(Quantity{1}); },
                          .standing = [](std::string_view) { return std::string("bad"); }};
    CHECK(again->evaluate(nothing) == expression.evaluate(nothing));
    CHECK(expression.evaluate(something) != Verdict::unknown);  // All is known.
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto read =
        sg::runbooks::read_runbook({reinterpret_cast<const char*>(data), size}, "fuzz");
    [[maybe_unused]] const auto linted =
        sg::runbooks::lint(read.runbook, {.now = {1'795'000'000'000'000'000}});
    CHECK(read.runbook.steps.size() <= sg::runbooks::steps_max);
    for (const auto& step : read.runbook.steps)
        for (const auto& branch : step.decide.branches) ask(branch.when);
    return 0;
}
