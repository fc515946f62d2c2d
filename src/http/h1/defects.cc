// defects.def as functions.
#include "http/h1/parse.h"

namespace sg::http::h1 {
namespace {

struct Row {
    std::string_view name;
    int status;
    std::string_view sentence;
};

constexpr Row rows[] = {
    {"none", 0, "nothing is wrong"},
#define D(name, status, sentence) {#name, status, sentence},
#include "http/h1/defects.def"
#undef D
};

}  // namespace

int status_of(Defect defect) { return rows[static_cast<std::size_t>(defect)].status; }
std::string_view name_of(Defect defect) { return rows[static_cast<std::size_t>(defect)].name; }
std::string_view sentence_of(Defect defect) {
    return rows[static_cast<std::size_t>(defect)].sentence;
}

}  // namespace sg::http::h1
