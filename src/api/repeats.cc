#include "api/repeats.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "api/routes.h"
#include "store/digest.h"

namespace sg::api {

namespace {

constexpr std::string_view header = "idempotency-key";
// Its reply holds a token that is told once and kept nowhere.
constexpr std::string_view told_once = "/api/v1/oncall/feeds";

bool is_key(std::string_view key) {
    return key.size() <= idempotency_key_max &&
           std::ranges::all_of(key, [](char c) { return c > ' ' && c < 0x7f; });
}

// Keys of one person say nothing to another.
store::Claim claim_of(const Call& call) {
    const auto& request = call.request;
    return {fmt::format("{}\n{}", call.actor.who, request.header(header)),
            store::sha256_hex(fmt::format("{}\n{}\n{}\n{}", request.method, request.path,
                                          request.query, request.body)),
            call.now};
}

web::Reply again(const store::KeptReply& kept, const store::Claim& claim) {
    if (kept.digest != claim.digest)
        return problem(422, "this Idempotency-Key was used for another request");
    if (kept.status == 0)
        return problem(409, "it was done when it was sent first; its reply was not kept");
    // What is kept says what was done; that may have been to refuse.
    const bool refused = kept.status >= 400;
    web::Reply reply{static_cast<int>(kept.status),
                     refused ? "application/problem+json" : "application/json", kept.body};
    reply.headers.emplace_back("Idempotent-Replayed", "true");
    return reply;
}

// A reply that is not kept is no failure of what was done.
void keep(Site& site, const store::Claim& claim, const store::KeptReply& reply) {
    const auto done = site.writer.run(
        [&](const ops::Turn& turn) { return store::keep_reply(turn.tx, claim.key, reply); });
    if (!done) spdlog::warn("a reply is not kept: {}", done.error().message());
}

}  // namespace

Result<void> Commands::run(const ops::Engine::Command& command) {
    if (!claim_) return writer_.run(command);
    TRY_VOID(writer_.run([&](const ops::Turn& turn) -> Result<void> {
        TRY_VOID(store::forget_replies(turn.tx, claim_->at - reply_kept));
        TRY_VOID(store::claim(turn.tx, *claim_));
        return command(turn);
    }));
    claim_.reset();
    return {};
}

Commands::Done Commands::end() {
    const auto done = claim_ ? Done::no : Done::yes;
    claim_.reset();
    return done;
}

web::Reply answer_once(Site& site, const Call& call, const Route& route) {
    if (!is_key(call.request.header(header)))
        return problem(400, fmt::format("an Idempotency-Key has at most {} visible characters",
                                        idempotency_key_max));
    const auto claim = claim_of(call);
    const auto kept = store::find_reply(site.read, claim.key);
    if (!kept) return problem(kept.error());
    if (*kept && (*kept)->at + reply_kept > call.now) return again(**kept, claim);
    site.writer.begin(claim);
    const auto answer = route.handler(site, call);
    const auto done = site.writer.end();
    if (!answer) return problem(answer.error());
    const web::Reply reply{answer->status, answer->type, answer->body + "\n"};
    if (done == Commands::Done::yes && call.request.path != told_once)
        keep(site, claim, {claim.digest, reply.status, reply.body, claim.at});
    return reply;
}

}  // namespace sg::api
