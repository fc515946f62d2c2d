// What texts in the configuration must look like: each row says what is wrong with one that does
// not.
#pragma once

#include <optional>

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

// Of operations (formats_operations.cc).
extern const Format person_id;        // A name that is not one of the words of an escalation
extern const Format mail_address;     // ana@example.com
extern const Format phone;            // E.164: +34600000000
extern const Format zone;             // Europe/Madrid, as the system knows it
extern const Format handover;         // Mon 09:00, or 09:00
extern const Format clock_time;       // 10:00, or `off`
extern const Format date;             // 2026-01-05
extern const Format url;              // http:// or https://
extern const Format origin;           // The same, without a path: https://ops.example.com
extern const Format smtp_url;         // smtp://host:587, smtps://host
extern const Format sftp_url;         // sftp://user@host/folder/
extern const Format store_url;        // postgres://user@host/database
extern const Format gateway_address;  // host:port, unix:/path
extern const Format link_speed;       // 10Gbit/s
extern const Format clock_range;      // 22:00-24:00
extern const Format weekday_range;    // mon, mon-fri
extern const Format day_range;        // 1, -1, 1-7
extern const Format month_range;      // 12, jun-aug
extern const Format year_range;       // 2026, 2026-2028
extern const Format matcher;          // severity=~"sev1|sev2"
extern const Format label_name;
extern const Format message_template;  // With ${subject}, ${text}, ${to}, ${ack}, ${severity}
extern const Format mapped_name;       // title, service, severity, key, status
extern const Format verb;              // shift, drain, restart…
extern const Format json_pointer;      // /alert/labels/service

// `10Gbit/s` in bits per second.
std::optional<double> bits_per_second(std::string_view text);

}  // namespace sg::config::formats
