// Routes: where they lead, what they match, and edits that fit.
#include "config/check.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <map>

namespace sg::config {

namespace {

void check_target(const Route& route, const std::string& path, Findings& findings) {
    if (route.place.line == 0) return;  // It could not be read at all.
    std::vector<std::string> given;
    for (const char* key : {"to", "redirect", "respond", "files"})
        if (findings.was_said(path + "." + key)) given.emplace_back(key);
    if (given.empty())
        return findings.fail(
            route.place, "a route leads nowhere",
            "add `to:` with a service or a URL, `redirect:`, `respond:` or `files:`");
    if (given.size() > 1)
        findings.fail(path + "." + given[1],
                      fmt::format("a route has both `{}` and `{}`", given[0], given[1]),
                      "keep one of them; two routes can match different paths");
    if (given[0] == "files" && route.path.kind != PathMatch::Kind::prefix)
        findings.fail(path + ".files", "`files` needs a path that ends in `/`",
                      "what stands behind the prefix names the file");
    if (given[0] == "to") return;
    for (const char* key : {"rewrite", "request_headers", "timeouts", "retry", "body_max"})
        if (findings.was_said(path + "." + key))
            findings.fail(path + "." + key,
                          fmt::format("`{}` has no effect on a route with `{}`", key, given[0]),
                          fmt::format("remove `{}`: no service is asked", key));
}

void check_path(const Route& route, const std::string& path, Findings& findings) {
    if (findings.was_said(path + ".path") && findings.was_said(path + ".path_regex"))
        findings.fail(path + ".path_regex", "a route has both `path` and `path_regex`",
                      "keep one of them");
    if (!route.redirect) return;
    const bool itself = route.redirect->to.starts_with('/') &&
                        (route.path.kind == PathMatch::Kind::exact
                             ? route.redirect->to == route.path.value
                             : route.path.kind == PathMatch::Kind::prefix &&
                                   route.redirect->to.starts_with(route.path.value));
    if (itself)
        findings.fail(path + ".redirect",
                      fmt::format("`{}` redirects to itself, again and again", route.path.value),
                      "lead it to a path that this route does not match");
}

void check_rewrite(const Route& route, const std::string& path, Findings& findings) {
    const Rewrite& rewrite = route.rewrite;
    if (!rewrite.prefix.empty() && !rewrite.regex.empty())
        findings.fail(path + ".rewrite.regex", "a rewrite has both `prefix` and `regex`",
                      "keep one of them");
    if (!rewrite.prefix.empty() && route.path.kind == PathMatch::Kind::regex)
        findings.fail(path + ".rewrite.prefix", "`path_regex` matches no prefix to replace",
                      "use `rewrite: { regex: …, to: … }`, or `path:` in place of `path_regex`");
    if (rewrite.regex.empty()) {
        if (!rewrite.to.empty())
            findings.fail(path + ".rewrite.to", "`to` of a rewrite has no effect without `regex`",
                          "add `regex:`, or use `prefix:`");
        return;
    }
    RE2::Options options;
    options.set_log_errors(false);
    const RE2 regex(rewrite.regex, options);
    if (!regex.ok()) return;
    const int groups = regex.NumberOfCapturingGroups();
    if (RE2::MaxSubmatch(rewrite.to) > groups)
        return findings.fail(
            path + ".rewrite.to",
            fmt::format("`to` uses group {}, and `regex` has {}", RE2::MaxSubmatch(rewrite.to),
                        groups == 0 ? "none" : std::to_string(groups)),
            "put round brackets in `regex` around what `to` repeats");
    std::string why;
    if (!regex.CheckRewriteString(rewrite.to, &why))
        findings.fail(path + ".rewrite.to", fmt::format("`{}` is not valid: {}", rewrite.to, why),
                      "a backslash is followed by the number of a group; \\\\ is a backslash");
}

}  // namespace

void check_routes(const Config& config, Findings& findings) {
    std::map<std::string, Place> names;
    if (config.routes.empty() && findings.was_said("routes"))
        findings.fail("routes", "there is no route", "add `- to: http://127.0.0.1:9000`");
    for (std::size_t i = 0; i < config.routes.size(); ++i) {
        const Route& route = config.routes[i];
        const auto path = fmt::format("routes.{}", i);
        check_target(route, path, findings);
        check_path(route, path, findings);
        check_rewrite(route, path, findings);
        const auto [first, is_new] = names.try_emplace(route.name, findings.at(path + ".name"));
        if (!is_new)
            findings.fail(path + ".name",
                          fmt::format("two routes are called `{}`: the other one is in line {}",
                                      route.name, first->second.line),
                          "give one of them another name");
    }
}

}  // namespace sg::config
