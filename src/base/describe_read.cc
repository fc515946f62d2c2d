#include "base/describe_read.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "base/text.h"

namespace sg {

namespace {

std::string_view kind_text(const Node& node) {
    switch (node.kind) {
        case Node::Kind::none: return "nothing";
        case Node::Kind::scalar: return "a single value";
        case Node::Kind::list: return "a list";
        case Node::Kind::map: return "keys with values";
    }
    return {};
}

// The name of the setting at the end of a path; numbers of list elements are skipped.
std::string last_of(std::string_view path) {
    for (;;) {
        const auto dot = path.rfind('.');
        const auto name = path.substr(dot == std::string_view::npos ? 0 : dot + 1);
        const bool is_number = name.find_first_not_of("0123456789") == std::string_view::npos;
        if (!is_number || dot == std::string_view::npos) return std::string(name);
        path = path.substr(0, dot);
    }
}

// Meets the fields of one struct, in the order of its description.
class RecordReader final : public Visitor {
  public:
    RecordReader(Reader& reader, const Node& node, Place origin)
        : reader_(reader), node_(&node), origin_(origin) {}

    void record(const RecordAbout& about) override {
        about_ = about;
        if (about.expand) {
            expanded_ = about.expand(*node_);
            node_ = &expanded_;
        }
        broken_ = !node_->is_map();
    }

    void place(Place& place) override { place = origin_; }

    void visit(const About& about, const Type& type, void* value) override {
        known_.emplace_back(about.key);
        if (broken_) return;
        const Node* found = node_->find(about.key);
        if (!found) {
            if (about.required)
                reader_.fail(origin_, fmt::format("{} has no `{}`", about_.name, about.key),
                             fmt::format("add `{}`", about.example));
            return;
        }
        const Reader::Step step(reader_, about.key);
        reader_.value(*found, about, type, value, found->place);
    }

    void finish() {
        if (broken_) return refuse_kind();
        for (const auto& entry : node_->entries) {
            if (reader_.is_full()) return;
            if (std::find(known_.begin(), known_.end(), entry.key.text) == known_.end())
                refuse_key(entry);
        }
    }

  private:
    void refuse_kind() {
        auto hint = fmt::format("write {{ key: value }} with {}", fmt::join(known_, ", "));
        if (node_->is_list())
            hint =
                fmt::format("write `key: value` without dashes, with {}", fmt::join(known_, ", "));
        if (!about_.short_words.empty()) hint = fmt::format("write {}", about_.short_words);
        if (node_->broken) return;
        reader_.fail(*node_, fmt::format("{} cannot be {}", about_.name, kind_text(*node_)), hint);
    }

    void refuse_key(const Node::Entry& entry) {
        const auto& key = entry.key.text;
        auto hint = fmt::format("known here are {}", fmt::join(known_, ", "));
        const auto near = nearest(key, known_);
        if (!near.empty()) hint += fmt::format("; did you mean `{}`?", near);
        const auto elsewhere = near.empty() && reader_.elsewhere ? reader_.elsewhere(key) : "";
        if (!elsewhere.empty()) hint = fmt::format("`{}` belongs to {}; {}", key, elsewhere, hint);
        const auto colon = key.find(':');
        if (colon != std::string::npos && entry.value.kind == Node::Kind::none)
            hint = fmt::format("write `{}: {}`, with a space after the colon", key.substr(0, colon),
                               key.substr(colon + 1));
        reader_.fail(entry.key, fmt::format("{} has no setting `{}`", about_.name, key), hint);
    }

    Reader& reader_;
    const Node* node_;
    Place origin_;
    Node expanded_;
    RecordAbout about_;
    std::vector<std::string> known_;
    bool broken_ = false;
};

}  // namespace

Reader::Step::Step(Reader& reader, std::string_view name)
    : reader_(reader), length_(reader.path_.size()) {
    if (length_ > 0) reader.path_ += '.';
    reader.path_ += name;
}

void Reader::fail(Place at, std::string what, std::string hint) {
    if (problems_.size() < problems_max)
        problems_.push_back({at, std::move(what), std::move(hint)});
    else if (!is_full())
        problems_.push_back(
            {at, "there are more mistakes than are shown here", "mend these first"});
}

void Reader::fail(const Node& at, std::string what, std::string hint) {
    fail(at.place, std::move(what), std::move(hint));
    if (at.is_scalar() && !at.quoted)
        problems_.back().length = (at.source.empty() ? at.text : at.source).size();
}

bool Reader::is_text(const Node& node, std::string_view expected) {
    if (node.broken) return false;
    if (node.is_scalar()) return true;
    fail(node, fmt::format("`{}` cannot be {}", last_of(path_), kind_text(node)),
         fmt::format("write {}", expected));
    return false;
}

std::string Reader::resolve(std::string text, Path path) const {
    if (path == Path::none || text.empty()) return text;
    const bool socket = text.starts_with("unix:");
    if ((path == Path::socket) != socket) return text;
    if (!socket && (text == "off" || text == "-")) return text;  // `./off` is a file of that name.
    const std::filesystem::path folder = folder_;
    const auto whole = (folder / text.substr(socket ? 5 : 0)).lexically_normal().string();
    return socket ? "unix:" + whole : whole;
}

void Reader::note_secret(const Node& node) {
    if (!node.source.empty()) secrets_[path_] = {node.text, node.source};
}

void Reader::scalar(const Node& node, const About& about, const Type& type, void* value) {
    if (!is_text(node, type_text(type, about))) return;
    note_secret(node);
    // What came from a secret is not shown, not even when it is wrong.
    const auto refuse = [&](std::string what, std::string hint) {
        if (!node.source.empty()) what = fmt::format("the value of `{}` is not valid", node.source);
        fail(node, std::move(what), std::move(hint));
    };
    const auto text = resolve(node.text, about.path);
    if (about.format) {
        if (const auto fits = about.format->check(text); !fits)
            return refuse(fits.error().what, fits.error().hint);
    }
    if (const auto parsed = type.parse(text, value); !parsed) {
        // A whole number says its bounds better than the type does.
        const bool whole = type.print_measure && !bounds_text(about, type).empty() &&
                           type.schema.contains("integer") && !type.schema.contains("string");
        return refuse(parsed.error().what,
                      whole ? "write " + type_text(type, about) : parsed.error().hint);
    }
    if (!type.measure) return;
    const double measure = type.measure(value);
    const bool off = std::isinf(measure);
    if (off ? about.off : measure >= about.least && measure <= about.most) return;
    const auto hint = "write " + type_text(type, about);
    if (off) return refuse(fmt::format("`{}` cannot be off", last_of(path_)), hint);
    refuse(fmt::format("`{}` is too {} for `{}`", node.text,
                       measure < about.least ? "small" : "large", last_of(path_)),
           hint);
}

void Reader::list(const Node& node, const About& about, const Type& type, void* value) {
    type.clear(value);
    if (!node.is_list()) {  // One alone is a list of one.
        const Step step(*this, "0");
        return this->value(node, about, type.element(), type.add(value, {}), node.place);
    }
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        const Step step(*this, std::to_string(i));
        this->value(node.items[i], about, type.element(), type.add(value, {}), node.items[i].place);
    }
}

void Reader::map(const Node& node, const About& about, const Type& type, void* value) {
    type.clear(value);
    if (!node.is_map())
        return fail(node, fmt::format("`{}` cannot be {}", last_of(path_), kind_text(node)),
                    fmt::format("write {}", type_text(type, about)));
    for (const auto& entry : node.entries) {
        if (about.key_format) {
            if (const auto fits = about.key_format->check(entry.key.text); !fits)
                fail(entry.key, fits.error());
        }
        const Step step(*this, entry.key.text);
        this->value(entry.value, about, type.element(), type.add(value, entry.key.text),
                    entry.key.place);
    }
}

void Reader::record(const Node& node, const Type& type, void* value, Place origin) {
    RecordReader reader(*this, node, origin);
    type.describe(reader, value);
    reader.finish();
}

void Reader::value(const Node& node, const About& about, const Type& type, void* value,
                   Place origin) {
    places_.try_emplace(path_, node.place);
    if (node.broken) return;
    if (node.kind == Node::Kind::none && !path_.empty())
        return fail(node, fmt::format("`{}` has no value", last_of(path_)),
                    fmt::format("write {}, or remove the line", type_text(type, about)));
    switch (type.kind) {
        case Type::Kind::scalar: return scalar(node, about, type, value);
        case Type::Kind::list: return list(node, about, type, value);
        case Type::Kind::map: return map(node, about, type, value);
        case Type::Kind::record: return record(node, type, value, origin);
        case Type::Kind::custom: return type.read(*this, node, value);
        case Type::Kind::optional:
            type.clear(value);
            return this->value(node, about, type.element(), type.add(value, {}), origin);
    }
}

std::string bounds_text(const About& about, const Type& type) {
    if (!type.measure) return {};
    std::string text;
    const bool least = !std::isinf(about.least);
    const bool most = !std::isinf(about.most);
    if (least && most)
        text = fmt::format("from {} to {}", type.print_measure(about.least),
                           type.print_measure(about.most));
    else if (least) text = fmt::format("at least {}", type.print_measure(about.least));
    else if (most) text = fmt::format("at most {}", type.print_measure(about.most));
    if (about.off) text += text.empty() ? "or off" : ", or off";
    return text;
}

std::string default_text(const About& about, const Type& type, const void* value) {
    if (!about.unset.empty()) return std::string(about.unset);
    if (about.required) return "none: it must be given";
    if (type.kind == Type::Kind::scalar) return type.print(value);
    return {};
}

std::string type_text(const Type& type, const About& about) {
    switch (type.kind) {
        case Type::Kind::list: return "a list, each " + type_text(type.element(), about);
        case Type::Kind::map: return "names, each with " + type_text(type.element(), about);
        case Type::Kind::optional: return type_text(type.element(), about);
        case Type::Kind::record: {
            struct : Visitor {
                void record(const RecordAbout& about) override { name = about.name; }
                void visit(const About&, const Type&, void*) override {}
                std::string name;
            } visitor;
            type.describe(visitor, type.make().get());
            return visitor.name;
        }
        case Type::Kind::scalar:
        case Type::Kind::custom: break;
    }
    if (about.format) return std::string(about.format->name);
    if (!type.words.empty()) return fmt::format("one of {}", fmt::join(type.words, ", "));
    auto text = std::string(type.name);
    if (const auto bounds = bounds_text(about, type); !bounds.empty())
        text += fmt::format(" {}", bounds);
    return text;
}

}  // namespace sg
