// Cell: a counter with one writer and any number of readers. A plain load and store: no lock prefix
// on the hot path.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "telemetry/bounds.h"
#include "telemetry/exponential.h"
#include "telemetry/sketch.h"

namespace sg::gateway {

template <class T>
class BasicCell {
  public:
    void add(T n = 1) {  // By the one writer only.
        value_.store(static_cast<T>(value_.load(std::memory_order_relaxed) + n),
                     std::memory_order_relaxed);
    }
    void set(T n) { value_.store(n, std::memory_order_relaxed); }
    T get() const { return value_.load(std::memory_order_relaxed); }

  private:
    std::atomic<T> value_{};
};
using Cell = BasicCell<std::uint64_t>;
using Gauge = BasicCell<std::int64_t>;

struct BoundedCells {
    std::array<Cell, telemetry::bound_count + 1> counts;
    Cell sum_ns;

    void record(std::uint64_t ns) {
        counts[telemetry::bound_of(ns)].add();
        sum_ns.add(ns);
    }
    void add_to(telemetry::BoundedHistogram& out) const {
        for (std::size_t i = 0; i < counts.size(); ++i) out.counts[i] += counts[i].get();
        out.sum_ns += sum_ns.get();
    }
};

// 1 µs to 1 h in fixed memory. What is below counts as zero, what is above into the last bucket.
template <int scale>
class ExponentialCells {
    static constexpr int shift = telemetry::scale_finest - scale;
    static constexpr std::int32_t first = telemetry::bucket_of(1'000) >> shift;
    static constexpr std::int32_t last = telemetry::bucket_of(3'600'000'000'000) >> shift;

  public:
    static constexpr std::uint64_t zero_threshold = 1'000;

    void record(std::uint64_t ns) {
        sum_.add(ns);
        if (ns <= zero_threshold) {
            zero_.add();
            return;
        }
        const auto bucket = std::min(telemetry::bucket_of(ns) >> shift, last);
        counts_[static_cast<std::size_t>(bucket - first)].add();
    }
    telemetry::ExponentialHistogram read() const {
        telemetry::ExponentialHistogram out;
        out.scale = scale;
        out.zero_threshold = zero_threshold;
        out.zero_count = zero_.get();
        out.sum = sum_.get();
        std::size_t begin = 0;
        std::size_t end = counts_.size();
        while (begin < end && counts_[begin].get() == 0) ++begin;
        while (end > begin && counts_[end - 1].get() == 0) --end;
        if (begin < end) out.offset = first + static_cast<std::int32_t>(begin);
        for (; begin < end; ++begin) out.counts.push_back(counts_[begin].get());
        return out;
    }

  private:
    Cell sum_;
    Cell zero_;
    std::array<Cell, static_cast<std::size_t>(last - first + 1)> counts_;
};

struct SketchCells {
    std::array<BasicCell<std::uint8_t>, telemetry::Sketch::registers> rank;

    void add(std::uint64_t hash) {
        auto& cell = rank[telemetry::Sketch::register_of(hash)];
        const auto r = telemetry::Sketch::rank_of(hash);
        if (r > cell.get()) cell.set(r);
    }
    void clear() {
        for (auto& cell : rank) cell.set(0);
    }
    void add_to(telemetry::Sketch& out) const {
        for (std::size_t i = 0; i < rank.size(); ++i)
            out.rank[i] = std::max(out.rank[i], rank[i].get());
    }
};

// Rows found by key: the writer looks up in a private index, readers walk what is published. A row
// never moves and is never taken away. Bound: `capacity` rows; beyond it add() gives null.
template <class Row>
class RowTable {
  public:
    using Key = typename Row::Key;

    explicit RowTable(std::uint32_t capacity)
        : capacity_(capacity), index_(64), published_(new std::atomic<Row*>[capacity] {}) {}

    Row* find(const Key& key) const {  // Writer only.
        for (auto at = key.hash() & (index_.size() - 1);; at = (at + 1) & (index_.size() - 1)) {
            if (index_[at] == nullptr || index_[at]->key == key) return index_[at];
        }
    }
    Row* add(const Key& key) {  // Writer only. Requires: not there yet.
        if (size_.load(std::memory_order_relaxed) == capacity_) return nullptr;
        const auto n = size_.load(std::memory_order_relaxed);
        if ((n + 1) * 2 > index_.size()) grow();
        slabs_.push_back(std::make_unique<Row>());
        Row* row = slabs_.back().get();
        row->key = key;
        place(row);
        published_[n].store(row, std::memory_order_relaxed);
        size_.store(n + 1, std::memory_order_release);
        return row;
    }
    template <class Function>
    void each(Function&& function) const {  // Any thread.
        const auto n = size_.load(std::memory_order_acquire);
        for (std::uint32_t i = 0; i < n; ++i)
            function(*published_[i].load(std::memory_order_relaxed));
    }

  private:
    void place(Row* row) {
        auto at = row->key.hash() & (index_.size() - 1);
        while (index_[at] != nullptr) at = (at + 1) & (index_.size() - 1);
        index_[at] = row;
    }
    void grow() {
        std::vector<Row*> old(index_.size() * 2);
        old.swap(index_);
        for (Row* row : old)
            if (row != nullptr) place(row);
    }

    std::uint32_t capacity_;
    std::vector<Row*> index_;  // Open addressing; a power of two, at most half full.
    std::vector<std::unique_ptr<Row>> slabs_;
    std::unique_ptr<std::atomic<Row*>[]> published_;
    std::atomic<std::uint32_t> size_{0};
};

// Rows found by a small index. Made by the writer when first needed; never moved, never taken away.
template <class Row>
class IndexedRows {
  public:
    explicit IndexedRows(std::uint32_t capacity)
        : capacity_(capacity), published_(new std::atomic<Row*>[capacity] {}) {}
    ~IndexedRows() {
        for (std::uint32_t i = 0; i < capacity_; ++i) delete published_[i].load();
    }
    IndexedRows(const IndexedRows&) = delete;
    IndexedRows& operator=(const IndexedRows&) = delete;

    Row* at(std::uint32_t index) {  // Writer only; null beyond the capacity.
        if (index >= capacity_) return nullptr;
        Row* row = published_[index].load(std::memory_order_relaxed);
        if (row == nullptr) [[unlikely]] {
            row = new Row();
            published_[index].store(row, std::memory_order_release);
        }
        return row;
    }
    template <class Function>
    void each(Function&& function) const {  // Any thread.
        for (std::uint32_t i = 0; i < capacity_; ++i)
            if (const Row* row = published_[i].load(std::memory_order_acquire); row != nullptr)
                function(i, *row);
    }

  private:
    std::uint32_t capacity_;
    std::unique_ptr<std::atomic<Row*>[]> published_;
};

}  // namespace sg::gateway
