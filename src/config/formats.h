// What texts in the configuration must look like: each row says what is wrong with one that does
// not.
#pragma once

#include "base/describe.h"

namespace sg::config::formats {

extern const Format name;          // Letters, digits, `.`, `_`, `-`
extern const Format service_name;  // The same, or the endpoint that a route names: `127.0.0.1:9000`
extern const Format listen_address;     // `:8080`, `127.0.0.1:8080`, `unix:/path`
extern const Format telemetry_address;  // The same, or `off`
extern const Format host_pattern;       // `api.example.com`, `*.example.com`
extern const Format host_value;  // Of a Host field: a name or address, with or without a port
extern const Format method;
extern const Format header_name;
extern const Format edited_header;  // A header name that is not the gateway's own
extern const Format one_line;
extern const Format template_line;  // One line, with ${client.address} and the like
extern const Format path_prefix;    // Begins and ends with `/`
extern const Format absolute_path;  // Begins with `/`
extern const Format probe_target;   // The same, perhaps with a query
extern const Format regex;          // RE2
extern const Format route_target;   // A service or a URL
extern const Format redirect_target;
extern const Format redirect_status;
extern const Format reply_status;
extern const Format cookie_name;
extern const Format environment_name;
extern const Format command;

}  // namespace sg::config::formats
