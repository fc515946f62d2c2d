// How what is known of a gateway is kept over a restart of our own.
#include "ops/detect/signals/accumulate.h"
#include "ops/detect/signals/pack.h"

namespace sg::signals {

namespace {

constexpr std::int64_t form = 1;           // Of the bytes; another is not read.
constexpr std::int64_t names_max = 70000;  // Bound: a gateway has at most 65535 of a kind.

void pack_flow(Packer& out, const Flow& flow) {
    for (const auto n : {flow.requests, flow.failed, flow.client_errors, flow.timed, flow.within,
                         flow.bytes_in, flow.bytes_out})
        out.number(n);
    out.histogram(flow.duration);
}

Flow unpack_flow(Unpacker& in) {
    Flow flow;
    for (auto* n : {&flow.requests, &flow.failed, &flow.client_errors, &flow.timed, &flow.within,
                    &flow.bytes_in, &flow.bytes_out})
        *n = in.number();
    flow.duration = in.histogram();
    return flow;
}

void pack_flows(Packer& out, const std::map<std::string, Flow>& flows) {
    out.number(static_cast<std::int64_t>(flows.size()));
    for (const auto& [name, flow] : flows) {
        out.text(name);
        pack_flow(out, flow);
    }
}

void unpack_flows(Unpacker& in, std::map<std::string, Flow>& flows) {
    for (auto left = in.number(0, names_max); in.ok() && left > 0; --left) {
        const auto name = in.text();
        flows[name] = unpack_flow(in);
    }
}

}  // namespace

std::string pack(const Heard& heard) {
    Packer out;
    out.number(form);
    out.text(heard.gateway);
    for (const auto n :
         {heard.started_at.ns, static_cast<std::int64_t>(heard.sequence), heard.taken_at.ns,
          heard.heard_at.ns, static_cast<std::int64_t>(heard.cpu_ns)})
        out.number(n);
    for (const auto* flows : {&heard.totals.services, &heard.totals.versions, &heard.totals.routes})
        pack_flows(out, *flows);
    out.number(static_cast<std::int64_t>(heard.totals.endings.size()));
    for (const auto& [service, endings] : heard.totals.endings) {
        out.text(service);
        out.number(static_cast<std::int64_t>(endings.size()));
        for (const auto& [ending, count] : endings) {
            out.text(ending);
            out.number(count);
        }
    }
    return out.take();
}

Result<Heard> unpack_heard(std::string_view bytes) {
    Unpacker in(bytes);
    Heard heard;
    if (in.number() != form) return fail(Errc::unsupported, "a gateway's counts in another form");
    heard.gateway = in.text();
    heard.started_at.ns = in.number();
    heard.sequence = static_cast<std::uint64_t>(in.number());
    heard.taken_at.ns = in.number();
    heard.heard_at.ns = in.number();
    heard.cpu_ns = static_cast<std::uint64_t>(in.number());
    for (auto* flows : {&heard.totals.services, &heard.totals.versions, &heard.totals.routes})
        unpack_flows(in, *flows);
    for (auto services = in.number(0, names_max); in.ok() && services > 0; --services) {
        auto& endings = heard.totals.endings[in.text()];
        for (auto left = in.number(0, names_max); in.ok() && left > 0; --left) {
            const auto ending = in.text();
            endings[ending] = in.number();
        }
    }
    if (!in.at_end()) return fail(Errc::io_failed, "the counts of a gateway are damaged");
    return heard;
}

}  // namespace sg::signals
