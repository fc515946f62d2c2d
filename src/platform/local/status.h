// What the supervisor says of itself and of what it runs: the replies that `ps`, `top` and
// `describe` show.
#pragma once

#include "platform/local/protocol.h"
#include "platform/local/supervisor.h"

namespace sg::platform::local {

Json status_of(const Supervisor& supervisor);
void add_usage(Json& status);  // To each instance and process: what it uses now.
Json describe_service(const Supervisor& supervisor, const Service& service);
Json to_json(const Entry& entry);

}  // namespace sg::platform::local
