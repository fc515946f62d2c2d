#include "gateway/proxy/end_to_end.h"

#include <algorithm>

#include "base/text.h"

namespace sg::gateway::proxy {

namespace {

using http::FieldId;

// Fields for everybody that are not in FieldId. (Those in FieldId pass or not by their id alone.)
constexpr std::string_view for_everybody[] = {
    "access-control-request-headers",
    "access-control-request-method",
    "cache-control",
    "content-encoding",
    "content-range",
    "content-security-policy",
    "etag",
    "expires",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "last-modified",
    "origin",
    "pragma",
    "range",
    "referer",
    "strict-transport-security",
    "vary",
    "x-real-ip",
};

bool is_for_everybody(std::string_view name) {
    return std::ranges::any_of(for_everybody,
                               [&](auto each) { return equal_ignoring_case(each, name); });
}

// Joins fields that lie next to each other in the received bytes, separated as we would write them.
class Copier {
  public:
    explicit Copier(http::Out& out) : out_(out) {}
    ~Copier() { flush(); }
    Copier(const Copier&) = delete;
    Copier& operator=(const Copier&) = delete;

    void keep(const http::Field& field) {
        const char* const begin = field.name.data();
        const char* const colon = begin + field.name.size();
        const char* const end = field.value.data() + field.value.size();
        const bool tight = field.value.data() == colon + 2 && colon[0] == ':' && colon[1] == ' ';
        if (tight && begin_ != nullptr && begin == end_ + 2 && end_[0] == '\r' && end_[1] == '\n') {
            end_ = end;
            return;
        }
        flush();
        if (!tight) return out_.put_field(field.name, field.value);
        begin_ = begin;
        end_ = end;
    }

  private:
    void flush() {
        if (begin_ == nullptr) return;
        out_.put_all(std::string_view(begin_, static_cast<std::size_t>(end_ - begin_)), "\r\n");
        begin_ = nullptr;
    }

    http::Out& out_;
    const char* begin_ = nullptr;
    const char* end_ = nullptr;
};

// `X_User` with `-` for `_`, as CGI and its heirs read it.
bool is_twin_of_edit(std::string_view name, const router::Edits& edits) {
    std::array<char, 64> dashed;
    if (name.size() > dashed.size() || name.find('_') == std::string_view::npos) return false;
    std::ranges::replace_copy(name, dashed.begin(), '_', '-');
    return edits.names(std::string_view(dashed.data(), name.size()));
}

}  // namespace

bool NamedByConnection::collect(const http::Fields& fields) {
    if (!fields.has(FieldId::connection)) return true;
    for (const auto& field : fields.all()) {
        if (field.id != FieldId::connection) continue;
        std::string_view rest = field.value;
        while (!rest.empty()) {
            const auto comma = std::min(rest.find(','), rest.size());
            const auto name = trim(rest.substr(0, comma));
            rest.remove_prefix(std::min(comma + 1, rest.size()));
            if (name.empty() || equal_ignoring_case(name, "close")) continue;
            if (http::field_id(name) != FieldId::other || is_for_everybody(name)) continue;
            if (has(name)) continue;
            if (count_ == capacity) return false;
            names_[count_++] = {name.data(), name.size()};
        }
    }
    return true;
}

bool NamedByConnection::has(std::string_view name) const {
    for (std::size_t i = 0; i < count_; ++i)
        if (equal_ignoring_case({names_[i].text, names_[i].size}, name)) return true;
    return false;
}

namespace {

bool append_after_a_closer_look(http::Out& out, const http::Fields& fields,
                                std::uint64_t dropped_ids, const router::Edits* edits,
                                Twins twins) {
    NamedByConnection named;
    if (!named.collect(fields)) return false;
    const auto drops = [&](std::string_view name) {
        if (named.has(name)) return true;
        if (edits == nullptr) return false;
        return (edits->drops_others && edits->drops(name)) ||
               (twins == Twins::dropped && is_twin_of_edit(name, *edits));
    };

    if (edits != nullptr) dropped_ids |= edits->dropped_ids & ~bit(FieldId::other);
    Copier copier(out);
    for (const auto& field : fields.all()) {
        if ((dropped_ids & bit(field.id)) != 0) continue;
        if (field.id == FieldId::other && drops(field.name)) continue;
        copier.keep(field);
    }
    return true;
}

}  // namespace

bool append_end_to_end(http::Out& out, const http::Fields& fields, std::uint64_t dropped_ids,
                       const router::Edits* edits, Twins twins) {
    const bool has_edits = edits != nullptr && !(edits->added.empty() && edits->dropped.empty());
    if (has_edits || fields.has(FieldId::connection))
        return append_after_a_closer_look(out, fields, dropped_ids, has_edits ? edits : nullptr,
                                          twins);
    Copier copier(out);  // Nearly every head: the id alone decides.
    for (const auto& field : fields.all())
        if ((dropped_ids & bit(field.id)) == 0) copier.keep(field);
    return true;
}

}  // namespace sg::gateway::proxy
