#include "doings.h"

#include <fmt/format.h>

#include <map>

#include "helping.h"
#include "ops/detect/alerts/commands.h"
#include "ops/learn/knowledge/ask.h"
#include "ops/learn/knowledge/commands.h"
#include "ops/respond/incidents/commands.h"
#include "ops/respond/notify/commands.h"
#include "ops/respond/oncall/commands.h"
#include "ops/respond/runs/commands.h"
#include "ops/respond/subscribers/commands.h"
#include "ops/respond/subscribers/store.h"
#include "store/digest.h"

namespace sg::sim {

namespace {

using incidents::Verb;
using signals::Health;

// --- the world -----------------------------------------------------------------------------------

// traffic checkout 800/s latency 120ms errors 5% slow 10% at 900ms
// traffic checkout/v2 40/s errors 60%
Act read_traffic(Words& words, Givens& givens) {
    const auto service = words.name("a service");
    givens.service(service.substr(0, service.find('/')));
    Load load{.rate = words.rate()};
    while (!words.at_end() && !words.mistake()) {
        const auto what = words.take();
        if (what == "latency") load.latency = words.time("a latency");
        else if (what == "errors") load.errors = words.share();
        else if (what == "slow") load.slow = words.share();
        else if (what == "at") load.slow_latency = words.time("a latency");
        else
            words.wrong(fmt::format("traffic has no `{}`", what),
                        "it has latency 120ms, errors 5%, slow 10% at 900ms");
    }
    return [service, load](World& world) -> Result<void> {
        world.gateway().serve(service, load);
        return {};
    };
}

// endpoints checkout 0 of 3
Act read_endpoints(Words& words, Givens& givens) {
    const auto service = words.name("a service");
    givens.service(service);
    const auto healthy = static_cast<int>(words.number("a count"));
    if (!words.take_if("of")) words.wrong("endpoints are some of all", "write 0 of 3");
    const auto known = static_cast<int>(words.number("a count"));
    return [service, healthy, known](World& world) -> Result<void> {
        world.gateway().set_endpoints(service, healthy, known);
        return {};
    };
}

template <class Value>
Value read_one_of(Words& words, const std::map<std::string, Value>& known) {
    const auto word = words.take();
    const auto found = known.find(word);
    if (found != known.end()) return found->second;
    std::string all;
    for (const auto& [name, value] : known) all += (all.empty() ? "" : ", ") + name;
    words.wrong(fmt::format("`{}` cannot happen to it", word), "it can be: " + all);
    return {};
}

Act read_channel(Words& words) {
    const auto name = words.name("a channel");
    const auto state = read_one_of<ChannelState>(words, {{"works", ChannelState::works},
                                                         {"fails", ChannelState::fails},
                                                         {"refuses", ChannelState::refuses}});
    return [name, state](World& world) -> Result<void> {
        world.set_channel(name, state);
        return {};
    };
}

Act read_health(Words& words, void (World::*set)(const std::string&, Health)) {
    const auto name = words.name("a name");
    const auto health =
        read_one_of<Health>(words, {{"works", Health::well}, {"fails", Health::ill}});
    return [name, health, set](World& world) -> Result<void> {
        (world.*set)(name, health);
        return {};
    };
}

Act read_gateway(Words& words) {
    const bool answers = read_one_of<bool>(words, {{"answers", true}, {"silent", false}});
    return [answers](World& world) -> Result<void> {
        world.gateway_answers(answers);
        return {};
    };
}

// heartbeat backup every 5m; heartbeat backup stops
Act read_heartbeat(Words& words) {
    const auto name = words.name("a heartbeat");
    Duration every{};
    if (!words.take_if("stops")) {
        if (!words.take_if("every")) words.wrong("a heartbeat beats or stops", "write every 5m");
        every = words.time("a time");
    }
    return [name, every](World& world) -> Result<void> {
        world.beat_every(name, every);
        return {};
    };
}

// inspection postgres.locks hangs; inspection service.resources bad
Act read_inspection(Words& words) {
    using Let = void (World::*)(const std::string&);
    const auto name = words.name("an inspection");
    const auto let =
        read_one_of<Let>(words, {{"hangs", &World::let_hang}, {"bad", &World::let_find_bad}});
    return [name, let](World& world) -> Result<void> {
        (world.*let)(name);
        return {};
    };
}

// clock jumps 1h forward
Act read_clock(Words& words) {
    if (!words.take_if("jumps")) words.wrong("a clock jumps", "write jumps 1h forward");
    const auto distance = words.time("a time");
    const auto sign = read_one_of<int>(words, {{"forward", 1}, {"back", -1}});
    return [distance, sign](World& world) -> Result<void> {
        world.jump(distance * sign);
        return {};
    };
}

Act read_operations(Words& words) {
    const bool start = read_one_of<bool>(words, {{"start", true}, {"stop", false}});
    return [start](World& world) -> Result<void> {
        if (start) world.start();
        else world.stop();
        return {};
    };
}

// resource host cpu 95%
Act read_resource(Words& words) {
    const auto of = words.name("a resource");
    static const std::map<std::string, double signals::Resources::*> levels = {
        {"cpu", &signals::Resources::cpu},
        {"memory", &signals::Resources::memory},
        {"disk", &signals::Resources::disk},
        {"network", &signals::Resources::network}};
    const auto level = read_one_of(words, levels);
    const auto share = words.share();
    return [of, level, share](World& world) -> Result<void> {
        signals::Resources resources{.cpu = 0.2, .memory = 0.4, .disk = 0.3, .network = 0.1};
        resources.*level = share;
        world.set_resources(of, resources);
        return {};
    };
}

// --- people --------------------------------------------------------------------------------------

using Do = std::function<Result<void>(const ops::Turn&, const ops::Actor&, std::int64_t incident)>;

// An incident by its number, or the latest.
Act by_person(const std::string& who, std::int64_t incident, Do what) {
    return [who, incident, what = std::move(what)](World& world) {
        const auto id = incident == 0 ? world.last_incident() : incident;
        return world.run([&](const ops::Turn& turn) { return what(turn, {who, "cli"}, id); });
    };
}

std::int64_t read_incident(Words& words) {
    if (words.at_end()) return 0;
    if (!words.take_if("incident")) words.wrong("which incident?", "write incident 2, or nothing");
    return words.number("the number of an incident");
}

std::string read_remark(Words& words, std::string otherwise) {
    return words.peek().starts_with('"') ? words.text() : otherwise;
}

Act read_move(Words& words, const std::string& who, Verb verb) {
    const auto text = read_remark(words, "as the story has it");
    return by_person(who, read_incident(words),
                     [verb, text](const ops::Turn& turn, const ops::Actor& actor, std::int64_t id) {
                         return incidents::act(turn, id, {verb, actor, text});
                     });
}

// declares sev2 checkout "payments fail"
Act read_declares(Words& words, const std::string& who, Givens& givens) {
    const auto severity = words.take();
    incidents::Trigger trigger;
    if (severity.size() != 4 || !severity.starts_with("sev"))
        words.wrong(fmt::format("`{}` is not a severity", severity), "sev1 to sev4");
    else trigger.severity = severity[3] - '0';
    trigger.service = words.name("a service");
    givens.service(trigger.service);
    trigger.title = words.text();
    return by_person(
        who, 0,
        [trigger](const ops::Turn& turn, const ops::Actor& actor, std::int64_t) -> Result<void> {
            TRY([[maybe_unused]] const auto id, incidents::declare(turn, actor, trigger));
            return {};
        });
}

// makes it sev1 "half of Europe"
Act read_severity(Words& words, const std::string& who) {
    if (!words.take_if("it")) words.wrong("what becomes worse or better?", "write makes it sev1");
    const auto severity = words.take();
    if (severity.size() != 4 || !severity.starts_with("sev"))
        words.wrong(fmt::format("`{}` is not a severity", severity), "sev1 to sev4");
    const std::int64_t to = severity.empty() ? 0 : severity.back() - '0';
    const auto why = read_remark(words, "it is");
    return by_person(who, read_incident(words),
                     [to, why](const ops::Turn& turn, const ops::Actor& actor, std::int64_t id) {
                         return incidents::change_severity(turn, actor, id, {to, why});
                     });
}

Act read_says(Words& words, const std::string& who,
              Result<void> (*say)(const ops::Turn&, const ops::Actor&, std::int64_t,
                                  const std::string&)) {
    const auto text = words.text();
    return by_person(who, read_incident(words),
                     [text, say](const ops::Turn& turn, const ops::Actor& actor, std::int64_t id) {
                         return say(turn, actor, id, text);
                     });
}

// merges 2 into 1
Act read_merges(Words& words, const std::string& who) {
    const auto one = words.number("the number of an incident");
    if (!words.take_if("into")) words.wrong("into which?", "write merges 2 into 1");
    const auto into = words.number("the number of an incident");
    return by_person(who, one,
                     [into](const ops::Turn& turn, const ops::Actor& actor, std::int64_t id) {
                         return incidents::merge(turn, actor, id, into);
                     });
}

// takes over from ana of checkout for 2h
Act read_takes_over(Words& words, const std::string& who) {
    oncall::Override wanted{.takes = who, .why = "as agreed"};
    if (!words.take_if("over")) words.wrong("takes what?", "write takes over from ana of checkout");
    if (words.take_if("from")) wanted.leaves = words.name("a person");
    if (words.take_if("of")) wanted.team = words.name("a team");
    else words.wrong("of which team?", "write of checkout");
    if (!words.take_if("for")) words.wrong("for how long?", "write for 2h");
    const auto length = words.time("a time");
    return by_person(who, 0,
                     [wanted, length](const ops::Turn& turn, const ops::Actor& actor,
                                      std::int64_t) -> Result<void> {
                         auto it = wanted;
                         it.from = turn.now;
                         it.to = turn.now + length;
                         TRY([[maybe_unused]] const auto id, oncall::add_override(turn, actor, it));
                         return {};
                     });
}

// silences service=checkout alertname=errors for 1h | until-clear
Act read_silences(Words& words, const std::string& who) {
    alerts::Silence silence{.comment = "as the story has it"};
    Duration length{};
    while (!words.at_end() && !words.mistake()) {
        if (words.take_if("until-clear")) silence.until_clear = true;
        else if (words.take_if("for")) length = words.time("a time");
        else silence.matchers.push_back(words.take());
    }
    return by_person(who, 0,
                     [silence, length](const ops::Turn& turn, const ops::Actor& actor,
                                       std::int64_t) -> Result<void> {
                         auto it = silence;
                         if (length > 0s) it.ends_at = turn.now + length;
                         TRY([[maybe_unused]] const auto id, alerts::add_silence(turn, actor, it));
                         return {};
                     });
}

// Asks and confirms, as the button behind the link in the mail does.
Act read_subscribes(const std::string& who) {
    return [who](World& world) -> Result<void> {
        const auto address = who + "@example.com";
        TRY_VOID(world.run([&](const ops::Turn& turn) {
            return subscribers::ask(turn, {"a subscriber", "page"},
                                    {address, {}, store::sha256_hex(who).substr(0, 16), who});
        }));
        return world.run([&](const ops::Turn& turn) -> Result<void> {
            TRY(const auto known, subscribers::contact_at(turn.tx.session(), address));
            TRY(const auto one, subscribers::find(turn.tx.session(), known->subscriber));
            const subscribers::Link link{subscribers::Purpose::confirm, one->id, one->asked_at};
            TRY(const auto claim,
                subscribers::claim_of(link.purpose, subscribers::token_of(link, known->secret)));
            return subscribers::confirm(turn, claim);
        });
    };
}

Act read_ends(Words& words, const std::string& who) {
    if (!words.take_if("silence")) words.wrong("ends what?", "write ends silence 1");
    const auto number = words.number("the number of a silence");
    return by_person(who, 0,
                     [number](const ops::Turn& turn, const ops::Actor& actor, std::int64_t) {
                         return alerts::expire_silence(turn, actor, number);
                     });
}

// escalates "I need help"
Act read_escalates(Words& words, const std::string& who) {
    const auto why = read_remark(words, "");
    return [who, why](World& world) {
        const auto id = world.last_incident();
        return world.run([&](const ops::Turn& turn) {
            return oncall::escalate(turn, {who, "cli"}, {.incident = id}, why);
        });
    };
}

// answers runbook "load"
Act read_answers_runbook(Words& words, const std::string& who) {
    const auto text = words.text();
    return by_person(
        who, 0,
        [text](const ops::Turn& turn, const ops::Actor& actor, std::int64_t id) -> Result<void> {
            TRY(const auto run, runs::run_of(turn.tx.session(), id));
            return runs::answer(turn, actor, run ? run->id : 0, {.answer = text},
                                [](const runs::Run&) { return runs::Known{}; });
        });
}

// answers page 1: by the link in it.
Act read_answers(Words& words, const std::string& who) {
    if (words.take_if("runbook")) return read_answers_runbook(words, who);
    if (!words.take_if("page")) words.wrong("answers what?", "write answers page 1");
    const auto page = words.number("the number of a page");
    return by_person(who, 0, [page](const ops::Turn& turn, const ops::Actor& actor, std::int64_t) {
        return oncall::acknowledge(turn, {actor.who, "link"}, {.page = page, .how = "link"});
    });
}

// writes "a cable was cut" into factors
Act read_writes(Words& words, const std::string& who) {
    knowledge::Edit edit{.text = words.text()};
    if (!words.take_if("into")) words.wrong("into what?", "write into factors");
    edit.section = words.name("a section");
    return by_person(
        who, read_incident(words),
        [edit](const ops::Turn& turn, const ops::Actor& actor, std::int64_t id) -> Result<void> {
            TRY(const auto found, knowledge::find(turn.tx.session(), id));
            auto it = edit;
            it.version = found ? found->version : 0;
            return knowledge::edit(turn, actor, id, it);
        });
}

// publishes, returns, reviews, ends the post-mortem
Act read_postmortem(Words& words, const std::string& who, knowledge::Verb verb) {
    const auto text = read_remark(words, "as the story has it");
    return by_person(who, read_incident(words),
                     [verb, text](const ops::Turn& turn, const ops::Actor& actor, std::int64_t id) {
                         return knowledge::act(turn, actor, id, {verb, text, {}});
                     });
}

// plans "a second cable" for bo within 7d
Act read_plans(Words& words, const std::string& who) {
    knowledge::ActionItem item{.what = words.text()};
    if (!words.take_if("for")) words.wrong("for whom?", "write for bo within 7d");
    item.owner = words.name("a person");
    if (!words.take_if("within")) words.wrong("until when?", "write within 7d");
    const auto within = words.time("a time");
    return by_person(who, read_incident(words),
                     [item, within](const ops::Turn& turn, const ops::Actor& actor,
                                    std::int64_t id) -> Result<void> {
                         auto it = item;
                         it.due = turn.now + within;
                         TRY([[maybe_unused]] const auto number,
                             knowledge::add(turn, actor, id, it));
                         return {};
                     });
}

// finishes item 1 "a photo"
Act read_finishes(Words& words, const std::string& who) {
    if (!words.take_if("item")) words.wrong("finishes what?", "write finishes item 1");
    const auto number = words.number("the number of an action item");
    const auto shown = read_remark(words, "");
    return by_person(who, 0,
                     [number, shown](const ops::Turn& turn, const ops::Actor& actor, std::int64_t) {
                         return knowledge::finish(turn, actor, number, shown);
                     });
}

Act read_person(Words& words, const std::string& who, Givens& givens) {
    static const std::map<std::string, Verb, std::less<>> moves = {
        {"acknowledges", Verb::acknowledge}, {"mitigates", Verb::mitigate},
        {"resolves", Verb::resolve},         {"closes", Verb::close},
        {"cancels", Verb::cancel},           {"reopens", Verb::relapse}};
    static const std::map<std::string, knowledge::Verb, std::less<>> steps = {
        {"publishes", knowledge::Verb::publish},
        {"returns", knowledge::Verb::give_back},
        {"reviews", knowledge::Verb::review}};
    const auto verb = words.take();
    if (const auto move = moves.find(verb); move != moves.end())
        return read_move(words, who, move->second);
    if (const auto step = steps.find(verb); step != steps.end())
        return read_postmortem(words, who, step->second);
    if (verb == "declares") return read_declares(words, who, givens);
    if (verb == "makes") return read_severity(words, who);
    if (verb == "notes") return read_says(words, who, &incidents::note);
    if (verb == "tells") return read_says(words, who, &incidents::tell);
    if (verb == "merges") return read_merges(words, who);
    if (verb == "takes") return read_takes_over(words, who);
    if (verb == "silences") return read_silences(words, who);
    if (verb == "ends") return read_ends(words, who);
    if (verb == "subscribes") return read_subscribes(who);
    if (verb == "escalates") return read_escalates(words, who);
    if (verb == "answers") return read_answers(words, who);
    if (verb == "writes") return read_writes(words, who);
    if (verb == "plans") return read_plans(words, who);
    if (verb == "finishes") return read_finishes(words, who);
    if (auto helping = read_helping(words, who, verb)) return helping;
    words.wrong(
        fmt::format("`{} {}` is nothing that can happen", who, verb),
        "people acknowledge, mitigate, resolve, close, cancel, reopen, declare, make it "
        "sevN, note, tell, merge, take over, silence, end, subscribe, escalate, answer; "
        "they write, publish, return, review, plan, finish; of a mitigation they approve, refuse, "
        "undo, do VERB, switch mitigation off");
    return {};
}

}  // namespace

Act read_doing(Words& words, Givens& givens) {
    const auto what = words.take();
    if (what == "traffic") return read_traffic(words, givens);
    if (what == "endpoints") return read_endpoints(words, givens);
    if (what == "channel") return read_channel(words);
    if (what == "probe") return read_health(words, &World::set_probe);
    if (what == "need") return read_health(words, &World::set_need);
    if (what == "inspection") return read_inspection(words);
    if (what == "gateway") return read_gateway(words);
    if (what == "heartbeat") return read_heartbeat(words);
    if (what == "clock") return read_clock(words);
    if (what == "operations") return read_operations(words);
    if (what == "resource") return read_resource(words);
    return read_person(words, what, givens);
}

}  // namespace sg::sim
