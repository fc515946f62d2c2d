// Reading directives. Every member that is asked for is known, every other one is an error:
// Members keeps count.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "base/text.h"
#include "directive/json.h"
#include "directive/json_tree.h"
#include "directive/validate.h"

namespace sg::directive {

namespace {

using Json = nlohmann::ordered_json;

// Reads the members of one object. The first failure is kept; what follows it does nothing.
class Members {
  public:
    Members(const Json& json, std::string path) : json_(json), path_(std::move(path)) {
        if (!json_.is_object()) wrong("", "is not an object");
    }

    void text(const char* key, std::string& out) {
        const auto* value = find(key);
        if (value == nullptr) return;
        if (!value->is_string()) return wrong(key, "is not a text");
        out = value->get<std::string>();
    }
    template <class T>
    void number(const char* key, std::optional<T>& out) {
        const auto* value = find(key);
        if (value == nullptr) return;
        T number{};
        if (whole(*value, key, number)) out = number;
    }
    void flag(const char* key, bool& out) {
        const auto* value = find(key);
        if (value == nullptr) return;
        if (!value->is_boolean()) return wrong(key, "is not true or false");
        out = value->get<bool>();
    }
    // A quantity in the words of the configuration: `250ms`, `20%`, `64KiB`.
    template <class T>
    void quantity(const char* key, std::optional<T>& out, Result<T> (*parse)(std::string_view)) {
        const auto* value = find(key);
        if (value == nullptr) return;
        if (!value->is_string()) return wrong(key, "is not a text such as 250ms, 20%, 64KiB");
        auto parsed = parse(value->get_ref<const std::string&>());
        if (!parsed) return wrong(key, "is not valid: " + parsed.error().what);
        out = *parsed;
    }
    void share(const char* key, Share& out) {  // A plain number, too: 0.2 is 20%.
        std::optional<Share> share;
        if (const auto* value = find(key); value != nullptr && value->is_number())
            share = Share{value->get<double>()};
        else quantity(key, share, &parse_share);
        if (share) out = *share;
    }
    void time(const char* key, std::optional<Instant>& out) {
        const auto* value = find(key);
        if (value == nullptr) return;
        if (value->is_string()) out = parse_rfc3339(value->get_ref<const std::string&>());
        if (!out) wrong(key, "is not a time such as 2026-11-23T06:22:31Z");
    }
    template <class Each>
    void list(const char* key, Each&& each) {
        const auto* value = find(key);
        if (value == nullptr) return;
        if (!value->is_array()) return wrong(key, "is not a list");
        for (const auto& item : *value) each(item);
    }
    const Json* find(const char* key) {
        known_.emplace_back(key);
        if (!ok() || !json_.is_object()) return nullptr;
        const auto found = json_.find(key);
        return found == json_.end() ? nullptr : &*found;
    }
    template <class T>
    bool whole(const Json& value, std::string_view key, T& out) {
        if (!value.is_number_unsigned() || !std::in_range<T>(value.get<std::uint64_t>())) {
            wrong(key,
                  fmt::format("is not a whole number from 0 to {}", std::numeric_limits<T>::max()));
            return false;
        }
        out = static_cast<T>(value.get<std::uint64_t>());
        return true;
    }

    void wrong(std::string_view key, std::string_view what, std::string hint = {}) {
        if (!ok()) return;
        error_.code = Errc::invalid_argument;
        error_.what = key.empty() ? fmt::format("`{}` {}", path_, what)
                                  : fmt::format("`{}.{}` {}", path_, key, what);
        error_.hint = std::move(hint);
    }
    bool ok() const { return error_.what.empty(); }

    Result<void>
    done() {  // Unknown keys are looked for last: then all known ones have been asked for.
        if (ok())
            for (const auto& [key, value] : json_.items()) {
                if (std::ranges::find(known_, key) != known_.end()) continue;
                const auto near = nearest(key, known_);
                wrong(key, "is not known",
                      near.empty() ? "known here: " + fmt::format("{}", fmt::join(known_, ", "))
                                   : fmt::format("did you mean `{}`?", near));
                break;
            }
        if (!ok()) return std::unexpected(error_);
        return {};
    }

  private:
    const Json& json_;
    const std::string path_;
    std::vector<std::string> known_;
    Error error_;
};

Result<What> read_set_weights(const Json& json) {
    Members in(json, "set_weights");
    SetWeights what;
    in.text("service", what.service);
    if (const auto* weights = in.find("weights")) {
        if (!weights->is_object()) in.wrong("weights", "is not an object");
        else
            for (const auto& [version, weight] : weights->items())
                in.whole(weight, "weights." + version, what.weights[version]);
    }
    TRY_VOID(in.done());
    return what;
}

Result<What> read_drain_endpoint(const Json& json) {
    Members in(json, "drain_endpoint");
    DrainEndpoint what;
    in.text("service", what.service);
    in.text("endpoint", what.endpoint);
    TRY_VOID(in.done());
    return what;
}

Result<What> read_set_circuit(const Json& json) {
    Members in(json, "set_circuit");
    SetCircuit what;
    in.text("service", what.service);
    in.number("requests_max", what.requests_max);
    in.number("connections_max", what.connections_max);
    in.number("queue_max", what.queue_max);
    TRY_VOID(in.done());
    return what;
}

Result<What> read_inject_fault(const Json& json) {
    Members in(json, "inject_fault");
    InjectFault what;
    in.text("route", what.route);
    in.text("service", what.service);
    in.text("version", what.version);
    in.text("endpoint", what.endpoint);
    in.share("share", what.share);
    // Sizes may be plain numbers too: 4096 is 4KiB.
    if (const auto* value = in.find("bytes_per_second"); value != nullptr && value->is_number()) {
        std::uint64_t count = 0;
        if (in.whole(*value, "bytes_per_second", count)) what.bytes_per_second = Bytes{count};
    } else {
        in.quantity("bytes_per_second", what.bytes_per_second, &parse_bytes);
    }
    in.quantity("delay", what.delay, &parse_duration);
    in.number("abort", what.abort);
    in.flag("reset", what.reset);
    TRY_VOID(in.done());
    return what;
}

Result<What> read_set_endpoints(const Json& json) {
    Members in(json, "set_endpoints");
    SetEndpoints what;
    in.text("service", what.service);
    in.text("version", what.version);
    in.list("endpoints", [&](const Json& item) {
        if (item.is_string()) what.endpoints.push_back(item.get<std::string>());
        else in.wrong("endpoints", "holds something that is not a text");
    });
    TRY_VOID(in.done());
    return what;
}

Result<What> read_shed(const Json& json) {
    Members in(json, "shed");
    Shed what;
    in.text("service", what.service);
    in.share("share", what.share);
    std::optional<Duration> retry_after;
    in.quantity("retry_after", retry_after, &parse_duration);
    if (retry_after) what.retry_after = *retry_after;
    TRY_VOID(in.done());
    return what;
}

Result<What> read_open_breaker(const Json& json) {
    Members in(json, "open_breaker");
    OpenBreaker what;
    in.text("service", what.service);
    in.text("endpoint", what.endpoint);
    TRY_VOID(in.done());
    return what;
}

Result<What> read_block_client(const Json& json) {
    Members in(json, "block_client");
    BlockClient what;
    in.text("client", what.client);
    in.text("service", what.service);
    TRY_VOID(in.done());
    return what;
}

Result<What> read_switch_off(const Json& json) {
    Members in(json, "switch_off");
    SwitchOff what;
    in.text("service", what.service);
    in.text("need", what.need);
    TRY_VOID(in.done());
    return what;
}

Result<What> read_show_expired(const Json& json) {
    Members in(json, "show_expired");
    ShowExpired what;
    in.text("listener", what.listener);
    TRY_VOID(in.done());
    return what;
}

struct Kind {
    const char* name;
    Result<What> (*read)(const Json&);
};
constexpr Kind kinds[] = {
    {"set_weights", read_set_weights},     {"drain_endpoint", read_drain_endpoint},
    {"set_circuit", read_set_circuit},     {"inject_fault", read_inject_fault},
    {"set_endpoints", read_set_endpoints}, {"shed", read_shed},
    {"open_breaker", read_open_breaker},   {"block_client", read_block_client},
    {"switch_off", read_switch_off},       {"show_expired", read_show_expired},
};
static_assert(std::size(kinds) == std::variant_size_v<What>);

Result<void> read_what(Members& in, Directive& out) {
    const char* found = nullptr;
    for (const auto& kind : kinds) {
        const auto* value = in.find(kind.name);
        if (value == nullptr) continue;
        if (found != nullptr) {
            in.wrong(kind.name, fmt::format("stands beside `{}`", found), "one kind at a time");
            break;
        }
        found = kind.name;
        TRY(out.what, kind.read(*value));
    }
    TRY_VOID(in.done());
    if (found != nullptr) return {};
    std::vector<std::string_view> names;
    for (const auto& kind : kinds) names.emplace_back(kind.name);
    return fail(Errc::invalid_argument, "the directive says nothing to do",
                fmt::format("one of {}", fmt::join(names, ", ")));
}

}  // namespace

Result<Directive> read_tree(const Json& json, Instant now) {
    Members in(json, "directive");
    Directive out;
    in.text("id", out.id);
    in.text("origin", out.origin);
    in.text("reason", out.reason);
    std::optional<Instant> issued_at;
    std::optional<Instant> expires_at;
    std::optional<Duration> expires_in;
    in.time("issued_at", issued_at);
    in.time("expires_at", expires_at);
    in.quantity("expires_in", expires_in, &parse_duration);
    if (expires_at && expires_in) in.wrong("expires_in", "stands beside `expires_at`");
    // A century is beyond any use, and far from where adding to a time would overflow.
    if (expires_in && (*expires_in <= 0ns || *expires_in > 100 * 365 * 24h))
        in.wrong("expires_in", "is not a time that comes");
    TRY_VOID(read_what(in, out));

    out.issued_at = issued_at.value_or(now);
    if (expires_at) out.expires_at = *expires_at;
    if (expires_in) out.expires_at = now + *expires_in;
    return out;
}

Result<Directive> read(std::string_view text, Instant now) {
    if (text.size() > json_max)
        return fail(Errc::too_large, fmt::format("a directive of {} bytes", text.size()));
    const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (json.is_discarded()) return fail(Errc::invalid_argument, "the directive is not JSON");
    TRY(auto directive, read_tree(json, now));
    TRY_VOID(validate(directive, now));
    return directive;
}

}  // namespace sg::directive
