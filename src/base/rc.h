// Rc: shared ownership within one core. The count is plain: nothing of it may cross to another
// core.
#pragma once

#include <cstdint>
#include <utility>

namespace sg {

template <class T>
class Rc {
  public:
    Rc() = default;
    Rc(const Rc& other) : box_(other.box_) {
        if (box_ != nullptr) ++box_->count;
    }
    Rc(Rc&& other) noexcept : box_(std::exchange(other.box_, nullptr)) {}
    Rc& operator=(Rc other) noexcept {
        std::swap(box_, other.box_);
        return *this;
    }
    ~Rc() {
        if (box_ != nullptr && --box_->count == 0) delete box_;
    }

    template <class... Args>
    static Rc make(Args&&... args) {
        Rc result;
        result.box_ = new Box{1, T(std::forward<Args>(args)...)};
        return result;
    }

    T* get() const { return box_ == nullptr ? nullptr : &box_->value; }
    T& operator*() const { return box_->value; }
    T* operator->() const { return &box_->value; }
    explicit operator bool() const { return box_ != nullptr; }
    bool operator==(const Rc& other) const { return box_ == other.box_; }

  private:
    struct Box {
        std::uint32_t count;
        T value;
    };
    Box* box_ = nullptr;
};

}  // namespace sg
