// The state of everything on one screen: is it well, and what is not.
#pragma once

#include <string>

#include "operate/text.h"

namespace sg::operate {

std::string status(const Json& answer, const Screen& screen);
std::string status_headline(const Json& answer, const Screen& screen);  // One line.

}  // namespace sg::operate
