// Header lines to a table of fields, and what the lines say together: the facts that framing is
// decided from.
#pragma once

#include "http/h1/parse.h"
#include "http/h1/scan.h"

namespace sg::http::h1 {

// What a head says about its connection and body, gathered while its fields are read.
struct Facts {
    std::string_view host;
    std::string_view content_length;
    std::string_view transfer_encoding;
    unsigned hosts = 0;
    unsigned content_lengths = 0;
    unsigned transfer_encodings = 0;
    bool tab_beside_framing = false;  // A tab around the value of a field that frames the body.
    bool close = false;               // Connection: close
    bool keep_alive = false;          // Connection: keep-alive
    bool upgrade_asked = false;       // Connection: upgrade
    bool upgrade_named = false;  // An Upgrade field that names something other than HTTP itself.
    bool continue_expected = false;
    bool other_expected = false;
};

enum class Twins { dropped, kept };  // Names that equal a known one once `_` is `-`.

struct FieldRules {
    std::size_t fields_max;
    Twins twins;
};

// Requires: `lines` are the header lines without the empty one, as scan_head leaves them, within a
// head that begins at `head`.
Defect parse_fields(std::string_view lines, Received head, FieldRules rules, Fields& fields,
                    Facts& facts);

// One line without its CRLF; views into it. Trailers are read by it too.
Defect parse_field_line(std::string_view line, Field& field);

}  // namespace sg::http::h1
