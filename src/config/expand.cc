#include "config/expand.h"

#include <algorithm>

namespace sg::config::expand {

namespace {

// A map with the node as the value of one key.
Node under(std::string key, Node node) {
    Node map = Node::map(node.place);
    map.add(std::move(key), std::move(node));
    return map;
}

bool is_digits(const Node& node) {
    return node.is_scalar() && !node.text.empty() &&
           node.text.find_first_not_of("0123456789") == std::string::npos;
}

// Moves the entries named `keys` of a map into a map of their own; Kind::none: it has none of them.
Node take(Node& map, std::initializer_list<std::string_view> keys) {
    Node taken = Node::map(map.place);
    std::erase_if(map.entries, [&](Node::Entry& entry) {
        if (std::find(keys.begin(), keys.end(), entry.key.text) == keys.end()) return false;
        if (taken.entries.empty()) taken.place = entry.key.place;
        taken.entries.push_back(std::move(entry));
        return true;
    });
    return taken.entries.empty() ? Node() : taken;
}

}  // namespace

Node listener(Node node) { return node.is_scalar() ? under("address", std::move(node)) : node; }

Node listener_tls(Node node) {
    if (node.is_list()) return under("certificates", std::move(node));
    if (node.is_scalar() && node.text == "self-signed")
        return under("self_signed", Node::scalar("true", node.place));
    if (node.is_map() && !node.find("certificates")) {
        Node pair = take(node, {"certificate", "key"});
        if (pair.kind != Node::Kind::none) node.add("certificates", std::move(pair));
    }
    return node;
}

Node service(Node node) {
    if (node.is_scalar() || node.is_list()) node = under("endpoints", std::move(node));
    if (!node.is_map() || node.find("versions")) return node;
    Node only = take(node, {"endpoints", "run"});
    if (only.kind == Node::Kind::none) return node;
    const Place place = only.place;
    node.add("versions", under("default", std::move(only))).place = place;
    return node;
}

Node version(Node node) {
    return node.is_scalar() || node.is_list() ? under("endpoints", std::move(node)) : node;
}

Node run(Node node) { return node.is_scalar() ? under("command", std::move(node)) : node; }

Node health(Node node) {
    if (node.is_scalar() && node.text.starts_with('/')) node = under("path", std::move(node));
    if (node.is_scalar()) return under("kind", std::move(node));
    if (node.is_map() && !node.find("kind")) node.add("kind", Node::scalar("http", node.place));
    return node;
}

Node outlier(Node node) { return node.is_scalar() ? under("enabled", std::move(node)) : node; }

Node retry(Node node) {
    if (is_digits(node)) return under("attempts", std::move(node));
    if (node.is_scalar() && node.text == "off")
        return under("attempts", Node::scalar("1", node.place));
    return node;
}

Node sticky(Node node) { return node.is_scalar() ? under("cookie", std::move(node)) : node; }
Node redirect(Node node) { return node.is_scalar() ? under("to", std::move(node)) : node; }

Node respond(Node node) {
    if (is_digits(node)) return under("status", std::move(node));
    return node.is_scalar() ? under("body", std::move(node)) : node;
}

Node rewrite(Node node) { return node.is_scalar() ? under("prefix", std::move(node)) : node; }
Node access_log(Node node) { return node.is_scalar() ? under("path", std::move(node)) : node; }

}  // namespace sg::config::expand
