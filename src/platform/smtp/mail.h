// A mail as it goes over the wire. Pure. Source: RFC 5322 (the form), RFC 2045 and 2046 (MIME),
// RFC 2047 (words in fields that are not ASCII), RFC 3834 (Auto-Submitted), RFC 2369 and 8058
// (List-Unsubscribe, by one POST).
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "ports/channel.h"

namespace sg::platform::smtp {

// `Ana Ruiz <ana@example.com>` or the bare address, as one of the two fields that name people.
struct Address {
    std::string name;
    std::string mailbox;  // `ana@example.com`; ASCII.

    std::string domain() const { return mailbox.substr(mailbox.rfind('@') + 1); }
};

Result<Address> parse_address(std::string_view text);

// Lines end in CRLF, none is longer than 78 (a mailbox or an identifier apart). Nothing in the
// message can add a field.
std::string written(const ports::Message& message, const Address& from, const Address& to);

// `<…@domain>`: the same for the same key, so that a duplicate can be told by it.
std::string message_id(std::string_view key, std::string_view domain);

// Its parts, for tests.
std::string field_text(std::string_view text, std::size_t column);  // Encoded, folded.
std::string quoted_printable(std::string_view text);                // Ends in CRLF.
std::string date(Instant at);                                       // In UTC.

}  // namespace sg::platform::smtp
