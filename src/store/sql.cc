#include "store/sql.h"

#include <algorithm>

namespace sg::store {

namespace {

// Filled before main() by the objects themselves; function-local, so that the order does not
// matter.
std::vector<const Sql*>& statements() {
    static std::vector<const Sql*> list;
    return list;
}

std::vector<const Migration*>& migrations() {
    static std::vector<const Migration*> list;
    return list;
}

}  // namespace

Sql::Sql(std::string_view name, std::string_view text) : name_(name), text_(text) {
    statements().push_back(this);
}

const std::vector<const Sql*>& Sql::all() { return statements(); }

Migration::Migration(int number, std::string_view why, std::string_view statements)
    : number_(number), why_(why), statements_(statements) {
    migrations().push_back(this);
}

std::vector<const Migration*> Migration::all() {
    auto list = migrations();
    std::ranges::sort(list, {}, &Migration::number);
    return list;
}

}  // namespace sg::store
