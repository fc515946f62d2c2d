#include "platform/local/service_use.h"

namespace sg::platform::local {

namespace {

constexpr Duration patience = 1s;

const Json& list_in(const Json& json, const char* key) {
    static const Json none = Json::array();
    const auto at = json.is_object() ? json.find(key) : json.end();
    return at != json.end() && at->is_array() ? *at : none;
}

std::int64_t number_in(const Json& json, const char* key) {
    const auto at = json.is_object() ? json.find(key) : json.end();
    return at != json.end() && at->is_number_integer() ? at->get<std::int64_t>() : 0;
}

std::string text_in(const Json& json, const char* key) {
    const auto at = json.is_object() ? json.find(key) : json.end();
    return at != json.end() && at->is_string() ? at->get<std::string>() : std::string();
}

}  // namespace

ports::ServiceUse service_use_of(const Json& reply) {
    ports::ServiceUse use{.at = {number_in(reply, "steady_ns")}};
    for (const auto& service : list_in(reply, "services")) {
        const auto name = text_in(service, "name");
        for (const auto& version : list_in(service, "versions")) {
            for (const auto& instance : list_in(version, "instances")) {
                const auto used = instance.value("usage", Json());
                if (!used.is_object()) continue;
                use.processes.push_back(
                    {name, number_in(instance, "pid"), Duration(number_in(used, "cpu_ns")),
                     static_cast<std::uint64_t>(number_in(used, "memory_bytes"))});
            }
        }
    }
    return use;
}

Result<ports::ServiceUse> ServiceUse::look() {
    TRY(auto caller, Caller::reach(layout_));
    TRY(const auto reply, caller.ask({{"verb", "usage"}}, patience));
    return service_use_of(reply);
}

}  // namespace sg::platform::local
