// Names of methods and fields. A field name is recognised by one hash and one comparison.
#include "http/message.h"

#include "base/text.h"
#include "http/field_names.h"

namespace sg::http {

std::string_view name_of(Method method) {
    static constexpr std::string_view names[] = {"GET",     "HEAD",    "POST",  "PUT",   "DELETE",
                                                 "CONNECT", "OPTIONS", "TRACE", "PATCH", "_OTHER"};
    return names[static_cast<std::size_t>(method)];
}

std::string_view name_of(FieldId id) { return field_names[static_cast<std::size_t>(id)]; }

FieldId field_id(std::string_view name) { return lookup_field(name); }

const Field* Fields::find(std::string_view name) const {
    for (const auto& field : all())
        if (field.name.size() == name.size() && equal_ignoring_case(field.name, name))
            return &field;
    return nullptr;
}

}  // namespace sg::http
