// What streamgate.yaml says of the public status page. Plain values.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/describe.h"
#include "base/time.h"

namespace sg::config {

// Who says the first word about an incident of a severity. `draft`: a person, or the template when
// the time limit is over; `ask`: a person, without a limit.
enum class Publish : std::uint8_t { automatic, draft, ask, never };

struct PageHook {  // Told of each update, signed as the notify webhook is.
    std::string url;
    std::string secret;         // Signs the body (HMAC-SHA256).
    std::string secret_before;  // Signs it too, while the receiver changes to the new one.
    std::vector<std::string> components;  // Empty: all.
    std::string ca;                       // PEM bundle to trust; empty: the system's.
    Place place;
};

struct PageTarget {           // Outside: one of `sftp` and `s3`.
    std::string sftp;         // `sftp://user@host:22/folder/`
    std::string key;          // File of the private key.
    std::string known_hosts;  // File; only a host that is in it is written to.
    std::string s3;           // `https://host/bucket/folder/`
    std::string region = "us-east-1";
    std::string access_key;
    std::string secret_key;
    std::string ca;  // Of s3: PEM bundle to trust; empty: the system's.
    Place place;
};

struct StatusPage {
    std::string title = "Status";
    std::string url;   // Where the public reads it: https://status.example.com/
    std::string host;  // That the gateway serves it for; empty: any.
    std::string path;  // Empty: `/` with a host, else `/status/`.
    // Name → services; empty: each service that a route leads to is one.
    std::map<std::string, std::vector<std::string>> components;
    std::array<Publish, 4> publish = {Publish::automatic, Publish::automatic, Publish::ask,
                                      Publish::never};
    Duration approve_within = 10min;  // Then a draft goes out as it is.
    std::uint32_t history_days = 90;
    std::map<std::string, std::string> copies;  // Name → folder.
    std::map<std::string, PageTarget> targets;
    std::string subscribe_by;  // A channel of kind mail; empty: nobody can subscribe.
    std::map<std::string, PageHook> webhooks;
    Place place;
};

}  // namespace sg::config

namespace sg {

template <>
struct WordsOf<config::Publish> {
    static constexpr std::string_view name = "a way to publish";
    static constexpr std::string_view words[] = {"auto", "draft", "ask", "never"};
};

}  // namespace sg
