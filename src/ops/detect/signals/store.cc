#include "ops/detect/signals/store.h"

namespace sg::signals::rows {

namespace {

using store::Session;

const store::Migration first(1000, "the past of the signals, in a database file of its own", R"(
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
