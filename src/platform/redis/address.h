// Where a Redis server is, and as whom we come.
#pragma once

#include <string>
#include <string_view>

#include "base/address.h"
#include "base/result.h"

namespace sg::platform::redis {

// redis://[[user]:password@]host[:port][/database], rediss:// over TLS, or host[:port].
struct Address {
    HostPort host;
    std::string user;
    std::string password;
    std::string database;  // Its number; empty: 0.
    bool is_secure = false;
};

Result<Address> parse_address(std::string_view text);

}  // namespace sg::platform::redis
