// Node → struct: every mistake is noted with its place, nothing stops at the first, nothing is
// accepted silently.
#pragma once

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/describe.h"

namespace sg {

// One mistake in a file. `what` is lower case and says what was found; `hint` says what to do.
struct Problem {
    Place place;
    std::string what;
    std::string hint;
    std::size_t length = 0;  // In bytes, of what to underline; 0: the word that stands there.
};

class Reader {
  public:
    // Bound: beyond this many, mistakes are counted but no longer described.
    static constexpr std::size_t problems_max = 500;

    // Relative paths are taken from `folder`, which is absolute.
    explicit Reader(std::string folder) : folder_(std::move(folder)) {}

    template <class T>
    void read(const Node& node, T& value) {
        this->value(node, {}, TypeOf<T>::type(), &value, node.place);
    }

    void fail(const Node& at, std::string what, std::string hint = {});
    void fail(Place at, std::string what, std::string hint = {});
    void fail(const Node& at, const Error& error) { fail(at, error.what, error.hint); }

    // Where a key that is unknown in one place is known: `services`; empty: nowhere.
    std::string (*elsewhere)(std::string_view key) = nullptr;

    bool is_full() const { return problems_.size() > problems_max; }

    // Whether `node` is a scalar; says what was expected if not.
    bool is_text(const Node& node, std::string_view expected);
    // Reads a scalar against what is said about the setting; path() names it in the end.
    void scalar(const Node& node, const About& about, const Type& type, void* value);
    void value(const Node& node, const About& about, const Type& type, void* value, Place origin);
    void note_secret(const Node& node);  // If its text came from one; under path().

    // Of the setting being read: `services.catalog.retry`. Elements of lists have numbers.
    const std::string& path() const { return path_; }
    const std::string& folder() const { return folder_; }
    std::string resolve(std::string text, Path path) const;

    // Where each setting was said, and what may not be printed, by path.
    using Places = std::unordered_map<std::string, Place>;
    using Secrets = std::map<std::string, Secret>;
    std::vector<Problem> take_problems() { return std::move(problems_); }
    Places take_places() { return std::move(places_); }
    Secrets take_secrets() { return std::move(secrets_); }

    // Lengthens path() while it lives.
    class Step {
      public:
        Step(Reader& reader, std::string_view name);
        ~Step() { reader_.path_.resize(length_); }
        Step(const Step&) = delete;
        Step& operator=(const Step&) = delete;

      private:
        Reader& reader_;
        std::size_t length_;
    };

  private:
    void list(const Node& node, const About& about, const Type& type, void* value);
    void map(const Node& node, const About& about, const Type& type, void* value);
    void record(const Node& node, const Type& type, void* value, Place origin);

    std::string folder_;
    std::string path_;
    std::vector<Problem> problems_;
    Places places_;
    Secrets secrets_;
};

// "between 1 and 8", "at least 1s"; empty: no bounds.
std::string bounds_text(const About& about, const Type& type);
// What the default is, in words; empty for lists, maps and records.
std::string default_text(const About& about, const Type& type, const void* value);
// "a list of address blocks": what may stand there.
std::string type_text(const Type& type, const About& about);

}  // namespace sg
