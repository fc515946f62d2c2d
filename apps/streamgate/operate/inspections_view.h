// What inspections found, as people see it in a terminal.
#pragma once

#include <string>

#include "operate/text.h"

namespace sg::operate {

// Which tables of evidence are shown: of what is not fine, or of everything.
enum class Evidence : std::uint8_t { of_trouble, all };

std::string inspection_findings(const Json& answer, const Screen& screen, Evidence evidence);
std::string inspection_list(const Json& answer, const Screen& screen);  // What there is.

// 0 fine or odd, 1 something bad, 3 something could not be looked at and nothing is bad.
int exit_code_of(const Json& answer);

// `need:catalog-db` of `catalog-db`, if only one target is called so; else the word itself.
std::string target_of(const Json& catalogue, const std::string& word);

// `postgres.locks` of `locks`, as it fits the target; else the word itself.
std::string inspection_of(const Json& catalogue, const std::string& target,
                          const std::string& word);

}  // namespace sg::operate
