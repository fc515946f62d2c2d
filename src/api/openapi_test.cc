// api/openapi.yaml and the table of routes say the same. The replies are held against its schemas
// by tests/e2e/api_test.py.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <map>
#include <set>

#include "api/routes.h"
#include "base/text.h"

namespace sg::api {
namespace {

using Rows = std::map<std::string, std::string>;  // `POST /api/v1/…` → what is said of it.

// Served beside the table: a stream has no answer.
const std::set<std::string> streams = {"GET /api/v1/events"};

std::string_view word(Permission permission) {
    static constexpr std::string_view words[] = {"read", "respond", "administer"};
    return words[static_cast<std::size_t>(permission)];
}

std::string upper(std::string text) {
    for (char& c : text) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
    return text;
}

Rows of_table() {
    Rows rows;
    for (const Route& route : routes())
        rows[fmt::format("{} {}", route.method, route.path)] =
            fmt::format("{}: {}", word(route.permission), route.what);
    return rows;
}

Rows of_document(const YAML::Node& document) {
    Rows rows;
    for (const auto& path : document["paths"]) {
        for (const auto& operation : path.second) {
            if (operation.second["x-door"]) continue;  // Of the public door, which has no table.
            const auto row = fmt::format("{} {}", upper(operation.first.as<std::string>()),
                                         path.first.as<std::string>());
            if (streams.contains(row)) continue;
            rows[row] = fmt::format("{}: {}", operation.second["x-permission"].as<std::string>(""),
                                    operation.second["summary"].as<std::string>(""));
        }
    }
    return rows;
}

YAML::Node document() { return YAML::LoadFile(SG_SOURCE_DIR "/api/openapi.yaml"); }

TEST(OpenApi, HasARowForEveryRouteAndNoOther) {
    const Rows table = of_table();
    const Rows written = of_document(document());
    for (const auto& [row, what] : table) {
        const auto found = written.find(row);
        if (found == written.end())
            ADD_FAILURE() << "api/openapi.yaml has no `" << row
                          << "`; src/api/routes.cc says: " << what;
        else EXPECT_EQ(found->second, what) << "of `" << row << "` in api/openapi.yaml";
    }
    for (const auto& [row, what] : written)
        if (!table.contains(row))
            ADD_FAILURE() << "src/api/routes.cc has no `" << row << "`, api/openapi.yaml has";
}

TEST(OpenApi, EveryOperationHasANameOfItsOwnAndItsParameters) {
    std::set<std::string> names;
    for (const auto& path : document()["paths"]) {
        const auto pattern = path.first.as<std::string>();
        for (const auto& operation : path.second) {
            const auto name = operation.second["operationId"].as<std::string>("");
            EXPECT_TRUE(!name.empty() && names.insert(name).second) << pattern << " " << name;
            std::size_t in_path = 0;
            for (const auto& parameter : operation.second["parameters"]) {
                const auto reference = parameter["$ref"].as<std::string>("");
                const bool is_id = reference == "#/components/parameters/Id";
                in_path += is_id || parameter["in"].as<std::string>("") == "path" ? 1 : 0;
            }
            const auto wanted = static_cast<std::size_t>(std::ranges::count(pattern, '{'));
            EXPECT_EQ(in_path, wanted) << pattern << " " << name;
        }
    }
}

// A second one would take the place of the first without a word.
TEST(OpenApi, EverySchemaHasANameOfItsOwn) {
    std::set<std::string> names;
    for (const auto& schema : document()["components"]["schemas"]) {
        const auto name = schema.first.as<std::string>();
        EXPECT_TRUE(names.insert(name).second) << name;
    }
    EXPECT_GT(names.size(), 50U);
}

}  // namespace
}  // namespace sg::api
