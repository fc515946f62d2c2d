#include "gateway/telemetry/affected.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <new>

namespace sg::gateway {

namespace {

constexpr std::int64_t minute_ms = 60'000;
constexpr int reads_max = 3;  // Of an entry that changes while it is read.

}  // namespace

IpAddress client_key(IpAddress client) {
    if (!client.is_v4()) std::fill(client.bytes.begin() + 8, client.bytes.end(), std::uint8_t{0});
    return client;
}

std::string client_name(const IpAddress& key) {
    return key.is_v4() ? key.text() : key.text() + "/64";
}

// Without initialising: pages that nobody writes to are not resident.
AffectedCells::AffectedCells()
    : memory_(std::make_unique_for_overwrite<std::byte[]>(sizeof(Entry) * clients_max)),
      entries_(reinterpret_cast<Entry*>(memory_.get())),
      heads_(std::make_unique_for_overwrite<std::uint16_t[]>(buckets)),
      next_(std::make_unique_for_overwrite<std::uint16_t[]>(clients_max)),
      bucket_(std::make_unique_for_overwrite<std::uint16_t[]>(clients_max)) {
    static_assert(alignof(Entry) <= __STDCPP_DEFAULT_NEW_ALIGNMENT__);
    static_assert(std::is_trivially_destructible_v<Entry>);
}

AffectedCells::~AffectedCells() = default;

void AffectedCells::begin(std::int64_t minute) {
    minute_.store(-1, std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_release);
    size_.store(0, std::memory_order_relaxed);
    failed_.set(0);
    replaced_.set(0);
    std::fill_n(heads_.get(), buckets, none);
    hand_ = 0;
    least_ = 0;
    minute_.store(minute, std::memory_order_release);
}

std::uint16_t AffectedCells::find(const Words& client, std::uint16_t bucket) const {
    auto slot = heads_[bucket];
    for (; slot != none; slot = next_[slot])
        if (const Entry& entry = entries_[slot];
            entry.client[0].get() == client.first && entry.client[1].get() == client.second)
            break;
    return slot;
}

void AffectedCells::unlink(std::uint16_t slot) {
    std::uint16_t* link = &heads_[bucket_[slot]];
    while (*link != slot) link = &next_[*link];
    *link = next_[slot];
}

// The entry with the least failures. Bound: two rounds, and for n failures in a minute not more
// than n / clients_max + 1 of those, since each round that finds none raises `least_`.
std::uint16_t AffectedCells::least() {
    for (;;) {
        std::uint32_t lowest = UINT32_MAX;
        for (std::uint16_t i = 0; i < clients_max; ++i) {
            const auto slot = hand_;
            hand_ = static_cast<std::uint16_t>((hand_ + 1) % clients_max);
            const auto failed = entries_[slot].failed.get();
            if (failed <= least_) return slot;
            lowest = std::min(lowest, failed);
        }
        least_ = lowest;
    }
}

// An entry for a client that has none: a new one, or that of the least affected, whose failures the
// newcomer may have had before it was noticed.
std::uint16_t AffectedCells::place_for(std::uint16_t bucket) {
    const auto size = size_.load(std::memory_order_relaxed);
    const auto slot = size < clients_max ? size : least();
    if (size == clients_max) unlink(slot);
    if (slot == made_) {
        new (&entries_[slot]) Entry();
        ++made_;
    }
    next_[slot] = heads_[bucket];
    bucket_[slot] = bucket;
    heads_[bucket] = slot;
    return slot;
}

void AffectedCells::add(const IpAddress& client, std::uint64_t hash, std::int64_t at_ms) {
    const auto minute = at_ms / minute_ms;
    const auto ms = static_cast<std::uint16_t>(at_ms % minute_ms);
    if (const auto held = minute_.load(std::memory_order_relaxed); held != minute) {
        if (held > minute) return;
        begin(minute);
    }
    failed_.add();
    const auto words = std::bit_cast<Words>(client.bytes);
    const auto bucket = static_cast<std::uint16_t>(hash >> 1 & (buckets - 1));  // Bit 0 is set.
    if (const auto slot = find(words, bucket); slot != none) {
        Entry& entry = entries_[slot];
        entry.failed.add();
        entry.first_ms.set(std::min(entry.first_ms.get(), ms));
        entry.last_ms.set(std::max(entry.last_ms.get(), ms));
        return;
    }
    put(words, bucket, ms);
}

void AffectedCells::put(const Words& words, std::uint16_t bucket, std::uint16_t ms) {
    const auto slot = place_for(bucket);
    const auto size = size_.load(std::memory_order_relaxed);
    Entry& entry = entries_[slot];
    const auto before = slot < size ? entry.failed.get() : 0;  // Of the one that it replaces.
    replaced_.set(std::max(replaced_.get(), before));
    const auto version = entry.version.load(std::memory_order_relaxed);
    entry.version.store(version + 1, std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_release);
    entry.client[0].set(words.first);
    entry.client[1].set(words.second);
    entry.failed.set(before + 1);
    entry.unsure.set(before);
    entry.first_ms.set(ms);
    entry.last_ms.set(ms);
    entry.version.store(version + 2, std::memory_order_release);
    if (slot == size) size_.store(static_cast<std::uint16_t>(size + 1), std::memory_order_release);
}

// False: it was being replaced all the time.
std::pair<bool, telemetry::AffectedClient> AffectedCells::read(const Entry& entry) {
    for (int i = 0; i < reads_max; ++i) {
        const auto version = entry.version.load(std::memory_order_acquire);
        const Words words{entry.client[0].get(), entry.client[1].get()};
        const auto failed = entry.failed.get();
        const auto unsure = entry.unsure.get();
        const auto first = entry.first_ms.get();
        const auto last = entry.last_ms.get();
        std::atomic_thread_fence(std::memory_order_acquire);
        if (version % 2 != 0 || version != entry.version.load(std::memory_order_relaxed)) continue;
        const IpAddress client{std::bit_cast<decltype(IpAddress::bytes)>(words)};
        return {true,
                {.name = client_name(client),
                 .failed = failed - unsure,
                 .unsure = unsure,
                 .first_ms = first,
                 .last_ms = last}};
    }
    return {false, {}};
}

AffectedCells::Read AffectedCells::read() const {
    Read out;
    const auto minute = minute_.load(std::memory_order_acquire);
    if (minute < 0) return out;
    const auto size = size_.load(std::memory_order_acquire);
    for (std::uint16_t slot = 0; slot < size; ++slot) {
        const auto [known, client] = read(entries_[slot]);
        if (!known) continue;
        out.list.clients.push_back(client);
        out.list.clients.back().first_ms += minute * minute_ms;
        out.list.clients.back().last_ms += minute * minute_ms;
    }
    std::atomic_thread_fence(std::memory_order_acquire);
    out.list.unlisted_max = replaced_.get();
    // After the clients, so that none has more than all; one may just be counting itself.
    out.list.failed = std::max(static_cast<std::int64_t>(failed_.get()), out.list.listed_failed());
    std::atomic_thread_fence(std::memory_order_acquire);
    if (minute_.load(std::memory_order_relaxed) != minute) return {};
    out.minute = minute;
    return out;
}

}  // namespace sg::gateway
