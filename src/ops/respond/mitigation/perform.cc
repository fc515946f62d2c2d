#include "ops/respond/mitigation/perform.h"

#include <fmt/format.h>

namespace sg::mitigation {

namespace {

Answer answer_of(const Result<std::string>& result) {
    if (result) return {Answer::How::done, *result};
    return {Answer::How::failed, result.error().message()};
}

// Under its own name: what it undoes bears the plain one.
Result<std::string> take_back(const Errand& errand, ports::Order order,
                              const ports::Executor& executor, Instant now) {
    if (errand.undo_act.verb.empty()) return executor.take_back(order, errand.before, now);
    order.id += "-undo";
    order.act = errand.undo_act;
    order.expires_at = Instant::never();
    return executor.carry_out(order, now);
}

}  // namespace

Answer perform(const std::string& body, const ports::Executor& executor, Instant now) {
    const auto errand = from_json<Errand>(body);
    if (!errand) return {Answer::How::failed, errand.error().message()};
    // It lay about while operations were down: whether it still makes sense nobody has asked.
    if (errand->not_after != Instant{} && now > errand->not_after)
        return {Answer::How::failed, "it came too late to be begun"};
    if (errand->kind == "prepare") return answer_of(executor.before(errand->act, now));
    const ports::Order order{
        .id = fmt::format("mitigation-{}", errand->mitigation),
        .act = errand->act,
        .origin = "mitigation",
        .reason = errand->reason,
        .expires_at = errand->expires_at == Instant{} ? Instant::never() : errand->expires_at,
        .before = errand->before};
    if (errand->kind == "carry_out") return answer_of(executor.carry_out(order, now));
    return answer_of(take_back(*errand, order, executor, now));
}

}  // namespace sg::mitigation
