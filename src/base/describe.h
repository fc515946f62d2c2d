// One description of every setting: `describe(visitor, struct)` names each field once, and reading,
// writing, comparing, JSON Schema and the manual all come from it. Type-erased: a visitor meets
// (About, Type, void*), so that none of them is a template over the structs. Invariant: whatever
// `write` gives, `read` takes back as an equal value.
#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/result.h"
#include "base/time.h"
#include "base/units.h"

namespace sg {

// Where in the file something was said, for messages that come later than parsing. Line 0: a
// default.
struct Place {
    std::uint32_t line = 0;
    std::uint32_t column = 0;
    auto operator<=>(const Place&) const = default;
};

// A value that came from `${file:…}` or `${env:…}`. Never printed: `source` is shown in its stead.
struct Secret {
    std::string value;
    std::string source;
};

// A document without its syntax: what YAML and JSON have in common. The lingua franca between files
// and structs.
struct Node {
    enum class Kind : std::uint8_t { none, scalar, list, map };
    struct Entry;

    Kind kind = Kind::none;
    std::string text;            // Of a scalar; references to secrets are already replaced.
    std::string source;          // What was written, where a reference to a secret was replaced.
    std::vector<Node> items;     // Of a list.
    std::vector<Entry> entries;  // Of a map, in the order of the file.
    Place place;
    bool quoted = false;
    bool broken = false;  // A mistake in it is noted already: its value means nothing.

    const Node* find(std::string_view key) const;
    bool is_scalar() const { return kind == Kind::scalar; }
    bool is_list() const { return kind == Kind::list; }
    bool is_map() const { return kind == Kind::map; }

    static Node scalar(std::string text, Place place = {});
    static Node list(Place place = {});
    static Node map(Place place = {});
    Node& add(std::string key,
              Node value);  // To a map; the key has the value's place. Returns the value.
};

struct Node::Entry {
    Node key;
    Node value;
    std::string note = {};  // What a writer says about the entry in a comment.
};

bool equal(const Node& a, const Node& b);  // As documents: places, quotes and notes do not count.

// What a text must look like beyond being text: one row, used by the reader, the schema and the
// manual.
struct Format {
    std::string_view name;                    // "a header name"
    Result<void> (*check)(std::string_view);  // What is wrong, and a hint.
};

enum class Applies : std::uint8_t { reload, restart };

// Whether a relative path in the text is meant from the folder of the file: all of it, or what
// follows `unix:`.
enum class Path : std::uint8_t { none, file, socket };

// What is said about one setting. `why` is a paragraph for people: what it does, why one would
// change it.
struct About {
    std::string_view key;
    std::string_view why;
    double least = -std::numeric_limits<double>::infinity();  // In the unit of Type::measure.
    double most = std::numeric_limits<double>::infinity();
    std::string_view unset =
        {};  // What an empty or absent value means; empty text: the value must be given.
    std::string_view example = {};   // `key: value`, for who left it out.
    const Format* format = nullptr;  // Of the text, or of each text in the list.
    const Format* key_format = nullptr;
    bool off = false;  // A duration may be `off`.
    bool inherits =
        false;  // What is not said within it is as `unset` says, not the type's default.
    Path path = Path::none;
    bool required = false;
    Applies applies = Applies::reload;
};

// What is said about a struct as a whole. `expand` turns a short form into the long one, as nodes,
// so that every message still points at what was written.
struct RecordAbout {
    std::string_view name;  // "a retry policy"
    Node (*expand)(Node) = nullptr;
    // JSON Schema: of the short forms (comma separated), and of keys that only the short form has
    // ("name":schema).
    std::string_view short_schema = {};
    std::string_view short_keys = {};
    std::string_view short_words = {};  // The same for people: "a path, `tcp`, or `off`".
};

struct Type;

class Visitor {
  public:
    virtual ~Visitor() = default;
    virtual void record(const RecordAbout&) {}  // First, once.
    virtual void place(Place&) {}               // The struct wants to know where it was said.
    virtual void visit(const About& about, const Type& type, void* value) = 0;

    template <class T>
    void field(const About& about, T& value);
};

class Reader;

// How values of one C++ type are handled without knowing it. One static object per type.
struct Type {
    enum class Kind : std::uint8_t { scalar, list, map, optional, record, custom };
    using Each = void (*)(void* context, std::string_view key, const void* element);

    Kind kind = Kind::scalar;
    std::string_view name = {};    // "a duration"
    std::string_view schema = {};  // JSON Schema of a scalar or custom type.

    // Scalars.
    Result<void> (*parse)(std::string_view text, void* value) = nullptr;
    std::string (*print)(const void* value) = nullptr;
    double (*measure)(const void* value) = nullptr;  // For bounds; null: none apply.
    std::string (*print_measure)(double measure) = nullptr;
    std::span<const std::string_view> words = {};  // Of an enumeration.
    bool bare = false;                             // Stands in JSON without quotes.

    // Lists, maps and optionals.
    const Type& (*element)() = nullptr;
    void* (*add)(void* container,
                 std::string_view key) = nullptr;  // Of a map: by key; the others append.
    void (*each)(const void* container, void* context, Each each) = nullptr;
    void (*clear)(void* container) = nullptr;

    // Records.
    void (*describe)(Visitor&, void* value) = nullptr;

    // Custom: several fields of a struct behind one key, such as `on: [connect, 502]`.
    void (*read)(Reader&, const Node&, void* value) = nullptr;
    Node (*write)(const void* value) = nullptr;  // Kind::none: nothing to write.

    std::shared_ptr<void> (*make)() = nullptr;  // A value with its defaults.
};

// Words of an enumeration, in the order of its values: specialise `WordsOf<Enum>::words` and
// `::name`.
template <class T>
struct WordsOf;

Result<std::size_t> parse_word(std::string_view text, std::span<const std::string_view> words,
                               std::string_view name);
const Type& text_type();
const Type& flag_type();
const Type& uint16_type();
const Type& uint32_type();
const Type& int64_type();
const Type& double_type();
const Type& instant_type();  // RFC 3339; empty: Instant{}, which means "not yet".
const Type& duration_type();
const Type& bytes_type();
const Type& share_type();
const Type& rate_type();
const Type& cidr_type();

template <class T>
struct TypeOf {  // A struct: described by a function found beside it.
    static const Type& type() {
        static const Type it = {
            .kind = Type::Kind::record,
            .describe = [](Visitor& v, void* p) { describe(v, *static_cast<T*>(p)); },
            .make = [] { return std::shared_ptr<void>(std::make_shared<T>()); }};
        return it;
    }
};

template <class T>
    requires requires { WordsOf<T>::words; }
struct TypeOf<T> {
    static const Type& type() {
        static const Type it = {
            .kind = Type::Kind::scalar,
            .name = WordsOf<T>::name,
            .parse = [](std::string_view text, void* p) -> Result<void> {
                TRY(const auto index, parse_word(text, WordsOf<T>::words, WordsOf<T>::name));
                *static_cast<T*>(p) = static_cast<T>(index);
                return {};
            },
            .print =
                [](const void* p) {
                    const auto index = static_cast<std::size_t>(*static_cast<const T*>(p));
                    return std::string(WordsOf<T>::words[index]);
                },
            .words = WordsOf<T>::words,
            .make = [] { return std::shared_ptr<void>(std::make_shared<T>()); }};
        return it;
    }
};

template <>
struct TypeOf<std::string> {
    static const Type& type() { return text_type(); }
};
template <>
struct TypeOf<bool> {
    static const Type& type() { return flag_type(); }
};
template <>
struct TypeOf<std::uint16_t> {
    static const Type& type() { return uint16_type(); }
};
template <>
struct TypeOf<std::uint32_t> {
    static const Type& type() { return uint32_type(); }
};
template <>
struct TypeOf<std::int64_t> {
    static const Type& type() { return int64_type(); }
};
template <>
struct TypeOf<double> {
    static const Type& type() { return double_type(); }
};
template <>
struct TypeOf<Instant> {
    static const Type& type() { return instant_type(); }
};
template <>
struct TypeOf<Duration> {
    static const Type& type() { return duration_type(); }
};
template <>
struct TypeOf<Bytes> {
    static const Type& type() { return bytes_type(); }
};
template <>
struct TypeOf<Share> {
    static const Type& type() { return share_type(); }
};
template <>
struct TypeOf<Rate> {
    static const Type& type() { return rate_type(); }
};
template <>
struct TypeOf<Cidr> {
    static const Type& type() { return cidr_type(); }
};

template <class T>
struct TypeOf<std::vector<T>> {
    static const Type& type() {
        static const Type it = {
            .kind = Type::Kind::list,
            .element = &TypeOf<T>::type,
            .add = [](void* p, std::string_view) -> void* {
                return &static_cast<std::vector<T>*>(p)->emplace_back();
            },
            .each =
                [](const void* p, void* context, Type::Each each) {
                    for (const T& e : *static_cast<const std::vector<T>*>(p)) each(context, {}, &e);
                },
            .clear = [](void* p) { static_cast<std::vector<T>*>(p)->clear(); },
            .make = [] { return std::shared_ptr<void>(std::make_shared<std::vector<T>>()); }};
        return it;
    }
};

template <class T>
struct TypeOf<std::map<std::string, T>> {
    using Map = std::map<std::string, T>;
    static const Type& type() {
        static const Type it = {
            .kind = Type::Kind::map,
            .element = &TypeOf<T>::type,
            .add = [](void* p, std::string_view key) -> void* {
                return &(*static_cast<Map*>(p))[std::string(key)];
            },
            .each =
                [](const void* p, void* context, Type::Each each) {
                    for (const auto& [key, e] : *static_cast<const Map*>(p)) each(context, key, &e);
                },
            .clear = [](void* p) { static_cast<Map*>(p)->clear(); },
            .make = [] { return std::shared_ptr<void>(std::make_shared<Map>()); }};
        return it;
    }
};

template <class T>
struct TypeOf<std::optional<T>> {
    static const Type& type() {
        static const Type it = {
            .kind = Type::Kind::optional,
            .element = &TypeOf<T>::type,
            .add = [](void* p, std::string_view) -> void* {
                return &static_cast<std::optional<T>*>(p)->emplace();
            },
            .each =
                [](const void* p, void* context, Type::Each each) {
                    const auto& o = *static_cast<const std::optional<T>*>(p);
                    if (o) each(context, {}, &*o);
                },
            .clear = [](void* p) { static_cast<std::optional<T>*>(p)->reset(); },
            .make = [] { return std::shared_ptr<void>(std::make_shared<std::optional<T>>()); }};
        return it;
    }
};

template <class T>
void Visitor::field(const About& about, T& value) {
    visit(about, TypeOf<T>::type(), &value);
}

}  // namespace sg
