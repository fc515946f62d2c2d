// A scenario from anybody: reading never crashes, what was read without a problem is well-formed,
// and filling it in for a configuration leaves only faults that are known.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "ops/learn/drills/scenario.h"
#include "ports/faults.h"

namespace {

const sg::config::Config& configuration() {
    static const auto config = [] {
        sg::config::Config made;
        auto& service = made.services["shop"];
        service.name = "shop";
        service.versions["v1"].weight = 90;
        service.versions["v2"].weight = 10;
        service.versions["v1"].endpoints.push_back({.host = "127.0.0.1", .port = 80});
        made.routes.push_back({.service = "shop"});
        made.operations.needs["db"].kind = sg::config::Need::Kind::postgres;
        made.operations.notify["desk"];
        return made;
    }();
    return config;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto read =
        sg::drills::read_scenario({reinterpret_cast<const char*>(data), size}, "fuzz");
    if (!read.problems.empty()) return 0;
    CHECK(!read.scenario.title.empty());
    CHECK(!read.scenario.faults.empty());
    for (const auto& one : read.scenario.expect)
        CHECK(sg::drills::find_expectation(one.what) != nullptr);
    const auto plan = sg::drills::aim(read.scenario, configuration(), {});
    if (!plan) return 0;
    for (const auto& fault : plan->faults) CHECK(sg::ports::check(fault).has_value());
    return 0;
}
