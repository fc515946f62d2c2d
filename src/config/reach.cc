#include "config/reach.h"

namespace sg::config {

bool reaches(const Channel& channel, const Person& person) {
    if (channel.kind == Channel::Kind::mail) return !person.mail.empty();
    if (channel.kind == Channel::Kind::http && channel.body.contains("${to}"))
        return !person.phone.empty();
    return true;  // Everybody who reads there.
}

}  // namespace sg::config
