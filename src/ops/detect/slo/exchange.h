// Objectives as other programs say them: OpenSLO in and out, rules for Prometheus out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/model.h"
#include "ops/detect/slo/model.h"

namespace sg::slo {

enum class Form : std::uint8_t { openslo, prometheus };
Result<Form> form_of(std::string_view word);

// Every objective of every service, those that nobody wrote down included: what is in force.
std::string exported(const config::Config& config, Form form);

struct Imported {
    std::string configuration;     // `objectives: …`, for our file.
    std::vector<std::string> odd;  // What a person should look at, a line each.
};
// `ours`: to tell of services that it does not have; null: there is none to compare with.
Result<Imported> imported(std::string_view openslo, const config::Config* ours);

// As short as the configuration can say it; what is as shipped is left out.
std::string to_configuration(const std::vector<Slo>& slos);

}  // namespace sg::slo
