#include "telemetry/encode.h"

#include <concepts>
#include <nlohmann/json.hpp>

#include "telemetry/fields.h"

namespace sg::telemetry {

namespace {

using Json = nlohmann::json;

static_assert(sketch_zero + Sketch::rank_max < '\\' && sketch_zero > '"');

Json write(const BoundedHistogram& h) {
    Json at = Json::array();  // index, count, index, count…
    for (std::size_t i = 0; i < h.counts.size(); ++i) {
        if (h.counts[i] == 0) continue;
        at.push_back(i);
        at.push_back(h.counts[i]);
    }
    if (at.empty()) return nullptr;
    return {{"at", std::move(at)}, {"sum_ns", h.sum_ns}};
}

Json write(const ExponentialHistogram& h) {
    Json at = Json::array();  // bucket, count, bucket, count…
    for (std::size_t i = 0; i < h.counts.size(); ++i) {
        if (h.counts[i] == 0) continue;
        at.push_back(h.offset + static_cast<std::int32_t>(i));
        at.push_back(h.counts[i]);
    }
    return {{"scale", h.scale},
            {"zero", h.zero_count},
            {"zero_threshold", h.zero_threshold},
            {"sum", h.sum},
            {"at", std::move(at)}};
}

// Most sketches are of few clients, that is of zeros: a run of them is a blank and its length.
Json write(const Sketch& sketch) {
    if (sketch.empty()) return nullptr;
    std::string text;
    for (std::size_t i = 0; i < sketch.rank.size();) {
        std::size_t zeros = 0;
        while (i + zeros < sketch.rank.size() && sketch.rank[i + zeros] == 0) ++zeros;
        if (zeros < sketch_run_least) {
            text += static_cast<char>(sketch_zero + sketch.rank[i++]);
            continue;
        }
        text += sketch_run;
        text += static_cast<char>(sketch_zero + zeros / sketch_run_base);
        text += static_cast<char>(sketch_zero + zeros % sketch_run_base);
        i += zeros;
    }
    return text;
}

// A client is a row of numbers: lists are long while much fails, and absent while nothing does.
Json write(const AffectedList& list) {
    if (list.failed == 0) return nullptr;
    Json clients = Json::array();
    for (const auto& c : list.clients)
        clients.push_back(Json::array(
            {static_cast<int>(c.kind), c.name, c.failed, c.unsure, c.first_ms, c.last_ms}));
    return {{"failed", list.failed},
            {"unlisted_max", list.unlisted_max},
            {"clients", std::move(clients)}};
}

Json write(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }
Json write(Instant instant) { return instant.ns; }
Json write(Health health) { return static_cast<int>(health); }
Json write(bool value) { return value ? Json(true) : Json(nullptr); }
Json write(std::integral auto value) { return value == 0 ? Json(nullptr) : Json(value); }

template <HasFields Row>
Json write(Row& row);

template <class Row>
Json write(std::vector<Row>& rows) {
    Json out = Json::array();
    for (auto& row : rows) {
        if constexpr (std::same_as<Row, std::string>) out.push_back(row);
        else out.push_back(write(row));
    }
    return out;
}

struct Writer {
    Json& out;
    void operator()(const char* name, auto& member) {
        if (Json value = write(member); !value.is_null()) out[name] = std::move(value);
    }
};

template <HasFields Row>
Json write(Row& row) {
    Json out = Json::object();
    Writer writer{out};
    each_field(writer, row);
    return out;
}

}  // namespace

std::string encode(Snapshot snapshot) {
    return write(snapshot).dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace sg::telemetry
