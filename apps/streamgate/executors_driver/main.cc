// Drives Executors for the end-to-end test: one JSON object a line in, one out. No part of the
// product.
//
//   {"do": "carry_out", "config": "…yaml", "state": "…", "id": "m-1", "verb": "shed",
//    "with": {"service": "api", "share": "50%"}, "expires_s": 60, "before": "…"}
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "config/load.h"
#include "executors.h"

namespace {

using nlohmann::json;

sg::Result<std::string> perform(const json& asked) {
    TRY(const auto config, sg::config::load_file(asked.at("config").get<std::string>()));
    const sg::app::Executors executors({.config = [config] { return config; },
                                        .layout = {.state = asked.at("state").get<std::string>()}});
    const auto now = sg::wall_now();
    sg::ports::Order order{
        .id = asked.value("id", ""),
        .act = {.verb = asked.at("verb").get<std::string>(),
                .with = asked.at("with").get<std::map<std::string, std::string>>()},
        .origin = "test",
        .reason = "test",
        .before = asked.value("before", "")};
    if (asked.contains("expires_s"))
        order.expires_at = now + std::chrono::seconds(asked["expires_s"].get<int>());
    const auto what = asked.at("do").get<std::string>();
    if (what == "before") return executors.before(order.act, now);
    if (what == "carry_out") return executors.carry_out(order, now);
    return executors.take_back(order, order.before, now);
}

}  // namespace

int main() {
    for (std::string line; std::getline(std::cin, line);) {
        const auto began = sg::steady_now();
        const auto done = perform(json::parse(line));
        json said{{"ok", done.has_value()},
                  {"ms", (sg::steady_now() - began) / sg::Duration(1'000'000)}};
        if (done) said["said"] = *done;
        else said["error"] = done.error().message(), said["hint"] = done.error().hint;
        std::cout << said.dump(-1, ' ', false, json::error_handler_t::replace) << '\n'
                  << std::flush;
    }
    return 0;
}
