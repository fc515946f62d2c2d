// What is said to a person through one channel, and what the channel answered.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"

namespace sg::ports {

struct Fact {  // `impact`: `1,930 people, 5,210 failed requests`
    std::string name;
    std::string value;
    bool operator==(const Fact&) const = default;
};

struct Link {  // `war room`: a URL
    std::string name;
    std::string url;
    bool operator==(const Link&) const = default;
};

// One incident, as a message tells of it.
struct Topic {
    std::string incident;  // `204`; empty: a test.
    std::string page;
    std::uint32_t severity = 4;  // 1 to 4.
    std::string service;
    std::string title;
    std::string headline;  // One line that stands alone.
    Instant since;
    Instant ended;            // 0: not yet.
    std::vector<Fact> facts;  // In the order in which they are shown.
    std::vector<Link> links;
    std::string acknowledge;  // URL; empty: there is none.
};

struct Message {
    enum class Kind : std::uint8_t { page, acknowledged, mitigated, resolved, test, reminder };

    Kind kind = Kind::page;
    std::string channel;  // Its name; how it is reached, secrets included, says the configuration.
    std::string person;
    std::string to;       // Mail address, telephone number or member id; empty: the channel's own.
    std::string subject;  // Stands alone: a mail's subject, all of an SMS.
    std::string text;     // The whole, the subject as its first line.
    std::string html;     // The same; empty: there is none.
    std::vector<Topic> topics;  // At least one; several: bundled.
    std::string unsubscribe;    // Mail: where one POST ends it, RFC 8058; empty: nowhere.
    std::string key;            // Idempotency: the same message has the same key.
    Instant at;                 // When it was written.
};

struct Delivery {
    enum class Outcome : std::uint8_t { delivered, retry, permanent };

    Outcome outcome = Outcome::delivered;
    std::string detail;         // What the other side said. Never a secret.
    Duration retry_after = 0s;  // Not before this, if the other side said so.
};

}  // namespace sg::ports
