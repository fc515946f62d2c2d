// A snapshot as a document: written out in full, compared with another one, described.
#pragma once

#include <string>
#include <vector>

#include "base/describe_manual.h"
#include "base/describe_write.h"
#include "config/model.h"

namespace sg::config {

// Every setting with its value. Secrets stand as their references; paths are relative to the folder
// of the file.
Node to_document(const Config& config, Notes notes = Notes::no);

std::string to_yaml(const Node& document);
std::string to_json(const Node& document);

// `a.b.c`, before, after. A secret whose value changed is told without the value.
std::vector<Difference> differences(const Config& before, const Config& after);

// The smallest useful file with every default written out, each with a line about it.
std::string default_file();

const std::vector<Setting>& all_settings();
std::string schema();

// The tables of docs/configuration.md and docs/operations/configuration.md, a section for each
// group of settings.
enum class Manual : std::uint8_t { gateway, operations };
std::string manual_tables(Manual which);

}  // namespace sg::config
