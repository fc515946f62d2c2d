// The descriptions as JSON Schema 2020-12, so that editors complete keys and underline mistakes
// while people type. It accepts what the reader accepts, but does not know other files or names:
// the reader has the last word.
#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "base/describe_manual.h"
#include "base/describe_read.h"
#include "base/text.h"

namespace sg {

namespace {

using Json = nlohmann::ordered_json;

// "a health check" → health-check: what it is called in $defs.
std::string slug(std::string_view name) {
    for (const std::string_view article : {"a ", "an ", "the "})
        if (name.starts_with(article)) name.remove_prefix(article.size());
    std::string out(name);
    std::replace(out.begin(), out.end(), ' ', '-');
    return out;
}

Json list_of(std::string_view schemas) { return Json::parse("[" + std::string(schemas) + "]"); }

class Schemas {
  public:
    Json of(const Type& type, const About& about) {
        switch (type.kind) {
            case Type::Kind::scalar: return scalar(type, about);
            case Type::Kind::custom: return Json::parse(type.schema);
            case Type::Kind::optional: return of(type.element(), about);
            case Type::Kind::record: return record(type);
            case Type::Kind::list: {
                const Json element = of(type.element(), about);
                return {{"anyOf", {element, {{"type", "array"}, {"items", element}}}}};
            }
            case Type::Kind::map:
                return {{"type", "object"}, {"additionalProperties", of(type.element(), about)}};
        }
        return true;
    }

    Json record(const Type& type);

    Json definitions = Json::object();

  private:
    static Json scalar(const Type& type, const About& about) {
        Json schema = type.schema.empty() ? Json::object() : Json::parse(type.schema);
        for (const auto word : type.words) {
            schema["enum"].push_back(word);
            const Json number = Json::parse(word, nullptr, false);  // `1.3` is a number in YAML.
            if (number.is_number()) schema["enum"].push_back(number);
        }
        if (schema.contains("minimum") && std::isfinite(about.least))
            schema["minimum"] = about.least;
        if (schema.contains("minimum") && std::isfinite(about.most)) schema["maximum"] = about.most;
        if (&type == &text_type()) return schema;
        return {{"anyOf", {schema, {{"$ref", "#/$defs/reference"}}}}};
    }
};

class Properties final : public Visitor {
  public:
    explicit Properties(Schemas& schemas) : schemas_(schemas) {}

    void record(const RecordAbout& record) override { about = record; }

    void visit(const About& field, const Type& type, void* value) override {
        Json schema = schemas_.of(type, field);
        schema["description"] = field.why;
        if (const auto text = default_text({}, type, value); !text.empty() && field.unset.empty())
            schema["default"] = text;
        properties[std::string(field.key)] = std::move(schema);
        if (field.required) required.push_back(field.key);
    }

    RecordAbout about;
    Json properties = Json::object();
    Json required = Json::array();

  private:
    Schemas& schemas_;
};

Json Schemas::record(const Type& type) {
    Properties visitor(*this);
    struct : Visitor {
        void record(const RecordAbout& about) override { name = about.name; }
        void visit(const About&, const Type&, void*) override {}
        std::string_view name;
    } named;
    const auto value = type.make();
    type.describe(named, value.get());
    const auto name = slug(named.name);
    const Json reference = {{"$ref", "#/$defs/" + name}};
    if (definitions.contains(name)) return reference;
    definitions[name] = true;  // Its place, while what it is made of is described.

    type.describe(visitor, value.get());
    if (!visitor.about.short_keys.empty())
        visitor.properties.update(Json::parse("{" + std::string(visitor.about.short_keys) + "}"));
    Json schema = {{"type", "object"},
                   {"properties", std::move(visitor.properties)},
                   {"additionalProperties", false}};
    // A short form may stand for what is required: then the reader decides.
    if (!visitor.required.empty() && visitor.about.short_keys.empty())
        schema["required"] = visitor.required;
    if (!visitor.about.short_schema.empty()) {
        Json any = list_of(visitor.about.short_schema);
        any.push_back(std::move(schema));
        schema = {{"anyOf", std::move(any)}};
    }
    definitions[name] = std::move(schema);
    return reference;
}

}  // namespace

std::string json_schema(const Type& root, std::string_view title) {
    Schemas schemas;
    const auto reference = schemas.record(root);
    const auto name = reference["$ref"].get<std::string>().substr(8);
    Json schema = {{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"title", title}};
    schema.update(schemas.definitions[name]);
    schema["patternProperties"] = {{"^x-", true}};
    schemas.definitions.erase(name);
    schemas.definitions["reference"] = {{"type", "string"},
                                        {"pattern", "[$][{](file|env):[^}]+[}]"}};
    schema["$defs"] = std::move(schemas.definitions);
    return schema.dump(2);
}

}  // namespace sg
