#include "ops/detect/signals/rollup.h"

#include <algorithm>

namespace sg::signals {

namespace {

constexpr std::int64_t minute_ns = 60'000'000'000;

std::int64_t seconds_of(Duration duration) { return duration / 1s; }

}  // namespace

Rollup::Rollup(std::string file) : file_(std::move(file)) {}
Rollup::~Rollup() = default;

Result<Accumulator::Known> Rollup::open() {
    const std::scoped_lock database(database_);
    if (file_.empty()) return Accumulator::Known{};
    TRY_VOID(open_session());
    return rows::known(*session_);
}

Result<void> Rollup::open_session() {
    if (session_ != nullptr) return {};
    TRY(auto session, store::Session::open("sqlite:" + file_));
    TRY_VOID(store::migrate(*session, store::Part::signals));
    TRY(const auto stored, rows::series(*session));
    const std::scoped_lock lock(mutex_);
    for (const auto& [name, id] : stored) next_id_ = std::max(next_id_, id + 1);
    for (auto& [name, series] : series_)
        if (!stored.contains(name)) series.id = next_id_++;
    for (const auto& [name, id] : stored) {
        series_[name].id = id;
        series_[name].is_stored = true;
    }
    cached_.clear();
    windows_.clear();
    session_ = std::move(session);
    return {};
}

void Rollup::set_probes(std::map<std::string, std::string> services) {
    const std::scoped_lock lock(mutex_);
    service_of_probe_ = std::move(services);
}

void Rollup::set_clients_keep(Duration keep) {
    const std::scoped_lock lock(mutex_);
    if (keep != clients_keep_) erase_affected_at_ = {};  // What is now too old goes at once.
    clients_keep_ = keep;
}

void Rollup::add_affected(const std::vector<AffectedMinute>& minutes) {
    const auto [keep, now] = [this] {
        const std::scoped_lock lock(mutex_);
        return std::pair(clients_keep_, closed_);
    }();
    affected_.add(keep > 0s ? minutes : std::vector<AffectedMinute>(), now);
}

void Rollup::add(const Second& second, Accumulator::Known known) {
    const std::scoped_lock lock(mutex_);
    const auto number = bucket_at(0, second.at - 1ns);
    const auto begin = start_of(0, number);
    if (closed_ == Instant{}) begun_ = raised(stored_first, begin);
    if (begin < furthest_) windows_.clear();  // The clock was set back: what was summed has grown.
    closed_ = begin + 1s;
    furthest_ = std::max(furthest_, closed_);

    for (const auto& [name, flow] : second.services)
        put({SeriesKind::service, name}, number, tally_of(flow));
    for (const auto& [name, flow] : second.versions)
        put({SeriesKind::version, name}, number, tally_of(flow));
    for (const auto& [name, flow] : second.routes)
        put({SeriesKind::route, name}, number, tally_of(flow));
    for (const auto& [name, level] : second.resources)
        put({SeriesKind::level, name}, number, tally_of(level));
    for (const auto& [name, look] : second.probes) {
        if (look.health == Health::unknown || std::exchange(looked_at_[name], look.at) == look.at)
            continue;
        const auto service = service_of_probe_.find(name);
        put({SeriesKind::probe, service == service_of_probe_.end() ? name : service->second},
            number, tally_of(look));
    }
    put_attempts(second);
    latest_ = std::make_shared<const Second>(second);
    known_ = std::move(known);
    if (number % 60 == 0) trim();
}

void Rollup::put_attempts(const Second& second) {
    const auto from = Instant{(second.at - 1ns).ns / attempts_bin.count() * attempts_bin.count()};
    if (attempts_.empty() || attempts_.back().from != from) attempts_.push_back({from, {}});
    for (const auto& [service, endpoints] : second.attempts)
        for (const auto& [name, attempts] : endpoints) {
            if (attempts.made == 0) continue;
            auto& of = attempts_.back().of[service][name];
            of.made += attempts.made;
            of.failed += attempts.failed;
        }
    if (attempts_.size() > attempts_bins_max) attempts_.pop_front();
}

AttemptsByEndpoint Rollup::attempts(const std::string& service, Instant from, Instant to) const {
    AttemptsByEndpoint sum;
    const std::scoped_lock lock(mutex_);
    for (const auto& bin : attempts_) {
        const auto of = bin.of.find(service);
        if (of == bin.of.end() || bin.from + attempts_bin <= from || bin.from >= to) continue;
        for (const auto& [name, attempts] : of->second) {
            sum[name].made += attempts.made;
            sum[name].failed += attempts.failed;
        }
    }
    return sum;
}

void Rollup::put(SeriesName name, std::int64_t second, const Tally& tally) {
    if (tally == Tally{}) return;
    auto at = series_.find(name);
    if (at == series_.end()) {
        if (series_.size() >= series_max) return;
        at = series_.emplace(std::move(name), Series{}).first;
        at->second.id = next_id_++;
    }
    at->second.seconds.add(second, tally);
    for (int tier = stored_first; tier < tier_count; ++tier) {
        const auto bucket = bucket_at(tier, start_of(0, second));
        at->second.pending[static_cast<std::size_t>(tier)][bucket] += tally;
    }
}

void Rollup::trim() {
    const auto kept = seconds_of(tiers[0].keep + tiers[0].slack);
    const auto now = bucket_at(0, closed_);
    for (auto& [name, series] : series_) series.seconds.keep(now - kept, now + kept);
    if (windows_.size() > windows_max) windows_.clear();
}

std::size_t Rollup::pending_count() const {
    std::size_t count = 0;
    for (const auto& [name, series] : series_)
        for (const auto& buckets : series.pending) count += buckets.size();
    return count;
}

Result<void> Rollup::write() {
    const std::scoped_lock database(database_);
    if (file_.empty()) {
        forget_oldest();
        return {};
    }
    std::map<BlockKey, Block> written;
    Batch batch;
    auto result = open_session();
    if (result) {
        batch = begin_writing();
        result = write_batch(batch, written);
    }
    end_writing(batch, result, std::move(written));
    return result;
}

void Rollup::forget_oldest() {
    const std::scoped_lock lock(mutex_);
    for (auto& [name, series] : series_)
        for (auto& buckets : series.pending)
            while (buckets.size() > unstored_max) buckets.erase(buckets.begin());
}

Rollup::Batch Rollup::begin_writing() {
    const std::scoped_lock lock(mutex_);
    Batch batch{.known = known_, .affected = affected_.unwritten(), .closed = closed_};
    for (auto& [name, series] : series_) {
        const auto is_used = [](const Buckets& buckets) { return !buckets.empty(); };
        if (std::ranges::none_of(series.pending, is_used)) continue;
        series.writing = std::exchange(series.pending, {});
        batch.series.emplace_back(&name, &series);
    }
    return batch;
}

Result<void> Rollup::write_batch(const Batch& batch, std::map<BlockKey, Block>& written) {
    if (batch.series.empty() && batch.affected.empty()) return {};
    TRY(auto tx, store::Tx::begin(*session_));
    for (const auto& [name, series] : batch.series) {
        if (!series->is_stored) TRY_VOID(rows::add_series(*session_, series->id, *name));
        TRY_VOID(write_series(*series, written));
    }
    TRY_VOID(rows::replace_known(*session_, batch.known));
    for (const auto& [key, packed] : batch.affected)
        TRY_VOID(rows::put_affected(*session_, key, packed));
    TRY_VOID(retire(batch.closed));
    TRY_VOID(erase_affected(batch.closed));
    return tx.commit();
}

Result<void> Rollup::write_series(const Series& series, std::map<BlockKey, Block>& written) {
    for (int tier = stored_first; tier < tier_count; ++tier) {
        std::map<BlockKey, Block> changed;
        for (const auto& [bucket, tally] : series.writing[static_cast<std::size_t>(tier)]) {
            const BlockKey key{series.id, tier, block_of(tier, bucket)};
            if (!changed.contains(key)) {
                TRY(changed[key], stored(key));
            }
            auto& packed = changed[key][bucket];
            Tally total = unpack_tally(packed).value_or(Tally{});  // Empty: nothing so far.
            total += tally;
            packed = pack(total);
        }
        for (auto& [key, block] : changed) {
            TRY_VOID(rows::put(*session_, key, block));
            written[key] = std::move(block);
        }
    }
    return {};
}

Result<Block> Rollup::stored(const BlockKey& key) const {
    {
        const std::scoped_lock lock(mutex_);
        if (const auto at = cached_.find(key); at != cached_.end()) return *at->second;
    }
    TRY(auto blocks, rows::blocks(*session_, key, key.number + 1));
    return blocks.empty() ? Block{} : std::move(blocks.begin()->second);
}

// Once an hour. Not right after the clock has leapt ahead: it may have been wrong.
Result<void> Rollup::retire(Instant now) {
    const Instant due = std::exchange(retire_at_, now < retire_at_ ? retire_at_ : now + 1h);
    if (now < due || now > due + 1h) return {};
    for (int tier = stored_first; tier < tier_count; ++tier) {
        const auto& kept = tiers[static_cast<std::size_t>(tier)];
        const auto oldest = bucket_at(tier, now - kept.keep - kept.slack);
        TRY_VOID(rows::remove_before(*session_, tier, block_of(tier, oldest)));
    }
    return {};
}

// Names of clients go when their time is over, once a minute. Whether the clock is right does not
// matter: rather too early than kept for ever.
Result<void> Rollup::erase_affected(Instant now) {
    Duration keep;
    {
        const std::scoped_lock lock(mutex_);
        if (now < erase_affected_at_) return {};
        keep = clients_keep_;
    }
    TRY_VOID(rows::remove_affected_before(*session_, (now - keep).ns / minute_ns));
    const std::scoped_lock lock(mutex_);
    erase_affected_at_ = now + 1min;
    return {};
}

void Rollup::end_writing(const Batch& batch, const Result<void>& result,
                         std::map<BlockKey, Block> written) {
    const std::scoped_lock lock(mutex_);
    state_.trouble = result ? std::string() : result.error().message();
    if (result) {
        if (cached_.size() + written.size() > cached_max) cached_.clear();
        for (auto& [key, block] : written)
            cached_[key] = std::make_shared<const Block>(std::move(block));
        state_.written_at = closed_;
        affected_.written(batch.affected);
    }
    for (const auto& [name, series] : batch.series) {
        if (result) series->is_stored = true;
        for (std::size_t tier = 0; !result && tier < series->writing.size(); ++tier)
            for (const auto& [bucket, tally] : series->writing[tier])
                series->pending[tier][bucket] += tally;
        series->writing = {};
    }
    if (result || pending_count() <= pending_max) return;
    state_.lost += static_cast<std::int64_t>(pending_count());
    for (auto& [name, series] : series_) series.pending = {};
    windows_.clear();
}

void Rollup::sabotage(store::Saboteur saboteur) {
    const std::scoped_lock database(database_);
    if (open_session()) session_->sabotage(std::move(saboteur));
}

Rollup::State Rollup::state() const {
    const std::scoped_lock lock(mutex_);
    auto state = state_;
    state.series = static_cast<std::int64_t>(series_.size());
    state.lost += affected_.lost();
    return state;
}

}  // namespace sg::signals
