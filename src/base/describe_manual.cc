#include "base/describe_manual.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/describe_read.h"
#include "base/text.h"

namespace sg {

namespace {

// What stands behind lists, maps and optionals.
const Type& innermost(const Type& type) {
    const Type* inner = &type;
    while (inner->element) inner = &inner->element();
    return *inner;
}

std::string default_of(const About& about, const Type& type, const void* value) {
    if (auto text = default_text(about, type, value); !text.empty()) return text;
    if (type.kind != Type::Kind::custom) return {};
    const Node node = type.write(value);
    if (node.is_scalar()) return node.text;
    std::string text;
    for (const Node& item : node.items) text += (text.empty() ? "" : ", ") + item.text;
    return "[" + text + "]";
}

class Walker final : public Visitor {
  public:
    explicit Walker(std::vector<Setting>& out) : out_(out) {}

    void visit(const About& about, const Type& type, void* value) override {
        Setting setting;
        setting.path = prefix + std::string(about.key);
        setting.type = type_text(type, about);
        setting.bounds = bounds_text(about, type);
        if (!setting.bounds.empty() && setting.type.ends_with(setting.bounds))
            setting.type.resize(setting.type.size() - setting.bounds.size() - 1);
        setting.default_value = inherited.empty() ? default_of(about, type, value) : inherited;
        setting.why = about.why;
        setting.applies = about.applies;
        out_.push_back(setting);

        const Type& inner = innermost(type);
        if (inner.kind != Type::Kind::record) return;
        Walker walker(out_);
        walker.prefix = setting.path + ".";
        if (about.inherits) walker.inherited = about.unset;
        // A struct that is there is shown with its own values; an element that is not, with its
        // defaults.
        if (&inner == &type) return inner.describe(walker, value);
        inner.describe(walker, inner.make().get());
    }

    std::string prefix;
    std::string inherited;

  private:
    std::vector<Setting>& out_;
};

// Whether `key` is `path`, perhaps with names between: services.catalog.retry is services.retry.
bool matches(std::string_view path, std::string_view key) {
    const auto want = split(path, '.');
    const auto given = split(key, '.');
    if (given.size() < want.size() || given.front() != want.front() || given.back() != want.back())
        return false;
    std::size_t next = 0;
    for (const auto part : given)
        if (next < want.size() && part == want[next]) ++next;
    return next == want.size() && given.size() <= want.size() + 2;
}

}  // namespace

std::vector<Setting> settings_of(const Type& root) {
    std::vector<Setting> settings;
    Walker walker(settings);
    root.describe(walker, root.make().get());
    return settings;
}

const Setting* find_setting(const std::vector<Setting>& settings, std::string_view key) {
    for (const Setting& setting : settings)
        if (setting.path == key) return &setting;
    const Setting* best = nullptr;  // The longest: services.a.tls.key is not services.key.
    for (const Setting& setting : settings)
        if (matches(setting.path, key) && (!best || setting.path.size() > best->path.size()))
            best = &setting;
    return best;
}

std::string nearest_setting(const std::vector<Setting>& settings, std::string_view key) {
    std::vector<std::string> paths;
    std::vector<std::string> names;
    for (const Setting& setting : settings) {
        paths.push_back(setting.path);
        names.emplace_back(split(setting.path, '.').back());
    }
    const auto last = split(key, '.').back();
    const auto name = std::ranges::find(names, last);  // `budget` is services.retry.budget.
    if (name != names.end() && !key.contains('.')) return paths[std::size_t(name - names.begin())];
    if (const auto near = nearest(key, paths); !near.empty()) return std::string(near);
    const auto near = nearest(last, names);
    const auto at = std::ranges::find(names, near);
    return near.empty() ? std::string() : paths[std::size_t(at - names.begin())];
}

}  // namespace sg
