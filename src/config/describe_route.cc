// Routes: which request goes where, and what is changed on the way.
#include "config/describe.h"
#include "config/expand.h"
#include "config/formats.h"

namespace sg::config {

void describe(Visitor& v, Redirect& redirect) {
    v.record({.name = "a redirect",
              .expand = expand::redirect,
              .short_schema = R"({"type":"string"})",
              .short_words = "where it leads: /v1/"});
    v.field(
        {.key = "to",
         .why = "Where the client is sent: a URL, or a path that replaces the matched prefix; what "
                "follows the prefix and the query are kept.",
         .example = "to: /v1/",
         .format = &formats::redirect_target,
         .required = true},
        redirect.to);
    v.field(
        {.key = "status",
         .why = "308 is for ever and keeps the method; browsers remember it. 302 or 307 while you "
                "are not sure.",
         .format = &formats::redirect_status},
        redirect.status);
}

void describe(Visitor& v, Respond& respond) {
    v.record({.name = "a reply",
              .expand = expand::respond,
              .short_schema = R"({"type":["integer","string"]})",
              .short_words = "a status or a body"});
    v.field({.key = "status", .why = "Status of the reply.", .format = &formats::reply_status},
            respond.status);
    v.field({.key = "body", .why = "Text of the reply.", .unset = "empty"}, respond.body);
    v.field({.key = "content_type", .why = "What the text is.", .format = &formats::one_line},
            respond.content_type);
}

void describe(Visitor& v, Rewrite& rewrite) {
    v.record({.name = "a rewrite",
              .expand = expand::rewrite,
              .short_schema = R"({"type":"string"})",
              .short_words = "a path that replaces the matched prefix: /"});
    v.field({.key = "prefix",
             .why = "Replaces the matched prefix of the path: with `path: /live/` and `prefix: /`, "
                    "/live/a is asked for as /a.",
             .unset = "the path is left as it is",
             .format = &formats::absolute_path},
            rewrite.prefix);
    v.field({.key = "regex",
             .why = "A regular expression (RE2) on the path; what it matches becomes `to`.",
             .unset = "none",
             .format = &formats::regex},
            rewrite.regex);
    v.field({.key = "to",
             .why = "What the match of `regex` becomes; \\1 is its first group.",
             .unset = "empty",
             .format = &formats::one_line},
            rewrite.to);
    v.field({.key = "host",
             .why = "Host field towards the endpoint, for endpoints that serve many names.",
             .unset = "as the client sent it",
             .format = &formats::host_value},
            rewrite.host);
}

namespace {

void describe_match(Visitor& v, Route& route) {
    v.field(
        {.key = "name",
         .why = "How the route is called in logs and metrics. A name of your own stays the same "
                "when the path changes.",
         .unset = "what it matches: `api.example.com/v1/`",
         .format = &formats::one_line},
        route.name);
    v.field({.key = "host",
             .why = "Hosts of the request: names, or `*.example.com` for every name below it.",
             .unset = "every host",
             .format = &formats::host_pattern},
            route.hosts);
    v.visit({.key = "path",
             .why = "Path of the request: `/v1/` takes everything below it, `/v1` only itself."},
            path_type(), &route.path);
    v.visit(
        {.key = "path_regex",
         .why = "A regular expression (RE2) on the path, in place of `path`. Paths are cheaper to "
                "look up and easier to read.",
         .unset = "none"},
        path_regex_type(), &route.path);
    v.field({.key = "methods",
             .why = "Methods of the request. GET includes HEAD.",
             .unset = "every method",
             .format = &formats::method},
            route.methods);
    v.visit(
        {.key = "headers",
         .why = "Header fields that the request must have: a value, `~regex`, or \"*\" for any.",
         .unset = "none"},
        header_matches_type(), &route.headers);
    v.visit({.key = "query",
             .why = "Parameters that the query must have: a value, `~regex`, or \"*\" for any.",
             .unset = "none"},
            query_matches_type(), &route.query);
}

void describe_treatment(Visitor& v, Route& route) {
    v.field(
        {.key = "to",
         .why = "The service that answers, by name, or a URL such as http://127.0.0.1:9000, which "
                "makes a service of one endpoint with every default.",
         .unset = "none: it has `redirect`, `respond` or `files`",
         .format = &formats::route_target},
        route.service);
    v.field({.key = "redirect", .why = "Send the client elsewhere.", .unset = "none"},
            route.redirect);
    v.field({.key = "respond",
             .why = "Answer without asking any service, such as for robots.txt or a closed path.",
             .unset = "none"},
            route.respond);
    v.field(
        {.key = "files",
         .why = "Answer with the files of a folder: what stands behind the matched prefix names "
                "one, and `index.html` stands for a folder. Nothing outside it, nothing that "
                "begins with a dot, and nothing larger than 64 MiB. `${state}` is the state "
                "folder.",
         .unset = "none",
         .format = &formats::one_line,
         .path = Path::file},
        route.files);
    v.field({.key = "rewrite", .why = "Change path or host on the way to the service."},
            route.rewrite);
    v.visit({.key = "request_headers",
             .why = "Header fields to set, add or remove on the way to the service. Values may use "
                    "${client.address}, ${request.id}, ${request.host}, ${request.path}.",
             .unset = "none"},
            field_edits_type(), &route.request_headers);
    v.visit({.key = "response_headers",
             .why = "Header fields to set, add or remove on the way to the client.",
             .unset = "none"},
            field_edits_type(), &route.response_headers);
    v.field({.key = "timeouts",
             .why = "Time-outs of this route where they differ from the service's.",
             .unset = "the service's",
             .inherits = true},
            route.timeouts);
    v.field({.key = "retry",
             .why = "Retry policy of this route where it differs from the service's.",
             .unset = "the service's",
             .inherits = true},
            route.retry);
    v.field({.key = "body_max",
             .why = "Largest request body on this route, in place of `limits.body_max`.",
             .least = 0,
             .most = 0x1p50,
             .unset = "limits.body_max"},
            route.body_max);
}

}  // namespace

void describe(Visitor& v, Route& route) {
    v.record({.name = "a route", .short_words = {}});
    v.place(route.place);
    describe_match(v, route);
    describe_treatment(v, route);
}

}  // namespace sg::config
