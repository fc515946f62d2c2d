#include "config/yaml.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/node/node.h>  // Declared in parser.h; undefined, clang-tidy takes ours for it.
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <istream>
#include <streambuf>
#include <unordered_map>
#include <unordered_set>

#include "base/text.h"

namespace sg::config {

namespace {

Place place_of(const YAML::Mark& mark) {
    if (mark.is_null()) return {1, 1};
    return {static_cast<std::uint32_t>(mark.line + 1), static_cast<std::uint32_t>(mark.column + 1)};
}

// Leaves the parser when a bound is passed: what was read so far is of no use.
struct Refused {
    Problem problem;
};

// Builds nodes from the parser's events. Invariant: `open_` holds the lists and maps not yet
// closed.
class Builder final : public YAML::EventHandler {
  public:
    Builder(std::string_view text, Yaml& out) : text_(text), out_(out) {
        line_starts_.push_back(0);
        for (std::size_t i = 0; i < text.size(); ++i)
            if (text[i] == '\n') line_starts_.push_back(i + 1);
    }

    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        Node node;
        node.place = place_of(mark);
        // The parser notices what is missing later; an empty item of a list is its dash.
        if (!open_.empty() && open_.back().node.is_list()) node.place = dash_before(node.place);
        count(node.place, 1);
        close(std::move(node), anchor);
    }

    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        const auto known = anchors_.find(anchor);
        if (known == anchors_.end()) {  // The anchor is around us.
            throw Refused{{place_of(mark), "an anchor refers to itself", "write the value out"}};
        }
        count(place_of(mark), known->second.size);
        const auto height = known->second.height;
        if (open_.size() + height > yaml_depth_max) too_deep(place_of(mark));
        close(Node(known->second.node), 0, known->second.size, height);
    }

    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        auto node = Node::scalar(value, place_of(mark));
        node.quoted = tag != "?";
        if (tag == "!") check_closed(node.place);
        check_tag(node.place, tag);
        count(node.place, 1);
        close(std::move(node), anchor);
    }

    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        check_tag(place_of(mark), tag);
        open(Node::list(place_of(mark)), anchor);
    }
    void OnSequenceEnd() override { close_top(); }

    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        check_tag(place_of(mark), tag);
        open(Node::map(place_of(mark)), anchor);
    }
    void OnMapEnd() override {
        merge(open_.back().node);
        refuse_duplicates(open_.back().node);
        close_top();
    }

  private:
    struct Open {
        Node node;
        YAML::anchor_t anchor = 0;
        std::size_t size = 1;
        std::size_t height = 1;
        bool has_key = false;
        Node key;
    };
    struct Anchored {
        Node node;
        std::size_t size;
        std::size_t height;
    };

    [[noreturn]] static void too_deep(Place place) {
        throw Refused{{place, fmt::format("this is nested more than {} deep", yaml_depth_max),
                       "a configuration needs about ten levels"}};
    }

    void count(Place place, std::size_t nodes) {
        nodes_ += nodes;
        if (nodes_ > yaml_nodes_max)
            throw Refused{{place, fmt::format("the file has more than {} values", yaml_nodes_max),
                           "values repeated by aliases count each time: use fewer"}};
    }

    Place dash_before(Place place) const {
        if (place.line > line_starts_.size()) return place;
        // Bound: how far back; a comment may stand between the dash and what comes next.
        constexpr std::size_t far = 1000;
        const auto here = line_starts_[place.line - 1] + place.column;
        const auto from = here > far ? here - far : 0;
        const auto found = text_.substr(from, here - from).rfind('-');
        if (found == std::string_view::npos) return place;
        const auto dash = from + found;
        const auto next = std::upper_bound(line_starts_.begin(), line_starts_.end(), dash);
        const auto line = static_cast<std::uint32_t>(next - line_starts_.begin());
        return {line, static_cast<std::uint32_t>(dash - *(next - 1) + 1)};
    }

    // The parser takes the end of the file for the closing quote.
    void check_closed(Place place) {
        const auto begin = line_starts_[place.line - 1] + place.column - 1;
        if (begin >= text_.size()) return;
        const char quote = text_[begin];
        if (quote != '"' && quote != '\'') return;  // A block scalar.
        auto end = begin + 1;
        while (end < text_.size() && text_[end] != quote)
            end += quote == '"' && text_[end] == '\\' ? 2 : 1;
        if (end < text_.size()) return;
        throw Refused{{place, "a quote is opened here and never closed",
                       fmt::format("close it with {} at the end of the value", quote), 1}};
    }

    void check_tag(Place place, const std::string& tag) {
        if (tag.empty() || tag == "?" || tag == "!" || tag == "tag:yaml.org,2002:str") return;
        out_.problems.push_back({place, fmt::format("the tag `{}` means nothing here", tag),
                                 "remove it: what a value is follows from its setting"});
    }

    void open(Node node, YAML::anchor_t anchor) {
        count(node.place, 1);
        if (open_.size() >= yaml_depth_max) too_deep(node.place);
        open_.push_back({.node = std::move(node), .anchor = anchor, .key = {}});
    }

    void close_top() {
        Open top = std::move(open_.back());
        open_.pop_back();
        close(std::move(top.node), top.anchor, top.size, top.height);
    }

    void close(Node node, YAML::anchor_t anchor, std::size_t size = 1, std::size_t height = 0) {
        if (anchor) anchors_[anchor] = {node, size, height};
        if (open_.empty()) {
            out_.root = std::move(node);
            return;
        }
        Open& top = open_.back();
        top.size += size;
        top.height = std::max(top.height, height + 1);
        if (top.node.is_list()) {
            top.node.items.push_back(std::move(node));
        } else if (!top.has_key) {
            if (!node.is_scalar()) {
                out_.problems.push_back({node.place, "a key must be a single word",
                                         "write `key: value`; quote a key that looks like a list"});
                node = Node::scalar("", node.place);
            }
            top.key = std::move(node);
            top.has_key = true;
        } else {
            if (node.kind == Node::Kind::none) node.place = top.key.place;
            top.node.entries.push_back({std::move(top.key), std::move(node)});
            top.has_key = false;
        }
    }

    // `<<: *base` gives a map the entries of another that it does not have itself.
    void merge(Node& map) {
        const auto is_merge = [](const Node::Entry& e) {
            return e.key.text == "<<" && !e.key.quoted;
        };
        const auto it = std::find_if(map.entries.begin(), map.entries.end(), is_merge);
        if (it == map.entries.end()) return;
        const Node::Entry entry = std::move(*it);
        map.entries.erase(it);
        std::vector<Node> bases;
        if (entry.value.is_list()) bases = entry.value.items;
        else bases.push_back(entry.value);
        std::unordered_set<std::string> own;
        for (const auto& e : map.entries) own.insert(e.key.text);
        for (Node& base : bases) {
            if (!base.is_map()) {
                out_.problems.push_back({entry.key.place, "`<<` takes the entries of another map",
                                         "write `<<: *name`, where a map has `&name`"});
                continue;
            }
            for (Node::Entry& e : base.entries)
                if (own.insert(e.key.text).second) map.entries.push_back(std::move(e));
        }
    }

    void refuse_duplicates(Node& map) {
        std::unordered_map<std::string, Place> seen;
        seen.reserve(map.entries.size());
        std::erase_if(map.entries, [&](const Node::Entry& entry) {
            const auto [first, is_new] = seen.try_emplace(entry.key.text, entry.key.place);
            if (is_new) return false;
            out_.problems.push_back(
                {entry.key.place,
                 fmt::format("`{}` is given twice: first in line {}", entry.key.text,
                             first->second.line),
                 fmt::format("keep one of lines {} and {}, or give it another name",
                             first->second.line, entry.key.place.line),
                 entry.key.quoted ? 0 : entry.key.text.size()});
            return true;
        });
    }

    std::string_view text_;
    Yaml& out_;
    std::vector<std::size_t> line_starts_;
    std::vector<Open> open_;
    std::unordered_map<YAML::anchor_t, Anchored> anchors_;
    std::size_t nodes_ = 0;
};

// Reads a string_view without copying it.
class ViewBuffer final : public std::streambuf {
  public:
    explicit ViewBuffer(std::string_view text) {
        char* begin = const_cast<char*>(text.data());  // Only read: no put area is ever set.
        setg(begin, begin, begin + text.size());
    }
};

// What the parser would take silently or misread: other encodings, control characters.
bool refuse_bytes(std::string_view text, Yaml& out) {
    if (text.size() > yaml_bytes_max) {
        out.problems.push_back({{1, 1},
                                fmt::format("the file is larger than {} MiB", yaml_bytes_max >> 20),
                                "is this the right file?"});
        return true;
    }
    // Each opens a value; the parser holds some 200 bytes for each that is not closed.
    const auto opens = [](char c) { return c == '[' || c == '{'; };
    if (static_cast<std::size_t>(std::ranges::count_if(text, opens)) > yaml_nodes_max) {
        out.problems.push_back({{1, 1},
                                fmt::format("the file has more than {} values", yaml_nodes_max),
                                "is this the right file?"});
        return true;
    }
    Place at{1, 1};
    for (std::size_t i = 0; i < text.size(); ++at.column) {
        const auto length = utf8_length(text.substr(i));
        const char c = text[i];
        const bool control = static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t';
        const bool line_end = c == '\r' && i + 1 < text.size() && text[i + 1] == '\n';
        if (length == 0 || (control && !line_end) || c == 0x7F) {
            out.problems.push_back(
                {at,
                 length == 0 ? fmt::format("the byte 0x{:02x} is not UTF-8", c & 0xFF)
                             : fmt::format("there is a control character, 0x{:02x}", c & 0xFF),
                 length == 0 ? "save the file as UTF-8"
                             : "remove it; in double quotes it can be written as an escape",
                 1});
            return true;
        }
        if (c == '\n') at = {at.line + 1, 0};
        at.column += static_cast<std::uint32_t>(length - 1);
        i += length;
    }
    return false;
}

// What follows a complete document: another one, or a line that fits none of those above.
Problem second(std::string_view text, Place at) {
    const auto lines = lines_of(text);
    for (auto n = std::min<std::size_t>(at.line, lines.size()); n > 0; --n)
        if (lines[n - 1].starts_with("---"))
            return {{static_cast<std::uint32_t>(n), 1},
                    "a second document begins here",
                    "one file is one document: remove the line",
                    3};
    return {at, "this line does not belong to what stands above",
            "the file is `key: value` pairs; what belongs to a key is indented below it"};
}

}  // namespace

std::vector<std::string_view> lines_of(std::string_view text) {
    auto lines = split(text, '\n');
    for (auto& line : lines)
        if (line.ends_with('\r')) line.remove_suffix(1);
    return lines;
}

Yaml parse_yaml(std::string_view text) {
    Yaml out;
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    if (refuse_bytes(text, out)) return out;
    try {
        ViewBuffer buffer(text);
        std::istream stream(&buffer);
        YAML::Parser parser(stream);
        Builder builder(text, out);
        parser.HandleNextDocument(builder);
        Node first = std::move(out.root);
        out.root = Node();
        if (parser.HandleNextDocument(builder))
            out.problems.push_back(second(text, out.root.place));
        out.root = std::move(first);
    } catch (const Refused& refused) {
        out.root = Node();
        out.problems.push_back(refused.problem);
    } catch (const YAML::Exception& error) {
        out.root = Node();
        out.problems.push_back(explain_syntax_error(text, error.msg, place_of(error.mark)));
    }
    return out;
}

}  // namespace sg::config
