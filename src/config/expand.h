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

}  // namespace sg::config::expand
