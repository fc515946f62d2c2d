// What can only be judged when everything is read: names that refer to each other, files, routes
// that hide others.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/describe_read.h"
#include "config/model.h"

namespace sg::config {

// Where things were said, and where mistakes go.
class Findings {
  public:
    Findings(std::string folder, const Reader::Places& places, std::vector<Problem>& problems)
        : folder_(std::move(folder)), places_(places), problems_(problems) {}

    const std::string& folder() const { return folder_; }  // Of the file, absolute.

    bool was_said(const std::string& path) const { return places_.contains(path); }
    Place at(std::string path) const;  // Of the setting, or of the nearest one around it.
    void fail(const std::string& path, std::string what, std::string hint);
    void fail(Place at, std::string what, std::string hint);

  private:
    std::string folder_;
    const Reader::Places& places_;
    std::vector<Problem>& problems_;
};

// Completes what other parts of the file say: names from keys, services from URLs, time-outs of
// routes.
void complete(Config& config, const Node& root, Findings& findings);

void check_listeners(const Config& config, Findings& findings);
void check_services(const Config& config, Findings& findings);
void check_routes(const Config& config, Findings& findings);
void check_reachable(const Config& config, Findings& findings);  // Of routes.
void check_files(const Config& config, Findings& findings);      // Certificates, keys, folders.

}  // namespace sg::config
