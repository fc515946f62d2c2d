// What others may ask of the status page.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/model.h"
#include "ops/detect/signals/ask.h"
#include "ops/respond/statuspage/model.h"
#include "store/session.h"

namespace sg::statuspage {

struct Part {
    std::string name;
    std::vector<std::string> services;
};
// As the file says; where it says nothing each service that a route leads to.
std::vector<Part> parts_of(const config::Config& config);
std::vector<std::string> components_of(const config::Config& config, const std::string& service);

struct DayShown {
    std::string day;         // `2026-11-23`
    std::int64_t known = 0;  // Minutes of which something is known.
    std::int64_t bad = 0;
};

struct ComponentShown {
    Component component;
    std::vector<DayShown> days;  // Oldest first, to today.
};

// Where people subscribe by mail; empty: they cannot, for want of a channel, of a public door or of
// its name.
std::string subscribe_url(const config::Config& config);

// All that a page is made of.
struct View {
    std::string title;
    std::string url;  // Ends in `/`; empty: links are relative.
    std::vector<ComponentShown> components;
    std::vector<Notice> notices;            // Public ones, newest first.
    std::vector<Maintenance> maintenances;  // The latest end first.
    Instant now;
    std::string subscribe = {};  // Where the form posts to; empty: there is none.
};

// Requires: the configuration has a status page.
Result<View> view(store::Session& session, const config::Config& config,
                  const signals::History& history, Instant now);

// One update, as it is told to those who asked for it.
struct Said {
    std::string page;  // Its title.
    std::string title;
    std::string status;  // In words: `investigating`, `in progress`.
    std::string body;
    std::vector<std::string> components;  // Empty: nobody can say.
    Instant at;
    std::string link;  // Empty: the page has no URL.
    std::string json;  // In the form of Statuspage's webhook.
};
struct Which {
    std::string about;  // `notice:17`, `maintenance:3`
    std::int64_t update = 0;
};
// Nothing: there is no such update, or it is of a drill.
Result<std::optional<Said>> said(store::Session& session, const config::Config& config,
                                 const Which& which, Instant now);
// The number of the update that was written then; 0: none was.
Result<std::int64_t> update_at(store::Session& session, const std::string& about, Instant at);

// How it stands for people of ours: with drafts, reasons, and what is doubtful.
struct Standing {
    std::vector<Component> components;
    std::vector<Notice> notices;
    std::vector<Maintenance> maintenances;
    std::vector<Target> broken;
    std::vector<std::string> doubts;
};
void describe(Visitor& v, Standing& standing);
Result<Standing> standing(store::Session& session, const config::Config& config, Instant now);

}  // namespace sg::statuspage
