// The `given` lines of a story become a configuration file, which the product's own parser reads.
#pragma once

#include <string>
#include <vector>

#include "config/model.h"
#include "words.h"

namespace sg::sim {

class Givens {
  public:
    void read(Words& words);                // After `given`.
    void service(const std::string& name);  // That is spoken of.
    bool knows(const std::string& service) const;

    // Mistakes of the configuration are of the lines that it came from.
    config::Snapshot load(std::vector<Mistake>& mistakes) const;
    Instant start() const { return start_; }

  private:
    struct Setting {
        std::vector<std::string> path;
        std::string value;  // YAML in one line.
        int line = 0;
    };
    struct Text {
        std::string yaml;
        std::vector<int> lines;  // Of the story, by line of the YAML.
    };
    void set(const std::string& path, std::string value, const Words& words);
    void read_oncall(Words& words);
    void read_slo(Words& words);
    void read_config(Words& words);
    void person(const std::string& name, const Words& words);
    Text written() const;

    std::vector<Setting> settings_;
    std::vector<std::string> services_;
    Instant start_{1'795'413'600'000'000'000};  // Monday, 2026-11-23T06:00:00Z.
};

}  // namespace sg::sim
