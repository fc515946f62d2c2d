#include "helping.h"

#include <fmt/format.h>

#include "ops/respond/mitigation/ask.h"
#include "ops/respond/mitigation/commands.h"

namespace sg::sim {

namespace {

using Say = std::function<Result<void>(const ops::Turn&, const ops::Actor&, std::int64_t id)>;

// A mitigation by its number, or the latest.
Act about(const std::string& who, std::int64_t number, Say say) {
    return [who, number, say = std::move(say)](World& world) {
        return world.run([&](const ops::Turn& turn) -> Result<void> {
            if (number != 0) return say(turn, {who, "cli"}, number);
            TRY(const auto latest, mitigation::list(turn.tx.session(), {.limit = 1}));
            return say(turn, {who, "cli"}, latest.empty() ? 0 : latest.front().id);
        });
    };
}

std::int64_t read_number(Words& words) {
    return words.take_if("mitigation") ? words.number("the number of a mitigation") : 0;
}

std::string read_reason(Words& words) {
    return words.peek().starts_with('"') ? words.text() : std::string();
}

Act read_approves(Words& words, const std::string& who) {
    const auto number = read_number(words);
    return [who, number](World& world) {
        return about(who, number,
                     [&world](const ops::Turn& turn, const ops::Actor& actor, std::int64_t id) {
                         return mitigation::approve(turn, actor, id, &world.history());
                     })(world);
    };
}

// refuses mitigation 2 "it is not that"; undoes
Act read_says(Words& words, const std::string& who,
              Result<void> (*say)(const ops::Turn&, const ops::Actor&, std::int64_t,
                                  const std::string&)) {
    const auto number = read_number(words);
    const auto reason = read_reason(words);
    return about(who, number,
                 [say, reason](const ops::Turn& turn, const ops::Actor& actor, std::int64_t id) {
                     return say(turn, actor, id, reason);
                 });
}

// does shift service=checkout version=v2 share=5% "a canary"
Act read_does(Words& words, const std::string& who) {
    mitigation::Wish wish;
    wish.wanted.act.verb = words.name("a verb");
    while (!words.at_end() && !words.mistake() && !words.peek().starts_with('"')) {
        const auto one = words.take();
        const auto equals = one.find('=');
        if (equals == std::string::npos)
            words.wrong(fmt::format("`{}` is no parameter", one), "write service=checkout");
        else wish.wanted.act.with[one.substr(0, equals)] = one.substr(equals + 1);
    }
    wish.wanted.reason = read_reason(words);
    return [who, wish](World& world) {
        return world.run([&](const ops::Turn& turn) -> Result<void> {
            TRY([[maybe_unused]] const auto id,
                mitigation::propose(turn, {who, "cli"}, wish, &world.history()));
            return {};
        });
    };
}

// switches mitigation off "we look"
Act read_switches(Words& words, const std::string& who) {
    if (!words.take_if("mitigation"))
        words.wrong("switches what?", "write switches mitigation off");
    const auto to = words.take();
    if (to != "off" && to != "on") words.wrong("a switch is off or on", "write off or on");
    const auto reason = read_reason(words);
    return [who, to, reason](World& world) {
        return world.run([&](const ops::Turn& turn) {
            return mitigation::throw_switch(
                turn, {who, "cli"}, to == "off" ? mitigation::To::off : mitigation::To::on, reason);
        });
    };
}

}  // namespace

Act read_helping(Words& words, const std::string& who, const std::string& verb) {
    if (verb == "approves") return read_approves(words, who);
    if (verb == "refuses") return read_says(words, who, &mitigation::refuse);
    if (verb == "undoes") return read_says(words, who, &mitigation::take_back);
    if (verb == "does") return read_does(words, who);
    if (verb == "switches") return read_switches(words, who);
    return {};
}

}  // namespace sg::sim
