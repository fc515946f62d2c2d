// Short forms of operations. Texts of several words become keys that point at their own words.
#include <algorithm>
#include <array>

#include "base/describe.h"
#include "config/expand.h"

namespace sg::config::expand {

namespace {

Node under(std::string key, Node node) {
    Node map = Node::map(node.place);
    map.add(std::move(key), std::move(node));
    return map;
}

// Words of a text, each with its own place in the file.
std::vector<Node> words_of(const Node& node) {
    std::vector<Node> words;
    const std::string& text = node.text;
    for (std::size_t at = text.find_first_not_of(' '); at != std::string::npos;) {
        const auto end = std::min(text.find(' ', at), text.size());
        Place place = node.place;
        // A secret has another length than what was written in its place.
        if (place.column > 0 && node.source.empty())
            place.column += static_cast<std::uint32_t>(at + (node.quoted ? 1 : 0));
        words.push_back(Node::scalar(text.substr(at, end - at), place));
        at = text.find_first_not_of(' ', end);
    }
    return words;
}

// The value of a key under another key; Kind::none: it is not there.
Node take(Node& map, std::string_view key) {
    const auto found =
        std::ranges::find(map.entries, key, [](const Node::Entry& e) { return e.key.text; });
    if (found == map.entries.end()) return {};
    Node value = std::move(found->value);
    map.entries.erase(found);
    return value;
}

// The people of a rotation, beginning with the `by`-th.
Node rotated(const Node& people, std::size_t by) {
    Node list = people;
    std::ranges::rotate(list.items, list.items.begin() + static_cast<std::ptrdiff_t>(by));
    return list;
}

Node as_list(Node node) {
    if (!node.is_scalar()) return node;
    Node list = Node::list(node.place);
    list.items.push_back(std::move(node));
    return list;
}

}  // namespace

Node mitigation(Node node) { return node.is_scalar() ? under("mode", std::move(node)) : node; }

Node verb_policy(Node node) { return node.is_scalar() ? under("mode", std::move(node)) : node; }

Node person(Node node) { return node.is_scalar() ? under("mail", std::move(node)) : node; }

Node oncall(Node node) {
    if (node.is_scalar() || node.is_list()) node = under("people", std::move(node));
    if (!node.is_map() || !node.find("people") || node.find("primary")) return node;
    const Node people = as_list(take(node, "people"));
    const std::array<std::string, 3> levels = {"primary", "secondary", "backup"};
    // With two people nobody is left for backup: it would be who is primary already.
    const std::size_t most = people.is_list() ? std::max<std::size_t>(1, people.items.size()) : 1;
    for (std::size_t level = 0; level < std::min(most, levels.size()); ++level)
        if (!node.find(levels[level]))
            node.add(levels[level], people.is_list() ? rotated(people, level) : people);
    return node;
}

Node team(Node node) {
    return node.is_scalar() || node.is_list() ? under("oncall", std::move(node)) : node;
}

Node channel(Node node) {
    if (node.is_scalar()) return under("kind", std::move(node));
    if (!node.is_map() || node.find("kind")) return node;
    constexpr std::array<std::pair<std::string_view, std::string_view>, 7> signs = {{
        {"smtp", "mail"},
        {"webhook", "slack"},
        {"routing_key", "pagerduty"},
        {"body", "http"},
        {"method", "http"},
        {"headers", "http"},
        {"url", "webhook"},
    }};
    for (const auto& [key, kind] : signs) {
        const Node* found = node.find(key);
        if (!found) continue;
        Node word = Node::scalar(std::string(kind), found->place);
        if (key == "webhook" && !node.find("url")) node.add("url", take(node, key));
        node.add("kind", std::move(word));
        break;
    }
    return node;
}

Node objectives(Node node) {
    for (auto& entry : node.entries)
        if (entry.value.is_scalar() && entry.value.text == "off")
            entry.value = Node::list(entry.value.place);
    return node;
}

Node objective(Node node) {
    if (!node.is_scalar()) return node;
    const auto words = words_of(node);
    if (words.size() % 2 == 0) return node;
    Node map = Node::map(node.place);
    map.add(words.front().text.contains('/') ? "rate" : "target", words.front());
    for (std::size_t i = 1; i < words.size(); i += 2) {
        const std::string_view word = words[i].text;
        if (word != "under" && word != "over") return node;
        const std::string key = word == "under" ? "within" : "over";
        if (map.find(key)) return node;
        map.add(key, words[i + 1]).place = words[i + 1].place;
        map.entries.back().key.place = words[i].place;
    }
    if (words.size() == 1) map.entries.front().value = node;  // As it was written.
    return map;
}

Node alert(Node node) {
    if (!node.is_scalar()) return node;
    const bool flag = node.text == "off" || node.text == "on" || node.text == "false" ||
                      node.text == "true" || node.text == "no" || node.text == "yes";
    return under(flag ? "enabled" : "when", std::move(node));
}

Node hard_fault(Node node) { return node.is_scalar() ? under("enabled", std::move(node)) : node; }
Node heartbeat(Node node) { return node.is_scalar() ? under("every", std::move(node)) : node; }
Node heartbeat_out(Node node) { return node.is_scalar() ? under("url", std::move(node)) : node; }
Node inbox(Node node) { return node.is_scalar() ? under("token", std::move(node)) : node; }
Node probe(Node node) { return node.is_scalar() ? under("url", std::move(node)) : node; }

Node need(Node node) {
    constexpr std::array<std::string_view, 6> kinds = {"postgres", "redis", "http",
                                                       "tcp",      "dns",   "tls"};
    if (node.is_scalar()) {
        constexpr std::array<std::pair<std::string_view, std::string_view>, 6> schemes = {{
            {"postgres://", "postgres"},
            {"postgresql://", "postgres"},
            {"redis://", "redis"},
            {"rediss://", "redis"},
            {"http://", "http"},
            {"https://", "http"},
        }};
        std::string kind = "tcp";
        for (const auto& [scheme, of_kind] : schemes)
            if (node.text.starts_with(scheme)) kind = of_kind;
        Node map = under("target", std::move(node));
        map.add("kind", Node::scalar(kind, map.place));
        return map;
    }
    if (!node.is_map() || node.find("kind") || node.find("target")) return node;
    for (const auto kind : kinds) {
        if (!node.find(kind)) continue;
        Node target = take(node, kind);
        node.add("kind", Node::scalar(std::string(kind), target.place));
        node.add("target", std::move(target));
        break;
    }
    return node;
}

}  // namespace sg::config::expand
