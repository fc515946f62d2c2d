#include "ops/respond/runbooks/shelf.h"

namespace sg::runbooks {

Shelf::Shelf() { read({}); }

void Shelf::read(const std::string& folder) {
    auto books = std::make_shared<const Library>(read_library(folder));
    const std::lock_guard lock(mutex_);
    books_ = std::move(books);
}

std::shared_ptr<const Library> Shelf::books() const {
    const std::lock_guard lock(mutex_);
    return books_;
}

}  // namespace sg::runbooks
