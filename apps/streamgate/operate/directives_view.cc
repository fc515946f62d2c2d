#include "operate/directives_view.h"

#include <fmt/format.h>

#include "platform/local/table.h"

namespace sg::operate {

namespace {

using platform::local::Table;

// As it was written, `20%`, or as a gateway says it, 0.2.
std::string share_of(const Json& fault) {
    const auto& share = at(fault, "share");
    if (share.is_string()) return share.get<std::string>();
    return share.is_number() ? show_share(share.get<double>()) : "100 %";
}

std::string said_of_fault(const Json& fault) {
    const auto route = text_at(fault, "route");
    const auto service = text_at(fault, "service");
    auto whom = route.empty() ? service : "route " + route;
    if (whom.empty()) whom = "everything";
    for (const char* const key : {"version", "endpoint"})
        if (const auto part = text_at(fault, key); !part.empty()) whom += " " + part;
    std::string what;
    const auto add = [&](const std::string& one) { what += (what.empty() ? "" : ", ") + one; };
    if (const auto delay = text_at(fault, "delay"); !delay.empty()) add("wait " + delay);
    if (const auto abort = number_at(fault, "abort"); abort != 0)
        add(fmt::format("are answered {}", abort));
    if (flag_at(fault, "reset")) add("are cut off without an answer");
    if (const auto bytes = text_at(fault, "bytes_per_second"); !bytes.empty())
        add(fmt::format("are answered at {} a second",
                        at(fault, "bytes_per_second").is_number() ? bytes + " B" : bytes));
    return fmt::format("{}: {} of requests {}", whom, share_of(fault), what);
}

std::string said_of_weights(const Json& weights) {
    std::string what;
    for (const auto& [version, weight] : at(weights, "weights").items())
        what += fmt::format("{}{} gets {}", what.empty() ? "" : ", ", version,
                            weight.get<std::uint32_t>());
    return fmt::format("{}: {}", text_at(weights, "service"), what);
}

std::string said_of_circuit(const Json& circuit) {
    std::string what;
    const auto add = [&](const char* key, const char* words) {
        if (circuit.contains(key))
            what +=
                fmt::format("{}{} {}", what.empty() ? "" : ", ", number_at(circuit, key), words);
    };
    add("requests_max", "requests in flight");
    add("connections_max", "connections to each endpoint");
    add("queue_max", "waiting");
    return fmt::format("{}: at most {}", text_at(circuit, "service"), what);
}

std::string said_of_refusal(const Json& directive) {
    if (const auto& shed = at(directive, "shed"); !shed.is_null())
        return fmt::format("{}: {} of new requests are refused", text_at(shed, "service"),
                           share_of(shed));
    if (const auto& block = at(directive, "block_client"); !block.is_null()) {
        const auto service = text_at(block, "service");
        return fmt::format("requests of {} {}are refused", text_at(block, "client"),
                           service.empty() ? "" : "to " + service + " ");
    }
    return {};
}

}  // namespace

std::string said(const Json& directive) {
    if (const auto& fault = at(directive, "inject_fault"); !fault.is_null())
        return said_of_fault(fault);
    if (const auto& weights = at(directive, "set_weights"); !weights.is_null())
        return said_of_weights(weights);
    if (const auto& circuit = at(directive, "set_circuit"); !circuit.is_null())
        return said_of_circuit(circuit);
    if (const auto& drained = at(directive, "drain_endpoint"); !drained.is_null())
        return fmt::format("{}: {} gets nothing new", text_at(drained, "service"),
                           text_at(drained, "endpoint"));
    if (const auto& found = at(directive, "set_endpoints"); !found.is_null()) {
        const auto endpoints = words_at(found, "endpoints");
        return fmt::format("{} {}: {}", text_at(found, "service"), text_at(found, "version"),
                           endpoints.empty() ? "no endpoint" : endpoints);
    }
    if (const auto& breaker = at(directive, "open_breaker"); !breaker.is_null())
        return fmt::format("{}: the breaker of {} is open", text_at(breaker, "service"),
                           text_at(breaker, "endpoint"));
    if (const auto& off = at(directive, "switch_off"); !off.is_null())
        return fmt::format("{} does without {}", text_at(off, "service"), text_at(off, "need"));
    if (const auto& shown = at(directive, "show_expired"); !shown.is_null()) {
        const auto listener = text_at(shown, "listener");
        return fmt::format("{} shows a certificate that has ended",
                           listener.empty() ? "every TLS listener" : listener);
    }
    if (auto refusal = said_of_refusal(directive); !refusal.empty()) return refusal;
    return "something that this program does not know";
}

std::string directive_taken(const Json& directive) {
    const auto expires = text_at(directive, "expires_in");
    return fmt::format("{}, {}\nnext  streamgate gateway ctl lift {}    ends it at once\n",
                       said(directive), expires.empty() ? "until it is lifted" : "for " + expires,
                       text_at(directive, "id"));
}

std::string directive_list(const Json& answer, const Screen& screen) {
    Table table({"ID", "WHAT", "BY", "UNTIL", "WHY"});
    for (const auto& it : list_at(answer, "directives")) {
        const auto until = moment_at(it, "expires_at");
        table.row({text_at(it, "id"), said(it), text_at(it, "origin"),
                   until ? show_moment(*until, screen.now) : "lifted", text_at(it, "reason")});
    }
    return table.empty() ? "nothing is in force: it does what its configuration says\n"
                         : table.text(screen.colour);
}

}  // namespace sg::operate
