#include "store/replies.h"

namespace sg::store {

namespace {

const Migration tables(4, "what is sent again under the same key is not done again", R"(
CREATE TABLE replies (
  key TEXT PRIMARY KEY, digest TEXT NOT NULL, status BIGINT NOT NULL, body TEXT NOT NULL,
  at BIGINT NOT NULL);
CREATE INDEX replies_at ON replies (at);
)");

const Sql of_key("replies.find", "SELECT digest, status, body, at FROM replies WHERE key = :k");
const Sql insert("replies.claim",
                 "INSERT INTO replies (key, digest, status, body, at) VALUES (:a, :b, 0, '', :c)");
const Sql fill("replies.keep", "UPDATE replies SET status = :a, body = :b WHERE key = :c");
const Sql drop("replies.forget", "DELETE FROM replies WHERE at < :t");

}  // namespace

Result<std::optional<KeptReply>> find_reply(Session& session, const std::string& key) {
    TRY(const auto row, session.row(of_key, {key}));
    if (!row) return std::nullopt;
    return KeptReply{row->text(0), row->integer(1), row->text(2), row->instant(3)};
}

Result<void> claim(const Tx& tx, const Claim& claim) {
    return tx.run(insert, {claim.key, claim.digest, claim.at});
}

Result<void> keep_reply(const Tx& tx, const std::string& key, const KeptReply& reply) {
    return tx.run(fill, {reply.status, reply.body, key});
}

Result<void> forget_replies(const Tx& tx, Instant before) { return tx.run(drop, {before}); }

}  // namespace sg::store
