// The commands of the program as they are known to its command line: what completion and the manual
// are made of, so that neither can be behind.
#pragma once

#include <string>
#include <vector>

namespace sg::operate {

struct OptionOf {
    std::vector<std::string> names;  // `--config`, `-c`; empty: an argument without a name.
    std::string argument;            // `FILE`, `TEXT`; empty: a flag.
    std::string about;
    std::string otherwise;             // What holds without it; empty: nothing, or not said.
    std::vector<std::string> choices;  // Empty: anything.
    bool required = false;
};

struct Command {
    std::string name;
    std::string about;
    std::vector<OptionOf> options;
    std::vector<Command> subcommands;
};

}  // namespace sg::operate
