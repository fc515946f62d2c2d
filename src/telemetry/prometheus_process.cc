// Own metrics of the gateway itself: workers, log, reloads, process.
#include "telemetry/prometheus.h"

namespace sg::telemetry {

namespace {

using Type = Exposition::Type;

void write_workers(Exposition& out, const Snapshot& snapshot) {
    const auto each = [&](std::string_view name, Type type, std::string_view help, auto member) {
        out.family(name, type, help);
        for (const auto& row : snapshot.workers)
            out.sample(Labels{}.add("worker", std::uint64_t{row.worker}), row.*member);
    };
    each("streamgate_connections", Type::gauge, "Open connections of clients.",
         &WorkerRow::connections);
    each("streamgate_connections_accepted_total", Type::counter, "Connections of clients accepted.",
         &WorkerRow::connections_accepted);
    each("streamgate_connections_refused_total", Type::counter,
         "Connections of clients closed at once because a limit was reached.",
         &WorkerRow::connections_refused);
    each("streamgate_tunnels", Type::gauge, "Open WebSockets and other tunnels.",
         &WorkerRow::tunnels);
    each("streamgate_event_loop_lag_seconds", Type::histogram,
         "How late the event loop of a worker came back.", &WorkerRow::loop_lag);
    each("streamgate_event_loop_stalls_total", Type::counter,
         "Times that the watchdog saw a worker not come back.", &WorkerRow::loop_stalls);
    each("streamgate_telemetry_rows_refused_total", Type::counter,
         "Requests and attempts counted without their names because a table was full.",
         &WorkerRow::rows_refused);
}

void write_log(Exposition& out, const Snapshot& snapshot) {
    const auto& log = snapshot.log;
    out.family("streamgate_log_lines_total", Type::counter,
               "Lines of the access log; dropped: the writer was behind, lost: the disk refused.");
    out.sample(Labels{}.add("outcome", "written"), log.written);
    out.sample(Labels{}.add("outcome", "sampled_out"), log.sampled_out);
    out.sample(Labels{}.add("outcome", "dropped"), log.dropped);
    out.sample(Labels{}.add("outcome", "lost"), log.lost);
    out.family("streamgate_log_rotations_total", Type::counter, "Rotations of the access log.");
    out.sample(Labels{}, log.rotations);
}

void write_gateway(Exposition& out, const Snapshot& snapshot) {
    out.family("streamgate_build_info", Type::gauge, "Always 1; its labels say what runs.");
    out.sample(Labels{}
                   .add("version", snapshot.build)
                   .add("gateway", snapshot.gateway)
                   .add("config", snapshot.config),
               std::uint64_t{1});
    out.family("streamgate_reloads_total", Type::counter, "Reloads of the configuration.");
    out.sample(Labels{}.add("outcome", "accepted"), snapshot.reloads);
    out.sample(Labels{}.add("outcome", "refused"), snapshot.reloads_refused);
    out.family("streamgate_oddities_total", Type::counter,
               "Things that should not be and were survived; the log says which.");
    out.sample(Labels{}, snapshot.oddities);
    out.family("streamgate_telemetry_names_refused_total", Type::counter,
               "Names that found no room in the tables.");
    out.sample(Labels{}, snapshot.names_refused);
}

void write_process(Exposition& out, const Snapshot& snapshot) {
    const auto& process = snapshot.process;
    out.family("process_cpu_seconds_total", Type::counter, "CPU time, user and system.");
    out.sample_seconds(Labels{}, process.cpu_ns);
    out.family("process_resident_memory_bytes", Type::gauge, "Resident memory.");
    out.sample(Labels{}, process.resident_bytes);
    out.family("process_open_fds", Type::gauge, "Open file descriptors.");
    out.sample(Labels{}, process.open_files);
    out.family("process_max_fds", Type::gauge, "File descriptors that may be open.");
    out.sample(Labels{}, process.open_files_max);
    out.family("process_start_time_seconds", Type::gauge, "When it started, since 1970.");
    out.sample_seconds(Labels{}, static_cast<std::uint64_t>(snapshot.started_at.ns));
}

}  // namespace

void write_process_metrics(Exposition& out, const Snapshot& snapshot) {
    write_workers(out, snapshot);
    write_log(out, snapshot);
    write_gateway(out, snapshot);
    write_process(out, snapshot);
}

}  // namespace sg::telemetry
