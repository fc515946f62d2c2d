// A mail as people read it: its subject, whom it is to, its text. Pure. As much of RFC 5322, 2045
// and 2047 as our own mails use; the rest is shown as it came.
#pragma once

#include <string>
#include <string_view>

namespace sg::demo {

struct Mail {
    std::string subject;
    std::string from;
    std::string to;
    std::string date;
    std::string text;
};

Mail read_mail(std::string_view raw);

// The text with what stands in it as an address (http, https) made a link; safe to put into a page.
std::string linked_html(std::string_view text);
std::string escaped_html(std::string_view text);

}  // namespace sg::demo
