// Header lines. Every leniency of RFC 9112 §5 is refused: folding, space before the colon, odd
// names.
#include "http/h1/fields.h"

#include <algorithm>

#include "base/text.h"
#include "http/chars.h"
#include "http/field_names.h"
#include "http/h1/scan.h"

namespace sg::http::h1 {
namespace {

constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }

// Calls `each` with every element of a comma-separated list; empty elements are skipped (RFC 9110
// §5.6.1).
template <class Each>
void for_each_element(std::string_view list, Each each) {
    while (!list.empty()) {
        const std::size_t comma = std::min(list.find(','), list.size());
        const std::string_view element = trim(list.substr(0, comma));
        if (!element.empty()) each(element);
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
}

void note_connection(std::string_view value, Facts& facts) {
    for_each_element(value, [&facts](std::string_view option) {
        if (equal_ignoring_case(option, "close")) facts.close = true;
        else if (equal_ignoring_case(option, "keep-alive")) facts.keep_alive = true;
        else if (equal_ignoring_case(option, "upgrade")) facts.upgrade_asked = true;
    });
}

// An upgrade to HTTP/2 is never passed on: the endpoint would speak past us, unseen. Ignoring it is
// legal (RFC 9110 §7.8).
void note_upgrade(std::string_view value, Facts& facts) {
    bool http = false;
    bool any = false;
    for_each_element(value, [&](std::string_view protocol) {
        any = true;
        const std::string_view name = protocol.substr(0, protocol.find('/'));
        http = http || equal_ignoring_case(name, "h2c") || equal_ignoring_case(name, "h2") ||
               equal_ignoring_case(name, "http");
    });
    facts.upgrade_named = any && !http;
}

// `value` is within a line that begins with the name and ends with CR: what stands around it can be
// looked at.
bool tab_beside(std::string_view value, const char* colon, const char* line_end) {
    const char* const value_end = value.data() + value.size();
    if (value.data() - colon <= 2 && value_end == line_end) return colon[1] == '\t';
    const std::string_view before(colon + 1, static_cast<std::size_t>(value.data() - colon - 1));
    const std::string_view after(value_end, static_cast<std::size_t>(line_end - value_end));
    return before.find('\t') != before.npos || after.find('\t') != after.npos;
}

void note(const Field& field, const char* line_end, Facts& facts) {
    switch (field.id) {
        case FieldId::host:
            facts.host = field.value;
            ++facts.hosts;
            break;
        case FieldId::content_length:
            facts.content_length = field.value;
            ++facts.content_lengths;
            facts.tab_beside_framing |=
                tab_beside(field.value, field.name.data() + field.name.size(), line_end);
            break;
        case FieldId::transfer_encoding:
            facts.transfer_encoding = field.value;
            ++facts.transfer_encodings;
            facts.tab_beside_framing |=
                tab_beside(field.value, field.name.data() + field.name.size(), line_end);
            break;
        case FieldId::connection: note_connection(field.value, facts); break;
        case FieldId::upgrade: note_upgrade(field.value, facts); break;
        case FieldId::expect:
            if (equal_ignoring_case(field.value, "100-continue")) facts.continue_expected = true;
            else facts.other_expected = true;
            break;
        default: break;
    }
}

// Whether a name is one that we know, written with `_` for `-`: CGI-like endpoints cannot tell the
// two apart.
bool is_twin(std::string_view name) {
    std::array<char, field_name_longest> twin;
    if (name.size() > twin.size() || !name.contains('_')) return false;
    std::replace_copy(name.begin(), name.end(), twin.begin(), '_', '-');
    return lookup_field({twin.data(), name.size()}) != FieldId::other;
}

// Why the byte at `at` cannot be in a name, or end it.
Defect name_defect(std::string_view line, const char* at, const char* end) {
    if (at == line.data() && at != end && *at == ':') return Defect::field_name_empty;
    const char* colon = at;
    while (colon != end && is_blank(*colon)) ++colon;
    if (colon != at && colon != end && *colon == ':') return Defect::field_space_before_colon;
    if (std::find(at, end, ':') == end) return Defect::field_colon_missing;
    return Defect::field_name;
}

// Reads the line [begin, end), whose name ends at `at`, into `field`.
[[gnu::always_inline]] inline Defect read_line(const char* begin, const char* at, const char* end,
                                               Field& field) {
    if (at == begin || at == end || *at != ':') [[unlikely]] {
        if (begin != end && is_blank(*begin)) return Defect::field_folded;
        return name_defect({begin, static_cast<std::size_t>(end - begin)}, at, end);
    }
    const char* value = at + 1;
    while (value != end && is_blank(*value)) ++value;
    const char* value_end = end;
    while (value_end != value && is_blank(value_end[-1])) --value_end;
    field.name = {begin, static_cast<std::size_t>(at - begin)};
    field.value = {value, static_cast<std::size_t>(value_end - value)};
    field.id = lookup_field(field.name);
    return Defect::none;
}

}  // namespace

Defect parse_field_line(std::string_view line, Field& field) {
    const char* const begin = line.data();
    const char* const end = begin + line.size();
    return read_line(begin, find_not<char_token>(begin, end, {begin}), end, field);
}

Defect parse_fields(std::string_view lines, Received head, FieldRules rules, Fields& fields,
                    Facts& facts) {
    const char* at = lines.data();
    const char* const end = at + lines.size();
    while (at != end) {  // Bound: lines of the head.
        const char* const name_end =
            find_not<char_token>(at, end, head);  // At the CR, if not before.
        const char* const line_end = find_cr(name_end, end, head);
        Field field;
        const Defect defect = read_line(at, name_end, line_end, field);
        if (defect != Defect::none) return defect;
        at = line_end + 2;
        // No name that we know has a `_` in it.
        if (field.id == FieldId::other && rules.twins == Twins::dropped && is_twin(field.name))
            continue;
        if (fields.size() >= rules.fields_max || !fields.add(field)) return Defect::fields_too_many;
        if (field.id != FieldId::other) note(field, line_end, facts);
    }
    return Defect::none;
}

}  // namespace sg::http::h1
