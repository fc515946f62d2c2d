// The routes of a configuration, indexed: hosts, each with its places; a place is a path and the
// routes that want it, most specific first. Built once, then only asked.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "gateway/router/compiled.h"
#include "gateway/router/slots.h"
#include "http/message.h"

namespace sg::gateway::router {

// One question: the request, the answer, and which methods would have been right.
struct Search {
    const http::RequestHead& head;
    std::string_view path;  // Normalised.

    const CompiledRoute* found = nullptr;
    std::size_t prefix_length = 0;
    bool method_missed = false;  // Some route wanted everything but the method.
    std::uint16_t allowed = 0;   // Bits of http::Method.
    std::vector<std::string_view> allowed_others = {};

    bool take(const CompiledRoute& route,
              std::size_t length);  // False: its conditions do not hold.
    std::string allow() const;
};

class Table {
  public:
    explicit Table(const std::vector<CompiledRoute>& routes);
    bool search(Search& search) const;

  private:
    static constexpr std::size_t host_max = 255;  // RFC 1035 §2.3.4
    static constexpr std::uint32_t any_host = 0;
    enum class Kind : std::uint8_t { exact, prefix };

    struct Place {
        std::uint32_t host = 0;
        Kind kind = Kind::prefix;
        std::string path;  // A prefix is kept without its last slash.
        std::vector<std::uint16_t> routes = {};
        std::uint32_t shorter = Slots::none;  // The next shorter prefix of the same host.
    };
    struct Host {
        std::string name = {};  // `api.example.com`, `.example.com` for a wildcard, empty for any.
        bool has_exact = false;
        std::size_t depth = 0;             // Segments of its longest prefix.
        std::uint32_t root = Slots::none;  // The place of prefix `/`.
        std::vector<std::uint16_t> by_regex = {};
    };
    struct Building {  // What is only needed until the table stands.
        std::map<std::string, std::uint32_t> hosts;
        std::map<std::tuple<std::uint32_t, Kind, std::string>, std::uint32_t> places;
    };

    void add(Building& building, const CompiledRoute& route, std::string_view host_pattern);
    std::uint32_t host_named(Building& building, const std::string& name);
    Place& place_at(Building& building, std::uint32_t host, Kind kind, std::string_view path);
    void finish();
    std::uint32_t next_shorter(const Place& place) const;

    bool search_wildcards(std::string_view host, Search& search) const;
    bool search_host(std::uint32_t id, Search& search) const;
    bool try_place(const Place& place, Search& search) const;
    std::uint32_t longest_prefix(std::uint32_t id, std::string_view path) const;

    std::uint64_t seed(std::uint32_t host, Kind kind) const;
    std::uint64_t hash_of(std::uint32_t host, Kind kind, std::string_view path) const;
    std::uint32_t find_place(std::uint64_t hash, std::uint32_t host, Kind kind,
                             std::string_view path) const;
    std::uint32_t find_host(std::string_view name) const;

    const std::vector<CompiledRoute>& routes_;
    std::uint64_t key_ = 0;
    std::vector<Host> hosts_ = {Host{}};  // The first one is any.
    std::vector<Place> places_;
    Slots host_index_;
    Slots place_index_;
    bool has_wildcards_ = false;
};

}  // namespace sg::gateway::router
