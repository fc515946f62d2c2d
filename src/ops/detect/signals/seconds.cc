#include "ops/detect/signals/seconds.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"

namespace sg::signals {

namespace {

using Length = std::uint16_t;  // A tally packs into some hundred bytes, whatever is in it.

std::int64_t floored_division(std::int64_t second, std::int64_t length) {
    return second / length - (second % length < 0 ? 1 : 0);
}

Length length_at(const std::string& packed, std::size_t begin) {
    Length length = 0;
    std::memcpy(&length, packed.data() + begin, sizeof length);
    return length;
}

}  // namespace

void Seconds::add(std::int64_t second, const Tally& tally) {
    const auto number = floored_division(second, length);
    auto& minute = this->minute(number);
    auto& place = minute.places[static_cast<std::size_t>(second - number * length)];
    Tally total = at(second).value_or(Tally{});
    total += tally;
    if (place != 0) erase(minute, place);
    const auto bytes = pack(total);
    CHECK(bytes.size() <= UINT16_MAX);
    const auto size = static_cast<Length>(bytes.size());
    place = static_cast<std::uint32_t>(minute.packed.size()) + 1;
    minute.packed.append(reinterpret_cast<const char*>(&size), sizeof size);
    minute.packed += bytes;
}

std::optional<Tally> Seconds::at(std::int64_t second) const {
    const auto number = floored_division(second, length);
    const auto found = std::ranges::lower_bound(minutes_, number, {}, &Minute::number);
    if (found == minutes_.end() || found->number != number) return std::nullopt;
    const auto place = found->places[static_cast<std::size_t>(second - number * length)];
    if (place == 0) return std::nullopt;
    const std::string_view packed = found->packed;
    const auto bytes =
        packed.substr(place - 1 + sizeof(Length), length_at(found->packed, place - 1));
    const auto tally = unpack_tally(bytes);
    return tally ? std::optional(*tally) : std::nullopt;
}

void Seconds::keep(std::int64_t first, std::int64_t last) {
    const auto is_over = [&](const Minute& minute) {
        return minute.number < floored_division(first, length) ||
               minute.number > floored_division(last, length);
    };
    std::erase_if(minutes_, is_over);
}

// The next minute begins: the one before it has its size for good.
Seconds::Minute& Seconds::minute(std::int64_t number) {
    const auto found = std::ranges::lower_bound(minutes_, number, {}, &Minute::number);
    if (found != minutes_.end() && found->number == number) return *found;
    if (!minutes_.empty()) minutes_.back().packed.shrink_to_fit();
    return *minutes_.insert(found, {.number = number});
}

void Seconds::erase(Minute& minute, std::uint32_t place) {
    *std::ranges::find(minute.places, place) = 0;  // Before what follows moves to its place.
    const auto size = sizeof(Length) + length_at(minute.packed, place - 1);
    minute.packed.erase(place - 1, size);
    for (auto& other : minute.places)
        if (other > place) other -= static_cast<std::uint32_t>(size);
}

}  // namespace sg::signals
