// What Redis says of itself, read: INFO, the keyspace, prefixes of keys, commands. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace sg::platform::redis {

// `name:value` lines of INFO; sections are left out, for names are unique.
class Facts {
  public:
    static Facts of(std::string_view text);

    std::string text(const std::string& name) const;  // Empty: it does not say.
    double number(const std::string& name) const;     // 0: it does not say, or it is none.
    bool has(const std::string& name) const { return facts_.contains(name); }

    struct Database {  // db0:keys=3,expires=1,avg_ttl=0
        std::string name;
        double keys = 0;
        double expires = 0;
    };
    std::vector<Database> databases() const;

    struct Replica {  // slave0:ip=…,port=…,state=online,offset=…,lag=…
        std::string address;
        std::string state;
        double offset = 0;
        double lag = 0;  // Seconds since it last reported.
    };
    std::vector<Replica> replicas() const;

  private:
    std::map<std::string, std::string> facts_;
};

// The value of `name` in `a=1,b=2`.
std::string field_of(std::string_view fields, std::string_view name);

// `session:*` of `session:17:token`; digits within a prefix are `#`; a key without any `:` is
// itself, numbers taken out.
std::string prefix_of(std::string_view key);

// A command as it may be shown: arguments cut, and those that are secrets hidden.
std::string command_text(const std::vector<std::string>& words);

}  // namespace sg::platform::redis
