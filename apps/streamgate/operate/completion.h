// Completion of the command line, as a script for a shell. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "operate/command_tree.h"

namespace sg::operate {

// `bash` (needs no bash-completion), `zsh` or `fish`. Error: another word.
Result<std::string> completion_for(std::string_view shell, const Command& root);

}  // namespace sg::operate
