#include "base/json.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/describe_read.h"
#include "base/text.h"

namespace sg {

namespace {

class JsonWriter final : public Visitor {
  public:
    explicit JsonWriter(std::string& out) : out_(out) {}

    // False: there is nothing worth writing.
    bool value(const Type& type, const void* value) {
        switch (type.kind) {
            case Type::Kind::scalar: return scalar(type, value);
            case Type::Kind::record: {
                JsonWriter inner(out_);
                out_ += '{';
                type.describe(inner, const_cast<void*>(value));  // Only looks.
                out_ += '}';
                return true;
            }
            case Type::Kind::custom: return node(type.write(value));
            case Type::Kind::list:
            case Type::Kind::map:
            case Type::Kind::optional: break;
        }
        return elements(type, value);
    }

    void visit(const About& about, const Type& type, void* value) override {
        const auto before = out_.size();
        if (!first_) out_ += ',';
        key(about.key);
        const auto empty = out_.size();
        if (!this->value(type, value)) out_.resize(before);
        else if (out_.size() > empty) first_ = false;
    }

  private:
    void text(std::string_view text) {
        out_ += '"';
        append_json_escaped(out_, text);
        out_ += '"';
    }

    void key(std::string_view name) {
        text(name);
        out_ += ':';
    }

    bool scalar(const Type& type, const void* value) {
        const auto printed = type.print(value);
        if (type.bare && printed != "inf" && printed != "-inf" && printed != "nan") {
            out_ += printed;
            return true;
        }
        if (printed.empty()) return false;
        text(printed);
        return true;
    }

    bool node(const Node& node) {
        switch (node.kind) {
            case Node::Kind::none: return false;
            case Node::Kind::scalar: text(node.text); return true;
            case Node::Kind::list: {
                out_ += '[';
                for (std::size_t i = 0; i < node.items.size(); ++i) {
                    if (i > 0) out_ += ',';
                    if (!this->node(node.items[i])) out_ += "null";
                }
                out_ += ']';
                return true;
            }
            case Node::Kind::map: break;
        }
        out_ += '{';
        for (std::size_t i = 0; i < node.entries.size(); ++i) {
            if (i > 0) out_ += ',';
            key(node.entries[i].key.text);
            if (!this->node(node.entries[i].value)) out_ += "null";
        }
        out_ += '}';
        return true;
    }

    bool elements(const Type& type, const void* value) {
        struct Context {
            JsonWriter* writer;
            const Type& element;
            Type::Kind kind;
            std::size_t count = 0;
        } context{this, type.element(), type.kind};
        const auto start = out_.size();
        if (type.kind == Type::Kind::list) out_ += '[';
        if (type.kind == Type::Kind::map) out_ += '{';
        type.each(value, &context, [](void* raw, std::string_view name, const void* element) {
            auto& c = *static_cast<Context*>(raw);
            if (c.count++ > 0) c.writer->out_ += ',';
            if (c.kind == Type::Kind::map) c.writer->key(name);
            if (!c.writer->value(c.element, element)) c.writer->out_ += R"("")";
        });
        if (context.count == 0) {
            out_.resize(start);
            return false;
        }
        if (type.kind == Type::Kind::list) out_ += ']';
        if (type.kind == Type::Kind::map) out_ += '}';
        return true;
    }

    std::string& out_;
    bool first_ = true;
};

using Json = nlohmann::ordered_json;

Node node_of(const Json& json) {
    if (json.is_object()) {
        Node node = Node::map();
        for (const auto& [key, value] : json.items()) node.add(key, node_of(value));
        return node;
    }
    if (json.is_array()) {
        Node node = Node::list();
        for (const auto& item : json) node.items.push_back(node_of(item));
        return node;
    }
    if (json.is_null()) return {};
    if (!json.is_string()) return Node::scalar(json.dump());
    Node node = Node::scalar(json.get<std::string>());
    node.quoted = true;
    return node;
}

// Bound: a document deeper than this is refused before anything recurses into it.
bool is_too_deep(std::string_view text) {
    std::size_t depth = 0;
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quoted && c == '\\') ++i;
        else if (c == '"') quoted = !quoted;
        else if (!quoted && (c == '{' || c == '[') && ++depth > json_depth_max) return true;
        else if (!quoted && (c == '}' || c == ']') && depth > 0) --depth;
    }
    return false;
}

// Empty: it is none.
Result<Json> parse(std::string_view text) {
    if (is_too_deep(text))
        return fail(Errc::invalid_argument, fmt::format("nested over {} deep", json_depth_max));
    try {
        return Json::parse(text);
    } catch (const Json::exception& error) {
        return fail(Errc::invalid_argument, fmt::format("not JSON: {}", error.what()));
    }
}

}  // namespace

std::string write_json(const Type& type, const void* value) {
    std::string out;
    JsonWriter(out).value(type, value);
    return out.empty() ? std::string("null") : out;
}

Result<void> read_json(const Type& type, void* value, std::string_view text) {
    TRY(const Json json, parse(text));
    Reader reader("/");
    const Node node = node_of(json);
    if (node.kind != Node::Kind::none) reader.value(node, {}, type, value, {});
    const auto problems = reader.take_problems();
    if (problems.empty()) return {};
    std::string what;
    for (const auto& problem : problems) {
        if (!what.empty()) what += "; ";
        what += problem.what;
    }
    return fail(Errc::invalid_argument, what, problems.front().hint);
}

}  // namespace sg
