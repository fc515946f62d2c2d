#include "ops/detect/signals/store.h"

namespace sg::signals::rows {

namespace {

using store::Session;

const store::Migration buckets(1000, "the past of the signals, in a database file of its own", R"(
CREATE TABLE signal_series (
    id BIGINT PRIMARY KEY,
    kind BIGINT NOT NULL,
    name TEXT NOT NULL);
CREATE TABLE signal_blocks (
    series BIGINT NOT NULL,
    tier BIGINT NOT NULL,
    block BIGINT NOT NULL,
    doc TEXT NOT NULL,
    PRIMARY KEY (tier, series, block));
CREATE TABLE signal_gateways (
    gateway TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    doc TEXT NOT NULL,
    PRIMARY KEY (gateway, started_at));
)");

const store::Migration clients(1001, "which clients were affected, by minute", R"(
CREATE TABLE signal_affected (
    service TEXT NOT NULL,
    minute BIGINT NOT NULL,
    process BIGINT NOT NULL,
    doc TEXT NOT NULL,
    PRIMARY KEY (service, minute, process));
CREATE INDEX signal_affected_minute ON signal_affected (minute);
)");

const store::Sql all_series("signals.series", "SELECT id, kind, name FROM signal_series");
const store::Sql insert_series("signals.add_series",
                               "INSERT INTO signal_series (id, kind, name) VALUES (:a, :b, :c)");
const store::Sql some_blocks("signals.blocks",
                             "SELECT block, doc FROM signal_blocks WHERE tier = :a AND series = :b "
                             "AND block >= :c AND block < :d");
const store::Sql put_block("signals.put_block",
                           "INSERT INTO signal_blocks (tier, series, block, doc) "
                           "VALUES (:a, :b, :c, :d) ON CONFLICT (tier, series, block) "
                           "DO UPDATE SET doc = excluded.doc");
const store::Sql old_blocks("signals.remove_blocks",
                            "DELETE FROM signal_blocks WHERE tier = :a AND block < :b");
const store::Sql all_gateways("signals.gateways", "SELECT doc FROM signal_gateways");
const store::Sql no_gateways("signals.remove_gateways", "DELETE FROM signal_gateways");
const store::Sql insert_gateway(
    "signals.add_gateway",
    "INSERT INTO signal_gateways (gateway, started_at, doc) VALUES (:a, :b, :c)");

const store::Sql some_affected("signals.affected",
                               "SELECT minute, process, doc FROM signal_affected "
                               "WHERE service = :a AND minute >= :b AND minute <= :c "
                               "ORDER BY minute, process");
const store::Sql insert_affected("signals.put_affected",
                                 "INSERT INTO signal_affected (service, minute, process, doc) "
                                 "VALUES (:a, :b, :c, :d) ON CONFLICT (service, minute, process) "
                                 "DO UPDATE SET doc = excluded.doc");
const store::Sql old_affected("signals.remove_affected",
                              "DELETE FROM signal_affected WHERE minute < :a");

}  // namespace

Result<std::map<SeriesName, std::int64_t>> series(Session& session) {
    std::map<SeriesName, std::int64_t> found;
    TRY_VOID(session.each(all_series, {}, [&](const store::Row& row) -> Result<void> {
        const auto kind = row.integer(1);
        if (kind < 0 || kind >= series_kinds) return {};  // Of a later version.
        found[{static_cast<SeriesKind>(kind), row.text(2)}] = row.integer(0);
        return {};
    }));
    return found;
}

Result<void> add_series(Session& session, std::int64_t id, const SeriesName& name) {
    return session.run(insert_series, {id, static_cast<int>(name.kind), name.name});
}

Result<std::map<BlockKey, Block>> blocks(Session& session, const BlockKey& key, std::int64_t to) {
    std::map<BlockKey, Block> found;
    TRY_VOID(session.each(some_blocks, {key.tier, key.series, key.number, to},
                          [&](const store::Row& row) -> Result<void> {
                              // One that is damaged is as good as none: the rest stays readable.
                              auto block = unpack_block(row.text(1));
                              if (block)
                                  found[{key.series, key.tier, row.integer(0)}] = std::move(*block);
                              return {};
                          }));
    return found;
}

Result<void> put(Session& session, const BlockKey& key, const Block& block) {
    return session.run(put_block, {key.tier, key.series, key.number, pack(block)});
}

Result<std::int64_t> remove_before(Session& session, int tier, std::int64_t number) {
    return session.changed(old_blocks, {tier, number});
}

Result<void> each_affected(Session& session, const AffectedMemory::Key& first,
                           std::int64_t to_minute,
                           const std::function<void(const AffectedMinute&)>& take) {
    return session.each(some_affected, {first.service, first.minute, to_minute},
                        [&](const store::Row& row) -> Result<void> {
                            const auto bytes = unarmoured(row.text(2));
                            auto minute =
                                bytes ? unpack_affected(*bytes)
                                      : Result<AffectedMinute>(std::unexpected(bytes.error()));
                            if (!minute) return {};
                            minute->service = first.service;
                            minute->minute = row.integer(0);
                            minute->process = row.integer(1);
                            take(*minute);
                            return {};
                        });
}

Result<void> put_affected(Session& session, const AffectedMemory::Key& key,
                          const std::string& packed) {
    return session.run(insert_affected, {key.service, key.minute, key.process, armoured(packed)});
}

Result<std::int64_t> remove_affected_before(Session& session, std::int64_t minute) {
    return session.changed(old_affected, {minute});
}

Result<Accumulator::Known> known(Session& session) {
    Accumulator::Known found;
    TRY_VOID(session.each(all_gateways, {}, [&](const store::Row& row) -> Result<void> {
        TRY(const auto bytes, unarmoured(row.text(0)));
        TRY(auto heard, unpack_heard(bytes));
        found.push_back(std::make_shared<const Heard>(std::move(heard)));
        return {};
    }));
    return found;
}

Result<void> replace_known(Session& session, const Accumulator::Known& known) {
    TRY_VOID(session.run(no_gateways));
    for (const auto& heard : known)
        TRY_VOID(session.run(insert_gateway,
                             {heard->gateway, heard->started_at, armoured(pack(*heard))}));
    return {};
}

}  // namespace sg::signals::rows
