// The mail sink of the demonstration: takes what is sent to it on loopback, keeps it in a folder,
// and shows it on a page. Nothing leaves the machine.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "demo/mail_text.h"

namespace sg::demo {

struct MailOptions {
    std::uint16_t port = 0;          // Of the page.
    std::uint16_t smtp_port = 2525;  // Where mail comes in.
    std::string folder;
};

int run_mail(const MailOptions& options);  // Until SIGTERM. The exit code.

struct Kept {
    int number = 0;
    Mail mail;
};
std::vector<Kept> kept_mail(const std::string& folder);  // Newest first.

}  // namespace sg::demo
