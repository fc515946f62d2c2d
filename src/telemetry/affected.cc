#include "telemetry/affected.h"

#include <algorithm>
#include <array>

namespace sg::telemetry {

std::string_view word(ClientKind kind) {
    static constexpr std::array<std::string_view, client_kinds> words = {"address", "key",
                                                                         "principal"};
    return words[static_cast<std::size_t>(kind)];
}

bool comes_before(const AffectedClient& one, const AffectedClient& other) {
    if (one.failed != other.failed) return one.failed > other.failed;
    if (one.name != other.name) return one.name < other.name;
    return one.kind < other.kind;
}

std::int64_t AffectedList::listed_failed() const {
    std::int64_t sum = 0;
    for (const auto& client : clients) sum += client.failed;
    return sum;
}

void AffectedSum::add(const AffectedList& list) {
    failed_ += list.failed;
    for (const auto& client : list.clients) {
        const auto [at, is_new] = entries_.try_emplace({client.kind, client.name});
        auto& sum = at->second;
        if (is_new) {
            sum.client = client;
            sum.client.unsure += forgotten_;  // It may be one of those.
        } else {
            sum.client.failed += client.failed;
            sum.client.unsure += client.unsure;
            sum.client.first_ms = std::min(sum.client.first_ms, client.first_ms);
            sum.client.last_ms = std::max(sum.client.last_ms, client.last_ms);
        }
        sum.covered += list.unlisted_max;
    }
    unlisted_ += list.unlisted_max;
}

AffectedList AffectedSum::take(std::size_t most) const {
    AffectedList list{.failed = failed_, .unlisted_max = unlisted_ + forgotten_, .clients = {}};
    list.clients.reserve(entries_.size());
    for (const auto& [key, entry] : entries_) {
        list.clients.push_back(entry.client);
        list.clients.back().unsure += unlisted_ - entry.covered;
    }
    std::ranges::sort(list.clients, comes_before);
    for (; list.clients.size() > most; list.clients.pop_back())
        list.unlisted_max =
            std::max(list.unlisted_max, list.clients.back().failed + list.clients.back().unsure);
    return list;
}

void AffectedSum::shrink(std::size_t most) {
    if (entries_.size() <= most) return;
    std::vector<std::map<Key, Entry>::iterator> order;
    order.reserve(entries_.size());
    for (auto at = entries_.begin(); at != entries_.end(); ++at) order.push_back(at);
    std::ranges::sort(order, [](const auto& one, const auto& other) {
        return comes_before(one->second.client, other->second.client);
    });
    for (std::size_t i = most; i < order.size(); ++i) {
        const auto& client = order[i]->second.client;
        // What it may have had where it was not listed is in `unlisted_` as it was until now.
        forgotten_ = std::max(forgotten_, client.failed + client.unsure);
        entries_.erase(order[i]);
    }
}

}  // namespace sg::telemetry
