// Struct → Node: every setting with its value, in the order of the description.
#pragma once

#include <string>
#include <vector>

#include "base/describe.h"

namespace sg {

enum class Notes : std::uint8_t { no, yes };

// Fields that are empty and may be left out are left out. Paths below `folder` are written relative
// to it.
Node write_node(const Type& type, const void* value, const std::string& folder, Notes notes);

template <class T>
Node write_node(const T& value, const std::string& folder = {}, Notes notes = Notes::no) {
    return write_node(TypeOf<T>::type(), &value, folder, notes);
}

// One setting that is not the same in two documents. `before` or `after` is empty if it is not
// there.
struct Difference {
    std::string path;
    std::string before;
    std::string after;
};

// Lists of maps are compared by the name of their elements (`name`, `address`, `certificate`),
// lists of one map as that map, others as a whole.
std::vector<Difference> differences(const Node& before, const Node& after);

// In one line: [a, b], {k: v}.
std::string in_one_line(const Node& node);

}  // namespace sg
