// Small files, and the names of all that stands in a state folder.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace sg::platform::local {

Result<std::string> read_file(const std::string& path);

// The file holds the old or the new text, never a part: a reader may come at any moment.
Result<void> replace_file(const std::string& path, std::string_view text);

Result<void> make_folder(const std::string& path);  // And those above it.

// <state>/… . Everything that the supervisor and the gateway agree on by name.
struct Layout {
    std::string state;  // Absolute.

    std::string run() const { return state + "/run"; }
    std::string log() const { return state + "/log"; }
    std::string supervisor_socket() const { return run() + "/supervisor.sock"; }
    std::string lock() const { return run() + "/supervisor.lock"; }
    std::string supervisor_state() const { return run() + "/supervisor.json"; }
    std::string notify_socket() const { return run() + "/notify.sock"; }
    std::string gateway_socket() const { return run() + "/gateway.sock"; }  // Of the newest.
    std::string gateway_socket_of(int pid) const;
    std::string gateway_fds() const { return run() + "/gateway.fds"; }
    std::string ops_pid() const { return run() + "/ops.pid"; }
    std::string ops_log() const { return log() + "/ops.log"; }
    std::string gateway_log() const { return log() + "/gateway.log"; }
    std::string supervisor_log() const { return log() + "/supervisor.log"; }
    std::string happenings() const { return state + "/happenings.jsonl"; }
    std::string service_logs(std::string_view service) const;
    std::string log_of(std::string_view service, std::string_view version,
                       unsigned replica) const;  // log/catalog/v1.2.log
};

// The layout for a state folder as written in a configuration or on a command line.
// Unix sockets have short names: a state folder that is too deep is refused here, with a hint.
Result<Layout> layout_of(const std::string& state);

}  // namespace sg::platform::local
