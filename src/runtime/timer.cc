#include "runtime/timer.h"

#include <algorithm>
#include <bit>
#include <memory>

namespace sg::runtime {

// Heads of the slots are timers without a function, linked in a ring.
Wheel::Wheel(Tick now) : heads_{}, current_(tick_of(now)) {
    for (auto& level : heads_) {
        void* const memory = ::operator new(sizeof(std::array<Timer, slots>));
        level = static_cast<std::array<Timer, slots>*>(memory);
        for (int i = 0; i < slots; ++i) {
            auto* const head = std::construct_at(&(*level)[static_cast<std::size_t>(i)], nullptr);
            head->next_ = head->prev_ = head;
        }
    }
}

Wheel::~Wheel() {
    for (auto* level : heads_) {
        for (auto& head : *level) {
            while (head.next_ != &head) head.next_->unlink();
            head.next_ = nullptr;
        }
        ::operator delete(level);
    }
}

void Wheel::link(Timer& timer, std::int64_t tick) {
    const std::int64_t distance = tick - current_;
    int level = 0;
    while (level < levels - 1 && distance >= (1LL << (8 * (level + 1)))) ++level;
    if (level == levels - 1)
        tick = std::min<std::int64_t>(tick, current_ + (1LL << (8 * levels)) - 1);
    const auto index = static_cast<std::size_t>((tick >> (8 * level)) & (slots - 1));
    Timer& head = (*heads_[static_cast<std::size_t>(level)])[index];
    timer.slot_ = tick;
    timer.prev_ = head.prev_;
    timer.next_ = &head;
    head.prev_->next_ = &timer;
    head.prev_ = &timer;
    if (level == 0) used_[index / 64] |= 1ULL << (index % 64);
}

void Wheel::arm(Timer& timer, Tick deadline) {
    timer.deadline_ = deadline;
    if (deadline == Tick::never()) return;
    const std::int64_t tick = std::max(tick_of(deadline) + 1, current_ + 1);
    if (timer.linked()) {
        if (timer.slot_ <= tick) return;  // It is looked at in time; then it moves on.
        timer.unlink();
    }
    link(timer, tick);
}

void Wheel::take_slot(int level, int index, Timer& into) {
    Timer& head = (*heads_[static_cast<std::size_t>(level)])[static_cast<std::size_t>(index)];
    if (head.next_ == &head) {
        into.next_ = into.prev_ = &into;
        return;
    }
    into.next_ = head.next_;
    into.prev_ = head.prev_;
    into.next_->prev_ = &into;
    into.prev_->next_ = &into;
    head.next_ = head.prev_ = &head;
}

// Timers of the higher levels whose time has come near move down.
void Wheel::cascade() {
    for (int level = 1; level < levels; ++level) {
        const auto index = static_cast<int>((current_ >> (8 * level)) & (slots - 1));
        Timer list(nullptr);
        take_slot(level, index, list);
        while (list.next_ != &list) {
            Timer& timer = *list.next_;
            timer.unlink();
            link(timer, std::max(timer.slot_, current_));
        }
        list.next_ = nullptr;
        if (index != 0) return;
    }
}

void Wheel::advance(Tick now) {
    const std::int64_t target = tick_of(now);
    while (current_ < target) {
        ++current_;
        const auto index = static_cast<std::size_t>(current_ & (slots - 1));
        if (index == 0) cascade();
        const std::uint64_t bit = 1ULL << (index % 64);
        if ((used_[index / 64] & bit) == 0) continue;
        used_[index / 64] &= ~bit;
        Timer list(nullptr);
        take_slot(0, static_cast<int>(index), list);
        while (list.next_ != &list) {
            Timer& timer = *list.next_;
            timer.unlink();
            if (timer.deadline_ == Tick::never()) continue;
            if (timer.deadline_ > now) {
                link(timer, std::max(tick_of(timer.deadline_) + 1, current_ + 1));
                continue;
            }
            timer.deadline_ = Tick::never();
            timer.fire_(timer);
        }
        list.next_ = nullptr;
    }
}

Duration Wheel::sleep(Tick now) const {
    constexpr std::int64_t most = slots;
    std::int64_t ahead = most - (current_ & (slots - 1));  // The next cascade.
    for (std::int64_t i = 1; i < ahead; ++i) {
        const auto index = static_cast<std::size_t>((current_ + i) & (slots - 1));
        const std::uint64_t word = used_[index / 64] >> (index % 64);
        if (word == 0) {
            i += 63 - static_cast<std::int64_t>(index % 64);  // The rest of this word is empty.
            continue;
        }
        ahead = std::min(ahead, i + std::countr_zero(word));
        break;
    }
    const Tick wake{(current_ + ahead) << slot_shift};
    return std::max(wake - now, Duration::zero());
}

}  // namespace sg::runtime
