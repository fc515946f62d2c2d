// The server's side of one SMTP conversation. Pure: lines in, answers out. Takes every mail for
// everybody and sends none on. Source: RFC 5321.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sg::demo {

class MailSession {
  public:
    static constexpr std::size_t mail_max = 1 << 20;  // Bound: of one mail.

    static std::string greeting();

    struct Step {
        std::string answer;               // Empty: within a mail nothing is said.
        std::optional<std::string> mail;  // One has come in, as it was sent.
        bool ends = false;
    };
    Step take(std::string_view line);  // Without its end.

  private:
    Step command(std::string_view line);
    Step part_of_mail(std::string_view line);
    void begin_anew();

    bool has_sender_ = false;
    bool has_recipient_ = false;
    bool in_mail_ = false;
    bool too_large_ = false;
    std::string mail_;
};

}  // namespace sg::demo
