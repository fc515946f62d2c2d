// Subscribing to the status page, as its readers meet it: a form, a link in a mail, a button.
//
// Whoever asks learns nothing of whether an address is known; opening a link changes nothing, since
// mail scanners open them all.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/allowance.h"
#include "api/routes.h"

namespace sg::api {

// What the public door allows. Of one thread. A proxy on this machine stands for many, so it is
// bound by what holds for all.
struct SubscriptionLimits {
    Allowance by_source{{.per_second = 1.0 / 60, .burst = 5}};
    Allowance by_mailbox{{.per_second = 1.0 / 1200, .burst = 3}};  // Mails to who may not want any.
    Allowance all{{.per_second = 1, .burst = 100}};
};

// At the public door. Nothing: the path is of something else.
//
//   POST /subscribe                        address=…&component=…&component=…
//   GET POST /subscribe/confirm/TOKEN      GET shows a button
//   GET POST /subscribe/unsubscribe/TOKEN  the same; RFC 8058: the POST of a mail program
std::optional<web::Reply> subscription_at_public_door(Site& site, const web::Request& request,
                                                      SubscriptionLimits& limits, Instant now);

struct Wish {
    std::string address;
    std::vector<std::string> components;
};
inline constexpr std::size_t form_bytes_max = 8192;
inline constexpr std::size_t components_most = 100;
// Of `application/x-www-form-urlencoded`. Error: `invalid_argument`, `too_large`; never says what
// was sent.
Result<Wish> wish_of(std::string_view form);

// --- the pages -----------------------------------------------------------------------------------

struct DoorPage {
    std::string title;
    std::string text;
    std::string button = {};  // Empty: none. It posts to the page's own address.
};
web::Reply door_page(const DoorPage& page, int status);

}  // namespace sg::api
