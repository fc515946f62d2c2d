#include "ops/detect/signals/affected.h"

#include <algorithm>
#include <cmath>

#include "ops/detect/signals/pack.h"

namespace sg::signals {

namespace {

constexpr std::int64_t form = 1;  // Of the bytes; another is not read.
constexpr std::int64_t minute_ms = 60'000;
constexpr std::int64_t count_max = 1LL << 45;  // Sums of many fit; as milliseconds: the year 3084.

std::int64_t minute_of(Instant at) { return at.ns / 1'000'000 / minute_ms; }

void pack_sketch(Packer& out, const telemetry::Sketch& sketch) {
    const auto& rank = sketch.rank;
    out.number(std::ranges::count_if(rank, [](auto r) { return r != 0; }));
    std::size_t last = 0;
    for (std::size_t i = 0; i < rank.size(); ++i) {
        if (rank[i] == 0) continue;
        out.number(static_cast<std::int64_t>(i - last));
        out.number(rank[i]);
        last = i;
    }
}

void unpack_sketch(Unpacker& in, telemetry::Sketch& sketch) {
    constexpr auto size = static_cast<std::int64_t>(telemetry::Sketch::registers);
    std::int64_t at = 0;
    for (auto left = in.number(0, size); in.ok() && left > 0; --left) {
        at += in.number(0, size - 1 - at);
        const auto rank = in.number(1, telemetry::Sketch::rank_max);
        if (in.ok()) sketch.rank[static_cast<std::size_t>(at)] = static_cast<std::uint8_t>(rank);
    }
}

}  // namespace

std::string pack(const AffectedMinute& minute) {
    Packer out;
    out.number(form);
    out.number(minute.minute);
    out.number(minute.list.failed);
    out.number(minute.list.unlisted_max);
    out.number(static_cast<std::int64_t>(minute.list.clients.size()));
    for (const auto& client : minute.list.clients) {
        out.number(static_cast<std::int64_t>(client.kind));
        out.text(client.name);
        out.number(client.failed);
        out.number(client.unsure);
        out.number(client.first_ms - minute.minute * minute_ms);
        out.number(client.last_ms - client.first_ms);
    }
    pack_sketch(out, minute.sketch);
    return out.take();
}

Result<AffectedMinute> unpack_affected(std::string_view bytes) {
    Unpacker in(bytes);
    AffectedMinute minute;
    if (in.number() != form) return fail(Errc::unsupported, "affected clients in another form");
    minute.minute = in.number(0, count_max / minute_ms);
    minute.list.failed = in.number(0, count_max);
    minute.list.unlisted_max = in.number(0, count_max);
    for (auto left = in.number(0, telemetry::affected_clients_max); in.ok() && left > 0; --left) {
        telemetry::AffectedClient client;
        client.kind = static_cast<telemetry::ClientKind>(in.number(0, telemetry::client_kinds - 1));
        client.name = in.text();
        client.failed = in.number(0, count_max);
        client.unsure = in.number(0, count_max);
        client.first_ms = minute.minute * minute_ms + in.number(-count_max, count_max);
        client.last_ms = client.first_ms + in.number(-count_max, count_max);
        minute.list.clients.push_back(std::move(client));
    }
    unpack_sketch(in, minute.sketch);
    if (!in.at_end()) return fail(Errc::io_failed, "a minute of affected clients is damaged");
    return minute;
}

// --- from snapshots ------------------------------------------------------------------------------

void AffectedNews::hear(const telemetry::Snapshot& snapshot, Instant now) {
    const auto process = static_cast<std::int64_t>(snapshot.sketch_key_print);
    const auto error_max = clock_error_max / 1min;
    for (const auto& row : snapshot.service_rows) {
        if (row.service >= snapshot.services.size()) continue;
        for (const auto& minute : row.minutes) {
            if (minute.listed.failed == 0) continue;
            if (std::abs(minute.minute - minute_of(now)) > error_max) continue;
            const auto& service = snapshot.services[row.service];
            // A count may come a moment before the client that it is of is in the list.
            const std::pair heard{minute.listed.failed, minute.listed.listed_failed()};
            if (std::exchange(heard_[{minute.minute, process, service}], heard) == heard) continue;
            news_.push_back({service, minute.minute, process, minute.listed, minute.affected});
        }
    }
    while (!heard_.empty() && std::get<0>(heard_.begin()->first) < minute_of(now) - error_max)
        heard_.erase(heard_.begin());
}

std::vector<AffectedMinute> AffectedNews::take() { return std::exchange(news_, {}); }

// --- answers -------------------------------------------------------------------------------------

// A client is of the span if it failed in it as far as is known: minutes are not cut.
void AffectedAnswer::add(const AffectedMinute& minute) {
    const auto to_ms = to_.ns / 1'000'000;
    auto list = minute.list;
    std::erase_if(list.clients, [&](const telemetry::AffectedClient& client) {
        const bool is_outside = client.last_ms < from_ms_ || client.first_ms > to_ms;
        if (is_outside) list.failed -= client.failed;
        return is_outside;
    });
    if (list.failed <= 0) return;
    sum_.add(list);
    if (sum_.size() > 2 * affected_listed_max) sum_.shrink(affected_listed_max);
    sketches_[minute.process].merge(minute.sketch);
}

Affected AffectedAnswer::take() const {
    Affected answer;
    answer.list = sum_.take(affected_listed_max);
    const auto listed = std::ssize(answer.list.clients);
    if (answer.list.is_complete()) {
        answer.distinct = listed;
        return answer;
    }
    double distinct = 0;
    for (const auto& [process, sketch] : sketches_) distinct += sketch.estimate();
    answer.distinct = std::max<std::int64_t>(std::llround(distinct), listed);
    return answer;
}

// --- memory --------------------------------------------------------------------------------------

void AffectedMemory::add(const std::vector<AffectedMinute>& minutes, Instant now) {
    const std::scoped_lock lock(mutex_);
    if (complete_from_ < 0) complete_from_ = minute_of(now) + 1;
    for (const auto& minute : minutes) {
        auto& held = held_[{minute.service, minute.minute, minute.process}];
        bytes_ -= held.packed.size();
        held = {pack(minute), false};
        bytes_ += held.packed.size();
    }
    trim(minute_of(now));
}

void AffectedMemory::forget(std::map<Key, Held>::iterator at) {
    complete_from_ = std::max(complete_from_, at->first.minute + 1);
    bytes_ -= at->second.packed.size();
    lost_ += at->second.is_written ? 0 : 1;
    held_.erase(at);
}

// Written ones go with age; beyond the bounds the oldest go, and those that were not written are
// lost.
void AffectedMemory::trim(std::int64_t minute) {
    for (auto at = held_.begin(); at != held_.end();) {
        const auto next = std::next(at);
        if (at->second.is_written && at->first.minute <= minute - minutes_held) forget(at);
        at = next;
    }
    while (held_.size() > held_max || bytes_ > bytes_max) {
        const auto age = [](const auto& entry) {
            return std::pair(!entry.second.is_written, entry.first.minute);
        };
        forget(std::ranges::min_element(held_, {}, age));
    }
}

AffectedMemory::Packed AffectedMemory::unwritten() {
    const std::scoped_lock lock(mutex_);
    Packed packed;
    for (const auto& [key, held] : held_)
        if (!held.is_written) packed[key] = held.packed;
    return packed;
}

void AffectedMemory::written(const Packed& packed) {
    const std::scoped_lock lock(mutex_);
    for (const auto& [key, bytes] : packed)
        if (const auto at = held_.find(key); at != held_.end() && at->second.packed == bytes)
            at->second.is_written = true;
}

std::int64_t AffectedMemory::complete_from() const {
    const std::scoped_lock lock(mutex_);
    return complete_from_ < 0 ? INT64_MAX : complete_from_;
}

void AffectedMemory::recall(const Key& from, std::int64_t to_minute, AffectedAnswer& answer,
                            std::set<Key>& have) const {
    const std::scoped_lock lock(mutex_);
    for (auto at = held_.lower_bound(from); at != held_.end(); ++at) {
        if (at->first.service != from.service || at->first.minute > to_minute) break;
        have.insert(at->first);
        if (const auto minute = unpack_affected(at->second.packed)) {
            auto found = *minute;
            found.process = at->first.process;
            answer.add(found);
        }
    }
}

std::int64_t AffectedMemory::lost() const {
    const std::scoped_lock lock(mutex_);
    return lost_;
}

}  // namespace sg::signals
