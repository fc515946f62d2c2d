// Keys that stand for several members of a struct. Each reads a node and writes back a node that
// reads the same.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "config/describe.h"
#include "config/formats.h"

namespace sg::config {

namespace {

// Notes the first thing wrong with a text; a value from a secret is not repeated.
bool fits(Reader& reader, const Node& node, const Format& format) {
    const auto result = format.check(node.text);
    if (result) return true;
    const auto& error = result.error();
    reader.fail(node,
                node.source.empty() ? error.what
                                    : fmt::format("the value of `{}` is not valid", node.source),
                error.hint);
    return false;
}

template <class T>
std::shared_ptr<void> make_one() {
    return std::make_shared<T>();
}

bool parse_status(std::string_view text, std::uint16_t& status) {
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), status);
    return error == std::errc{} && stop == text.data() + text.size() && status >= 100 &&
           status <= 599;
}

// --- endpoints
// -------------------------------------------------------------------------------------

void read_endpoint(Reader& reader, const Node& node, void* value) {
    auto& endpoint = *static_cast<Endpoint*>(value);
    if (!reader.is_text(node, "an endpoint such as 10.0.0.1:9000 or https://origin.example.com"))
        return;
    auto parsed = parse_endpoint(reader.resolve(node.text, Path::socket));
    if (!parsed) return reader.fail(node, parsed.error());
    endpoint = std::move(*parsed);
    endpoint.place = node.place;
}

// --- retry: on
// -------------------------------------------------------------------------------------

void read_retry_on(Reader& reader, const Node& node, void* value) {
    auto& retry = *static_cast<Retry*>(value);
    retry.on_connect = retry.on_reset = retry.on_timeout = false;
    retry.on_status.clear();
    const auto read_one = [&](const Node& item) {
        std::uint16_t status = 0;
        if (!reader.is_text(item, "connect, reset, timeout, or a status such as 503")) return;
        if (item.text == "connect") retry.on_connect = true;
        else if (item.text == "reset") retry.on_reset = true;
        else if (item.text == "timeout") retry.on_timeout = true;
        else if (parse_status(item.text, status) && status >= 400) {
            if (std::ranges::find(retry.on_status, status) == retry.on_status.end())
                retry.on_status.push_back(status);
        } else {
            const std::vector<std::string> known = {"connect", "reset", "timeout"};
            const auto near = nearest(item.text, known);
            reader.fail(item, fmt::format("`{}` is not a reason to try again", item.text),
                        fmt::format("write connect, reset, timeout, or a status from 400 to 599{}",
                                    near.empty() ? "" : fmt::format("; did you mean `{}`?", near)));
        }
    };
    if (node.is_list()) {
        for (const Node& item : node.items) read_one(item);
    } else {
        read_one(node);
    }
}

Node write_retry_on(const void* value) {
    const auto& retry = *static_cast<const Retry*>(value);
    Node list = Node::list();
    if (retry.on_connect) list.items.push_back(Node::scalar("connect"));
    if (retry.on_reset) list.items.push_back(Node::scalar("reset"));
    if (retry.on_timeout) list.items.push_back(Node::scalar("timeout"));
    for (const auto status : retry.on_status)
        list.items.push_back(Node::scalar(std::to_string(status)));
    return list;
}

// --- hash_on
// ---------------------------------------------------------------------------------------

void read_hash_on(Reader& reader, const Node& node, void* value) {
    auto& service = *static_cast<Service*>(value);
    constexpr auto expected = "client-address, path, `header NAME` or `cookie NAME`";
    if (!reader.is_text(node, expected)) return;
    const auto space = node.text.find(' ');
    const auto word = node.text.substr(0, space);
    const auto name = space == std::string::npos
                          ? ""
                          : std::string(trim(std::string_view(node.text).substr(space)));
    if (word == "client-address" && name.empty()) service.hash_on = HashOn::client_address;
    else if (word == "path" && name.empty()) service.hash_on = HashOn::path;
    else if (word == "header" || word == "cookie") {
        if (name.empty())
            return reader.fail(node, fmt::format("`{}` has no name", word),
                               fmt::format("write `{} NAME`, such as `{} x-user`", word, word));
        if (const auto ok = formats::header_name.check(name); !ok)
            return reader.fail(node, ok.error());
        service.hash_on = word == "header" ? HashOn::header : HashOn::cookie;
        service.hash_name = name;
    } else {
        reader.fail(node, fmt::format("`{}` is not what can be hashed", node.text),
                    fmt::format("write {}", expected));
    }
}

Node write_hash_on(const void* value) {
    const auto& service = *static_cast<const Service*>(value);
    if (service.balance != Balance::consistent_hash) return {};  // It would have no effect.
    switch (service.hash_on) {
        case HashOn::client_address: return Node::scalar("client-address");
        case HashOn::path: return Node::scalar("path");
        case HashOn::header: return Node::scalar("header " + service.hash_name);
        case HashOn::cookie: return Node::scalar("cookie " + service.hash_name);
    }
    return {};
}

// --- health: status
// --------------------------------------------------------------------------------

template <class T>  // With status_from and status_to.
void read_status_range(Reader& reader, const Node& node, void* value) {
    auto& check = *static_cast<T*>(value);
    constexpr auto expected = "a status such as 200, or a range such as 200-399";
    if (!reader.is_text(node, expected)) return;
    const std::string_view text = node.text;
    const auto dash = text.find('-');
    std::uint16_t from = 0;
    std::uint16_t to = 0;
    const auto last = dash == std::string_view::npos ? text : text.substr(dash + 1);
    if (!parse_status(text.substr(0, dash), from) || !parse_status(last, to) || from > to)
        return reader.fail(node, fmt::format("`{}` is not a range of statuses", text),
                           fmt::format("write {}", expected));
    check.status_from = from;
    check.status_to = to;
}

template <class T>
Node write_status_range(const void* value) {
    const auto& check = *static_cast<const T*>(value);
    if (check.status_from == check.status_to)
        return Node::scalar(std::to_string(check.status_from));
    return Node::scalar(fmt::format("{}-{}", check.status_from, check.status_to));
}

// --- path, path_regex
// ------------------------------------------------------------------------------

void read_path(Reader& reader, const Node& node, void* value) {
    auto& path = *static_cast<PathMatch*>(value);
    if (!reader.is_text(node, "a path such as /v1/ (all below it) or /v1 (exactly it)")) return;
    if (!fits(reader, node, formats::absolute_path)) return;
    path.kind = node.text.ends_with('/') ? PathMatch::Kind::prefix : PathMatch::Kind::exact;
    path.value = node.text;
}

Node write_path(const void* value) {
    const auto& path = *static_cast<const PathMatch*>(value);
    return path.kind == PathMatch::Kind::regex ? Node() : Node::scalar(path.value);
}

void read_path_regex(Reader& reader, const Node& node, void* value) {
    auto& path = *static_cast<PathMatch*>(value);
    if (!reader.is_text(node, "a regular expression (RE2) such as ^/users/[0-9]+$")) return;
    if (!fits(reader, node, formats::regex)) return;
    path.kind = PathMatch::Kind::regex;
    path.value = node.text;
}

Node write_path_regex(const void* value) {
    const auto& path = *static_cast<const PathMatch*>(value);
    return path.kind == PathMatch::Kind::regex ? Node::scalar(path.value) : Node();
}

// --- headers, query
// --------------------------------------------------------------------------------

void read_matches(Reader& reader, const Node& node, void* value, const Format* name_format) {
    auto& matches = *static_cast<std::vector<FieldMatch>*>(value);
    matches.clear();
    if (!node.is_map())
        return reader.fail(node, "conditions are names with values",
                           "write { name: value }, { name: ~regex } or { name: \"*\" } (present)");
    for (const auto& entry : node.entries) {
        const Reader::Step step(reader, entry.key.text);
        FieldMatch match;
        if (name_format && !fits(reader, entry.key, *name_format)) continue;
        if (!name_format && entry.key.text.empty()) {
            reader.fail(entry.key, "a parameter has a name", "write { name: value }");
            continue;
        }
        if (!reader.is_text(entry.value, "a value, `~regex`, or \"*\" for any value")) continue;
        reader.note_secret(entry.value);
        match.name = entry.key.text;
        const std::string& text = entry.value.text;
        if (text == "*") {
            match.kind = FieldMatch::Kind::present;
        } else if (text.starts_with('~')) {
            Node regex = entry.value;
            regex.text.erase(0, 1);
            if (!fits(reader, regex, formats::regex)) continue;
            match.kind = FieldMatch::Kind::regex;
            match.value = regex.text;
        } else {
            if (name_format && !fits(reader, entry.value, formats::one_line)) continue;
            match.value = text;
        }
        matches.push_back(std::move(match));
    }
}

void read_header_matches(Reader& reader, const Node& node, void* value) {
    read_matches(reader, node, value, &formats::header_name);
    auto& matches = *static_cast<std::vector<FieldMatch>*>(value);
    for (auto& match : matches) match.name = to_lower(match.name);
}

void read_query_matches(Reader& reader, const Node& node, void* value) {
    read_matches(reader, node, value, nullptr);
}

Node write_matches(const void* value) {
    const auto& matches = *static_cast<const std::vector<FieldMatch>*>(value);
    if (matches.empty()) return {};
    Node map = Node::map();
    for (const auto& match : matches) {
        switch (match.kind) {
            case FieldMatch::Kind::present: map.add(match.name, Node::scalar("*")); break;
            case FieldMatch::Kind::exact: map.add(match.name, Node::scalar(match.value)); break;
            case FieldMatch::Kind::regex:
                map.add(match.name, Node::scalar("~" + match.value));
                break;
        }
    }
    return map;
}

// --- request_headers, response_headers
// -------------------------------------------------------------

void read_edit(Reader& reader, FieldEdit::Verb verb, const Node& name, const Node& value,
               std::vector<FieldEdit>& edits) {
    const Reader::Step step(reader, name.text);
    if (!fits(reader, name, formats::edited_header)) return;
    if (!reader.is_text(value, "the value of the header")) return;
    if (!fits(reader, value, formats::template_line)) return;
    reader.note_secret(value);
    edits.push_back({verb, name.text, value.text});
}

void read_edit_map(Reader& reader, FieldEdit::Verb verb, const Node& map,
                   std::vector<FieldEdit>& edits) {
    const std::string_view word = verb == FieldEdit::Verb::set ? "set" : "add";
    if (!map.is_map())
        return reader.fail(map, fmt::format("`{}` takes names with values", word),
                           fmt::format("write {}: {{ name: value }}", word));
    const Reader::Step step(reader, word);
    for (const auto& entry : map.entries) read_edit(reader, verb, entry.key, entry.value, edits);
}

void read_edits(Reader& reader, const Node& node, void* value) {
    auto& edits = *static_cast<std::vector<FieldEdit>*>(value);
    edits.clear();
    constexpr auto hint = "write { set: { name: value }, add: { name: value }, remove: [name] }";
    if (!node.is_map()) return reader.fail(node, "edits of headers are set, add and remove", hint);
    const Node* set = node.find("set");
    const Node* add = node.find("add");
    const Node* remove =
        node.find("remove");  // In the order that they take effect, and are written.
    if (set) read_edit_map(reader, FieldEdit::Verb::set, *set, edits);
    if (add) read_edit_map(reader, FieldEdit::Verb::add, *add, edits);
    const auto read_removed = [&](const Node& name) {
        if (reader.is_text(name, "a header name") && fits(reader, name, formats::edited_header))
            edits.push_back({FieldEdit::Verb::remove, name.text, {}});
    };
    if (remove && remove->is_list()) std::ranges::for_each(remove->items, read_removed);
    else if (remove) read_removed(*remove);
    for (const auto& entry : node.entries) {
        if (&entry.value == set || &entry.value == add || &entry.value == remove) continue;
        reader.fail(entry.key, fmt::format("`{}` is not an edit of headers", entry.key.text), hint);
    }
}

Node write_edits(const void* value) {
    const auto& edits = *static_cast<const std::vector<FieldEdit>*>(value);
    Node map = Node::map();
    Node verbs[] = {Node::map(), Node::map(), Node::list()};
    for (const auto& edit : edits) {
        Node& verb = verbs[static_cast<std::size_t>(edit.verb)];
        if (verb.is_map()) verb.add(edit.name, Node::scalar(edit.value));
        else verb.items.push_back(Node::scalar(edit.name));
    }
    if (!verbs[0].entries.empty()) map.add("set", std::move(verbs[0]));
    if (!verbs[1].entries.empty()) map.add("add", std::move(verbs[1]));
    if (!verbs[2].items.empty()) map.add("remove", std::move(verbs[2]));
    return map.entries.empty() ? Node() : map;
}

constexpr auto text_schema = R"({"type":["string","number","boolean"]})";

Type custom(std::string_view name, std::string_view schema,
            void (*read)(Reader&, const Node&, void*), Node (*write)(const void*),
            std::shared_ptr<void> (*make)()) {
    Type type;
    type.kind = Type::Kind::custom;
    type.name = name;
    type.schema = schema;
    type.read = read;
    type.write = write;
    type.make = make;
    return type;
}

constexpr auto matches_schema =
    R"({"type":"object","additionalProperties":{"type":["string","number","boolean"]}})";

}  // namespace

Result<Endpoint> parse_endpoint(std::string_view text) {
    Endpoint endpoint;
    auto rest = text;
    constexpr auto hint =
        "write 10.0.0.1:9000, origin.internal:9100, http://host:port or https://host";
    if (text.starts_with("unix:")) {
        TRY(const auto address, parse_socket_address(text));
        endpoint.host = address.text();
        return endpoint;
    }
    std::uint16_t default_port = 0;
    if (const auto scheme = text.find("://"); scheme != std::string_view::npos) {
        const auto word = text.substr(0, scheme);
        if (word != "http" && word != "https")
            return fail(Errc::config_invalid,
                        fmt::format("`{}` is not a scheme of an endpoint", word),
                        "write http:// or https://");
        endpoint.scheme = word == "https" ? Scheme::https : Scheme::http;
        default_port = word == "https" ? 443 : 80;
        rest = text.substr(scheme + 3);
        if (rest.ends_with('/')) rest.remove_suffix(1);
        if (rest.contains('/') || rest.contains('?') || rest.contains('#'))
            return fail(
                Errc::config_invalid, fmt::format("`{}` has more than a host and a port", text),
                fmt::format("write `{}`; a path towards the endpoint is `rewrite:` of a route",
                            text.substr(0, text.find_first_of("/?#", scheme + 3))));
        if (rest.contains('@'))
            return fail(Errc::config_invalid, "there are credentials in the endpoint",
                        "remove them; send `authorization` with `request_headers: { set: … }`");
    }
    auto parsed = parse_host_port(rest, default_port);
    if (!parsed) {
        auto error = std::move(parsed).error();
        if (error.what.ends_with("has no port")) error.hint = fmt::format("write `{}:80`", rest);
        if (error.hint.empty()) error.hint = hint;
        return std::unexpected(std::move(error));
    }
    const bool ip = parse_ip(parsed->host).has_value();
    const bool is_name = !parsed->host.empty() && !parsed->host.contains('*') &&
                         (ip || formats::host_pattern.check(parsed->host).has_value());
    if (!is_name)
        return fail(Errc::config_invalid, fmt::format("`{}` has no host to connect to", text),
                    hint);
    if (parsed->port == 0)
        return fail(Errc::config_invalid, fmt::format("`{}` has port 0", text),
                    "a port is a number from 1 to 65535");
    endpoint.host = std::move(parsed->host);
    endpoint.port = parsed->port;
    return endpoint;
}

std::string to_text(const Endpoint& endpoint) {
    if (endpoint.host.starts_with("unix:")) return endpoint.host;
    const bool v6 = endpoint.host.contains(':');
    return fmt::format("{}{}{}{}:{}", endpoint.scheme == Scheme::https ? "https://" : "http://",
                       v6 ? "[" : "", endpoint.host, v6 ? "]" : "", endpoint.port);
}

const Type& endpoint_type() {
    static const Type it = custom(
        "an endpoint such as 10.0.0.1:9000 or https://origin.example.com",
        R"({"type":"string","pattern":"^(unix:.+|(https?://)?[^/?#]+/?)$"})", read_endpoint,
        [](const void* p) { return Node::scalar(to_text(*static_cast<const Endpoint*>(p))); },
        make_one<Endpoint>);
    return it;
}

const Type& retry_on_type() {
    static const Type it =
        custom("a list of connect, reset, timeout and statuses",
               R"({"$comment":"reasons","anyOf":[{"type":["string","integer"]},)"
               R"({"type":"array","items":{"anyOf":[{"enum":["connect","reset","timeout"]},)"
               R"({"type":"integer","minimum":400,"maximum":599}]}}]})",
               read_retry_on, write_retry_on, make_one<Retry>);
    return it;
}

const Type& hash_on_type() {
    static const Type it =
        custom("client-address, path, `header NAME` or `cookie NAME`",
               R"({"type":"string","pattern":"^(client-address|path|(header|cookie) .+)$"})",
               read_hash_on, write_hash_on, make_one<Service>);
    return it;
}

namespace {

template <class T>
const Type& range_type() {
    static const Type it =
        custom("a status such as 200, or a range such as 200-399",
               R"({"type":["string","integer"],"pattern":"^[1-5][0-9]{2}(-[1-5][0-9]{2})?$"})",
               read_status_range<T>, write_status_range<T>, make_one<T>);
    return it;
}

}  // namespace

const Type& status_range_type() { return range_type<HealthCheck>(); }
const Type& probe_status_type() { return range_type<Probe>(); }

const Type& path_type() {
    static const Type it =
        custom("a path that begins with `/`", R"({"type":"string","pattern":"^/"})", read_path,
               write_path, make_one<PathMatch>);
    return it;
}

const Type& path_regex_type() {
    static const Type it = custom("a regular expression (RE2)", R"({"type":"string"})",
                                  read_path_regex, write_path_regex, make_one<PathMatch>);
    return it;
}

const Type& header_matches_type() {
    static const Type it =
        custom("names with a value, `~regex`, or \"*\"", matches_schema, read_header_matches,
               write_matches, make_one<std::vector<FieldMatch>>);
    return it;
}

const Type& query_matches_type() {
    static const Type it =
        custom("names with a value, `~regex`, or \"*\"", matches_schema, read_query_matches,
               write_matches, make_one<std::vector<FieldMatch>>);
    return it;
}

const Type& field_edits_type() {
    static const std::string schema = fmt::format(
        R"({{"type":"object","additionalProperties":false,"properties":{{"set":{0},"add":{0},)"
        R"("remove":{{"anyOf":[{1},{{"type":"array","items":{1}}}]}}}}}})",
        matches_schema, text_schema);
    static const Type it = custom("set, add and remove of headers", schema, read_edits, write_edits,
                                  make_one<std::vector<FieldEdit>>);
    return it;
}

}  // namespace sg::config
