// What can only be judged when everything is read: names that refer to each other, files, routes
// that hide others.
#pragma once

#include <map>
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
        : folder_(std::move(folder)),
          places_(places),
          problems_(problems),
          all_read_(problems.empty()) {}

    const std::string& folder() const { return folder_; }  // Of the file, absolute.

    bool was_said(const std::string& path) const { return places_.contains(path); }
    // Whether everything could be read: only then is what is absent known to have been left out.
    bool all_read() const { return all_read_; }
    Place at(std::string path) const;  // Of the setting, or of the nearest one around it.
    void fail(const std::string& path, std::string what, std::string hint);
    void fail(Place at, std::string what, std::string hint);
    // A name, "person `anna`", that is none of `known`, which is sorted. An empty name could not be
    // read: no fault.
    void check_name(const std::string& path, std::string_view noun, const std::string& name,
                    const std::vector<std::string>& known);
    // The same for a list, in which nothing may be there twice.
    void check_names(const std::string& path, std::string_view noun,
                     const std::vector<std::string>& names, const std::vector<std::string>& known);

  private:
    std::string folder_;
    const Reader::Places& places_;
    std::vector<Problem>& problems_;
    bool all_read_;
};

// Finds what is there twice, however long the list.
class Once {
  public:
    // Null: it is the first of its kind; else where the first one is. An empty key is none.
    const Place* first_of(const std::string& key, Place place) {
        if (key.empty()) return nullptr;
        const auto [first, is_new] = first_.try_emplace(key, place);
        return is_new ? nullptr : &first->second;
    }

  private:
    std::map<std::string, Place> first_;
};

template <class Map>  // Sorted, as maps are.
std::vector<std::string> names_of(const Map& map) {
    std::vector<std::string> names;
    for (const auto& [name, value] : map) names.push_back(name);
    return names;
}

// Completes what other parts of the file say: names from keys, services from URLs, time-outs of
// routes.
void complete(Config& config, const Node& root, Findings& findings);
// The same for operations: names, what is shipped, objectives of each service.
void complete_operations(Config& config, Findings& findings);

// The same for the status page: the routes that it is served by.
void complete_status_page(Config& config);

void check_listeners(const Config& config, Findings& findings);
void check_services(const Config& config, Findings& findings);
void check_routes(const Config& config, Findings& findings);
void check_reachable(const Config& config, Findings& findings);  // Of routes.
void check_files(const Config& config, Findings& findings);      // Certificates, keys, folders.

void check_people(const Config& config, Findings& findings);      // Teams, who can be reached.
void check_notify(const Config& config, Findings& findings);      // Channels.
void check_objectives(const Config& config, Findings& findings);  // And how their budgets burn.
void check_alerts(const Config& config, Findings& findings);
void check_watched(const Config& config, Findings& findings);  // Dependencies, probes, inboxes.
void check_ops(const Config& config, Findings& findings);
void check_mitigation(const Config& config, Findings& findings);
void check_status_page(const Config& config, Findings& findings);

// Whether a secret that was said came from a file or the environment, or stands in the text.
enum class Written : std::uint8_t { elsewhere, in_clear };
Written how_written(const Config& config, const std::string& path, const std::string& value);
void check_secret(const Config& config, const std::string& path, const std::string& value,
                  Findings& findings);
// A URL or connection string: only the password in it is secret.
void check_credentials(const Config& config, const std::string& path, const std::string& value,
                       Findings& findings);

}  // namespace sg::config
