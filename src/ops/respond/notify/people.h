// How a person can be reached, as the configuration says: which channels, in which order, at which
// address, and how much each disturbs. Pure.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "config/operations.h"
#include "ops/respond/notify/model.h"
#include "ops/respond/notify/throttle.h"

namespace sg::notify {

// In order of preference: the person's own, else all in the order of the file. Channels that have
// no address of theirs are left out; those in `broken` come last: a broken one is better than none.
std::vector<std::string> channels_of(const std::string& person,
                                     const config::Operations& operations,
                                     const std::set<std::string>& broken);

std::vector<std::string> channels_in_order(const config::Operations& operations);
std::vector<std::string> people_of(const std::string& channel,
                                   const config::Operations& operations);

std::string address_of(const std::string& person, const std::string& channel,
                       const config::Operations& operations);
std::string zone_of(const std::string& person, const config::Operations& operations);

// Whose name a row of Reachability has: the person's where the channel has addresses of people.
std::string reached_as(const std::string& person, const std::string& channel,
                       const config::Operations& operations);

Disturbance disturbance_of(const std::string& channel, Purpose purpose,
                           const config::Operations& operations);

// The next daily test of a channel after `after`: one person after the other, each at the channel's
// time of day in their zone. Nothing: it has none, or reaches nobody.
struct NextTest {
    std::string person;
    Instant at;
};
std::optional<NextTest> next_test(const std::string& channel, const config::Operations& operations,
                                  Instant after);

}  // namespace sg::notify
