#include "base/describe_write.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/describe_read.h"

namespace sg {

namespace {

std::string relative_to(const std::string& folder, std::string text, Path path) {
    const bool socket = text.starts_with("unix:");
    if (path == Path::none || folder.empty() || (path == Path::socket) != socket) return text;
    const auto whole = text.substr(socket ? 5 : 0);
    const auto prefix = folder.ends_with('/') ? folder : folder + "/";
    if (!whole.starts_with(prefix) || whole.size() == prefix.size()) return text;
    return (socket ? "unix:" : "") + whole.substr(prefix.size());
}

// Whether nothing would be lost by leaving the value out where it may be left out.
bool is_empty(const Node& node) {
    switch (node.kind) {
        case Node::Kind::none: return true;
        case Node::Kind::scalar: return node.text.empty();
        case Node::Kind::list: return node.items.empty();
        case Node::Kind::map:
            return std::ranges::all_of(node.entries,
                                       [](const auto& entry) { return is_empty(entry.value); });
    }
    return true;
}

std::string note_of(const About& about, const Type& type) {
    auto note = std::string(about.why.substr(0, about.why.find(". ")));
    if (!note.ends_with('.')) note += '.';
    if (const auto bounds = bounds_text(about, type); !bounds.empty())
        note += fmt::format(" ({})", bounds);
    return note;
}

class Writer final : public Visitor {
  public:
    Writer(const std::string& folder, Notes notes) : folder_(folder), notes_(notes) {}

    Node value(const Type& type, const void* value, Path path) {
        switch (type.kind) {
            case Type::Kind::scalar:
                return Node::scalar(relative_to(folder_, type.print(value), path));
            case Type::Kind::custom: return relative(type.write(value), path);
            case Type::Kind::record: {
                Writer writer(folder_, notes_);
                // A description takes a struct that it may change; this visitor only looks.
                type.describe(writer, const_cast<void*>(value));
                return std::move(writer.map_);
            }
            case Type::Kind::list:
            case Type::Kind::map:
            case Type::Kind::optional: break;
        }
        return elements(type, value, path);
    }

    void visit(const About& about, const Type& type, void* value) override {
        Node node = this->value(type, value, about.path);
        const bool may_be_absent = !about.unset.empty() || type.kind == Type::Kind::record;
        if (node.kind == Node::Kind::none || (may_be_absent && is_empty(node))) return;
        map_.add(std::string(about.key), std::move(node));
        if (notes_ == Notes::yes) map_.entries.back().note = note_of(about, type);
    }

  private:
    Node relative(Node node, Path path) const {
        if (node.is_scalar()) node.text = relative_to(folder_, std::move(node.text), path);
        return node;
    }

    Node elements(const Type& type, const void* value, Path path) {
        struct Context {
            Writer* writer;
            const Type* element;
            Type::Kind kind;
            Path path;
            Writer others;
            Node node;
        } context{this, &type.element(), type.kind, path, Writer(folder_, Notes::no), {}};
        if (type.kind == Type::Kind::list) context.node = Node::list();
        if (type.kind == Type::Kind::map) context.node = Node::map();
        const auto each = [](void* raw, std::string_view key, const void* element) {
            auto& c = *static_cast<Context*>(raw);
            Node node = c.writer->value(*c.element, element, c.path);
            c.writer = &c.others;  // What was noted about the first holds for all.
            if (c.kind == Type::Kind::list) c.node.items.push_back(std::move(node));
            else if (c.kind == Type::Kind::map) c.node.add(std::string(key), std::move(node));
            else c.node = std::move(node);
        };
        type.each(value, &context, each);
        return std::move(context.node);
    }

    const std::string& folder_;
    Notes notes_;
    Node map_ = Node::map();
};

// --- differences
// -----------------------------------------------------------------------------------

std::string joined(const std::string& path, const std::string& name) {
    return path.empty() ? name : path + "." + name;
}

// What an element of a list is called; empty: it has no name.
std::string name_of(const Node& node) {
    for (const char* key : {"name", "address", "certificate"})
        if (const Node* name = node.find(key)) return name->text;
    return {};
}

// A list of named maps as a map; Kind::none: it is none.
Node by_name(const Node& list) {
    Node map = Node::map();
    for (const Node& item : list.items) {
        const auto name = name_of(item);
        if (!item.is_map() || name.empty() || map.find(name)) return {};
        map.add(name, item);
    }
    return map;
}

bool is_one_map(const Node& list) { return list.items.size() == 1 && list.items[0].is_map(); }

class Differ {
  public:
    void compare(const std::string& path, const Node* before, const Node* after) {
        if (before && after && equal(*before, *after)) return;
        if (before && after && before->is_map() && after->is_map())
            return compare_maps(path, *before, *after);
        if (before && after && before->is_list() && after->is_list()) {
            const Node old_map = by_name(*before);
            const Node new_map = by_name(*after);
            if (old_map.is_map() && new_map.is_map()) {
                compare_maps(path, old_map, new_map);
                return compare_order(path, old_map, new_map);
            }
            if (is_one_map(*before) && is_one_map(*after))
                return compare_maps(path, before->items[0], after->items[0]);
        }
        found.push_back(
            {path, before ? in_one_line(*before) : "", after ? in_one_line(*after) : ""});
    }

    std::vector<Difference> found;

  private:
    void compare_maps(const std::string& path, const Node& before, const Node& after) {
        for (const auto& entry : before.entries)
            compare(joined(path, entry.key.text), &entry.value, after.find(entry.key.text));
        for (const auto& entry : after.entries)
            if (!before.find(entry.key.text))
                compare(joined(path, entry.key.text), nullptr, &entry.value);
    }

    void compare_order(const std::string& path, const Node& before, const Node& after) {
        Node old_order = Node::list();
        Node new_order = Node::list();
        for (const auto& entry : before.entries)
            if (after.find(entry.key.text)) old_order.items.push_back(entry.key);
        for (const auto& entry : after.entries)
            if (before.find(entry.key.text)) new_order.items.push_back(entry.key);
        if (!equal(old_order, new_order))
            found.push_back({path + " (order)", in_one_line(old_order), in_one_line(new_order)});
    }
};

}  // namespace

Node write_node(const Type& type, const void* value, const std::string& folder, Notes notes) {
    return Writer(folder, notes).value(type, value, Path::none);
}

std::vector<Difference> differences(const Node& before, const Node& after) {
    Differ differ;
    differ.compare({}, &before, &after);
    return std::move(differ.found);
}

std::string in_one_line(const Node& node) {
    std::string out;
    switch (node.kind) {
        case Node::Kind::none: return "nothing";
        case Node::Kind::scalar: return node.text;
        case Node::Kind::list:
            for (const Node& item : node.items)
                out += (out.empty() ? "" : ", ") + in_one_line(item);
            return "[" + out + "]";
        case Node::Kind::map:
            for (const auto& entry : node.entries)
                out += fmt::format("{}{}: {}", out.empty() ? "" : ", ", entry.key.text,
                                   in_one_line(entry.value));
            return "{" + out + "}";
    }
    return out;
}

}  // namespace sg
