#include "demo/mail_session.h"

#include "base/text.h"

namespace sg::demo {

std::string MailSession::greeting() { return "220 demo.invalid keeps mail to look at\r\n"; }

MailSession::Step MailSession::take(std::string_view line) {
    return in_mail_ ? part_of_mail(line) : command(line);
}

void MailSession::begin_anew() { *this = MailSession(); }

MailSession::Step MailSession::command(std::string_view line) {
    const auto verb = to_lower(line.substr(0, line.find_first_of(" :")));
    if (verb == "quit") return {"221 bye\r\n", {}, true};
    if (verb == "ehlo" || verb == "helo" || verb == "rset") {
        begin_anew();
        return {verb == "ehlo" ? "250-demo.invalid\r\n250 8BITMIME\r\n" : "250 ok\r\n", {}, false};
    }
    if (verb == "noop") return {"250 ok\r\n", {}, false};
    if (verb == "mail") {
        begin_anew();
        has_sender_ = true;
        return {"250 ok\r\n", {}, false};
    }
    if (verb == "rcpt") {
        if (!has_sender_) return {"503 MAIL comes first\r\n", {}, false};
        has_recipient_ = true;
        return {"250 ok\r\n", {}, false};
    }
    if (verb == "data") {
        if (!has_recipient_) return {"503 RCPT comes first\r\n", {}, false};
        in_mail_ = true;
        return {"354 end with a point on a line of its own\r\n", {}, false};
    }
    return {"500 not known here\r\n", {}, false};
}

MailSession::Step MailSession::part_of_mail(std::string_view line) {
    if (line == ".") {
        auto mail = std::move(mail_);
        const bool too_large = too_large_;
        begin_anew();
        if (too_large) return {"552 too large\r\n", {}, false};
        return {"250 kept\r\n", std::move(mail), false};
    }
    if (line.starts_with('.')) line.remove_prefix(1);
    if (mail_.size() + line.size() + 2 > mail_max) too_large_ = true;
    if (!too_large_) mail_.append(line).append("\r\n");
    return {};
}

}  // namespace sg::demo
