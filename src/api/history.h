// Records of the ledger as people and programs read them.
#pragma once

#include <string>

#include "store/ledger.h"

namespace sg::api {

std::string sentence_of(const store::Entry& entry);  // `ana acknowledged incident 204 after 41s`
std::string json_of(const store::Entry& entry);

}  // namespace sg::api
