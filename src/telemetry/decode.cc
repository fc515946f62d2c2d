// Reading snapshots: bytes from outside, so every type, index and size is looked at.
#include <fmt/format.h>

#include <algorithm>
#include <concepts>
#include <nlohmann/json.hpp>

#include "telemetry/encode.h"
#include "telemetry/fields.h"

namespace sg::telemetry {

namespace {

using Json = nlohmann::json;

constexpr std::size_t rows_max = 1 << 20;  // Bound: of any list.
constexpr std::int64_t bucket_most = 64 << scale_finest;

// A failure is a sentence; empty: it went well.
using Failure = std::string;

Failure read(const Json& json, std::string& out) {
    if (!json.is_string()) return "is not a text";
    out = json.get<std::string>();
    return {};
}

Failure read(const Json& json, bool& out) {
    if (!json.is_boolean()) return "is not true or false";
    out = json.get<bool>();
    return {};
}

template <std::integral T>
Failure read(const Json& json, T& out) {
    if (json.is_number_unsigned()) {
        const auto value = json.get<std::uint64_t>();
        if (!std::in_range<T>(value)) return "is too large";
        out = static_cast<T>(value);
        return {};
    }
    if (!json.is_number_integer()) return "is not a whole number";
    const auto value = json.get<std::int64_t>();
    if (!std::in_range<T>(value)) return "is out of range";
    out = static_cast<T>(value);
    return {};
}

Failure read(const Json& json, Instant& out) { return read(json, out.ns); }

Failure read(const Json& json, Health& out) {
    std::uint8_t value = 0;
    if (auto failure = read(json, value); !failure.empty()) return failure;
    if (value > static_cast<std::uint8_t>(Health::unhealthy)) return "is no state of health";
    out = static_cast<Health>(value);
    return {};
}

Failure read_member(const Json& json, const char* name, auto& out) {
    const auto found = json.find(name);
    if (found == json.end()) {
        out = {};
        return {};
    }
    return read(*found, out);
}

// The pairs index, count, index, count… Calls take(index, count) → Failure.
template <class Take>
Failure read_pairs(const Json& json, Take&& take) {
    const auto at = json.find("at");
    if (at == json.end()) return {};
    if (!at->is_array() || at->size() % 2 != 0) return "is not a list of pairs";
    for (std::size_t i = 0; i < at->size(); i += 2) {
        std::int32_t index = 0;
        std::uint64_t count = 0;
        if (auto failure = read((*at)[i], index); !failure.empty()) return failure;
        if (auto failure = read((*at)[i + 1], count); !failure.empty()) return failure;
        if (auto failure = take(index, count); !failure.empty()) return failure;
    }
    return {};
}

Failure read(const Json& json, BoundedHistogram& out) {
    if (!json.is_object()) return "is not a histogram";
    if (auto failure = read_member(json, "sum_ns", out.sum_ns); !failure.empty()) return failure;
    return read_pairs(json, [&](std::int32_t index, std::uint64_t count) -> Failure {
        if (index < 0 || index > static_cast<std::int32_t>(bound_count)) return "has no such bound";
        out.counts[static_cast<std::size_t>(index)] = count;
        return {};
    });
}

Failure read(const Json& json, ExponentialHistogram& out) {
    if (!json.is_object()) return "is not a histogram";
    for (auto [name, member] :
         {std::pair{"zero", &out.zero_count}, std::pair{"zero_threshold", &out.zero_threshold},
          std::pair{"sum", &out.sum}})
        if (auto failure = read_member(json, name, *member); !failure.empty()) return failure;
    if (auto failure = read_member(json, "scale", out.scale); !failure.empty()) return failure;
    if (out.scale < -10 || out.scale > scale_finest) return "has an unknown scale";

    return read_pairs(json, [&](std::int32_t bucket, std::uint64_t count) -> Failure {
        if (bucket < -1 || bucket >= bucket_most) return "has no such bucket";
        if (out.counts.empty()) out.offset = bucket;
        const auto at = bucket - out.offset;
        if (at < static_cast<std::int32_t>(out.counts.size())) return "has buckets out of order";
        out.counts.resize(static_cast<std::size_t>(at) + 1);
        out.counts.back() = count;
        return {};
    });
}

// How many zeros the two digits at a place say; 0: they are none.
std::size_t run_at(std::string_view text, std::size_t at) {
    if (at + 2 > text.size()) return 0;
    std::size_t zeros = 0;
    for (const char c : text.substr(at, 2)) {
        const auto digit = static_cast<std::size_t>(static_cast<unsigned char>(c - sketch_zero));
        if (digit >= sketch_run_base) return 0;
        zeros = zeros * sketch_run_base + digit;
    }
    return zeros;
}

Failure read(const Json& json, Sketch& out) {
    if (!json.is_string()) return "is not a sketch";
    const auto& text = json.get_ref<const std::string&>();
    out = {};
    std::size_t at = 0;  // The register that is next.
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == sketch_run) {
            const auto zeros = run_at(text, i + 1);
            if (zeros == 0 || zeros > Sketch::registers - at) return "is not a sketch";
            at += zeros;
            i += 2;
            continue;
        }
        const int rank = text[i] - sketch_zero;
        if (rank < 0 || rank > Sketch::rank_max) return "is not a sketch";
        if (at == Sketch::registers) return "is a sketch of another size";
        out.rank[at++] = static_cast<std::uint8_t>(rank);
    }
    if (at != Sketch::registers) return "is a sketch of another size";
    return {};
}

Failure read(const Json& json, ClientKind& out) {
    std::uint8_t value = 0;
    if (auto failure = read(json, value); !failure.empty()) return failure;
    if (value >= client_kinds) return "is no kind of client";
    out = static_cast<ClientKind>(value);
    return {};
}

constexpr std::int64_t count_max = 1LL << 45;  // Sums of many fit; as milliseconds: the year 3084.

Failure read_count(const Json& json, std::int64_t& out) {
    if (auto failure = read(json, out); !failure.empty()) return failure;
    return out < 0 || out > count_max ? "is no count" : Failure();
}

Failure read(const Json& json, AffectedClient& out) {
    if (!json.is_array() || json.size() != 6) return "is not a client";
    if (auto failure = read(json[0], out.kind); !failure.empty()) return failure;
    if (auto failure = read(json[1], out.name); !failure.empty()) return failure;
    const auto is_control = [](unsigned char c) { return c < ' ' || c == 0x7F; };
    if (out.name.empty() || out.name.size() > client_name_max ||
        std::ranges::any_of(out.name, is_control))
        return "is no name of a client";
    std::size_t at = 2;
    for (auto* member : {&out.failed, &out.unsure, &out.first_ms, &out.last_ms})
        if (auto failure = read_count(json[at++], *member); !failure.empty()) return failure;
    return {};
}

Failure read(const Json& json, AffectedList& out) {
    if (!json.is_object()) return "is not a list of clients";
    for (auto [name, member] :
         {std::pair{"failed", &out.failed}, std::pair{"unlisted_max", &out.unlisted_max}})
        if (const auto found = json.find(name); found != json.end())
            if (auto failure = read_count(*found, *member); !failure.empty()) return failure;
    const auto clients = json.find("clients");
    if (clients == json.end()) return {};
    if (!clients->is_array()) return "is not a list of clients";
    if (clients->size() > affected_clients_max) return "has too many clients";
    out.clients.resize(clients->size());
    for (std::size_t i = 0; i < out.clients.size(); ++i)
        if (auto failure = read((*clients)[i], out.clients[i]); !failure.empty()) return failure;
    return {};
}

template <HasFields Row>
Failure read(const Json& json, Row& row);

template <class Row>
Failure read(const Json& json, std::vector<Row>& rows) {
    if (!json.is_array()) return "is not a list";
    if (json.size() > rows_max) return "is too long";
    rows.resize(json.size());
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (auto failure = read(json[i], rows[i]); !failure.empty())
            return fmt::format("[{}] {}", i, failure);
    return {};
}

struct Reader {
    const Json& json;
    Failure failure;  // The first.

    template <class T>
    void operator()(const char* name, T& member) {
        if (!failure.empty()) return;
        member = T{};  // Missing: zero, also where a fresh row would say "unknown".
        const auto found = json.find(name);
        if (found == json.end()) return;
        failure = read(*found, member);
        if (!failure.empty()) failure = fmt::format("{} {}", name, failure);
    }
};

template <HasFields Row>
Failure read(const Json& json, Row& row) {
    if (!json.is_object()) return "is not an object";
    Reader reader{json, {}};
    each_field(reader, row);
    return std::move(reader.failure);
}

}  // namespace

Result<Snapshot> decode(std::string_view text) {
    if (text.size() > snapshot_size_max)
        return fail(Errc::too_large, fmt::format("a snapshot of {} bytes", text.size()));
    const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (!json.is_object()) return fail(Errc::protocol_violation, "a snapshot that is not JSON");

    int version = 0;
    if (auto failure = read_member(json, "version", version);
        !failure.empty() || version != snapshot_version)
        return fail(Errc::unsupported, fmt::format("a snapshot of version {}", version),
                    fmt::format("this program reads version {}", snapshot_version));
    Snapshot snapshot;
    if (auto failure = read(json, snapshot); !failure.empty())
        return fail(Errc::protocol_violation, "snapshot: " + failure);
    return snapshot;
}

}  // namespace sg::telemetry
