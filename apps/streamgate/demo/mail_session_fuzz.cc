// An SMTP conversation, and the mail that comes of it, from anybody: neither crashes; a mail that
// is kept is no larger than the bound.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "base/text.h"
#include "demo/mail_session.h"
#include "demo/mail_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    sg::demo::MailSession session;
    for (auto line : sg::split(text, '\n')) {
        if (line.ends_with('\r')) line.remove_suffix(1);
        const auto step = session.take(line);
        if (!step.mail) continue;
        CHECK(step.mail->size() <= sg::demo::MailSession::mail_max);
        const auto mail = sg::demo::read_mail(*step.mail);
        CHECK(sg::demo::linked_html(mail.text).find("<script") == std::string::npos);
    }
    (void)sg::demo::read_mail(text);
    return 0;
}
