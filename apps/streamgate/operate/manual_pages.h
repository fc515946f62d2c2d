// Manual pages (roff, man macros) of the program: one for it, one for each of its commands, one for
// the configuration. Pure.
#pragma once

#include <string>
#include <vector>

#include "base/describe_manual.h"
#include "operate/command_tree.h"

namespace sg::operate {

struct ManualPage {
    std::string file;  // `streamgate-incident.1`
    std::string roff;
};

std::vector<ManualPage> manual_pages(const Command& root, const std::vector<Setting>& settings,
                                     const std::string& version);

}  // namespace sg::operate
