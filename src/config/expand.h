// Short forms → long forms, as nodes: whoever reads the long form points at what was written in the
// short one.
#pragma once

#include "base/describe.h"

namespace sg::config::expand {

Node listener(Node node);      // `:8080`
Node listener_tls(Node node);  // `self-signed`; `{certificate, key}`; a list of them
Node service(Node node);       // `origin:9100`, a list; `endpoints:`, `run:` without `versions:`
Node version(Node node);       // `origin:9100`, a list
Node run(Node node);           // "command"
Node health(Node node);        // `/healthz`, `tcp`, `off`
Node outlier(Node node);       // `off`
Node retry(Node node);         // `off`; a number of attempts
Node sticky(Node node);        // a name of a cookie
Node redirect(Node node);      // a target
Node respond(Node node);       // a status; a body
Node rewrite(Node node);       // a prefix
Node access_log(Node node);    // a path, `off`, `-`

// Of operations (expand_operations.cc).
Node person(Node node);         // a mail address
Node oncall(Node node);         // people: each is primary, then secondary, then backup
Node team(Node node);           // the same
Node channel(Node node);        // a kind; `smtp:`, `webhook:`, `routing_key:` say which kind it is
Node objectives(Node node);     // `throughput: off`
Node objective(Node node);      // `95% under 200ms over 30d`, `1000/s`
Node alert(Node node);          // `errors > 2%`, `off`
Node hard_fault(Node node);     // `off`
Node heartbeat(Node node);      // a duration
Node heartbeat_out(Node node);  // a URL
Node inbox(Node node);          // a token
Node need(Node node);           // `{ redis: redis://… }`; a URL; host:port
Node probe(Node node);          // a URL
Node mitigation(Node node);     // a mode
Node verb_policy(Node node);    // a mode

}  // namespace sg::config::expand
