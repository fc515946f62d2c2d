#include "base/describe.h"

#include <gtest/gtest.h>

#include "base/describe_manual.h"
#include "base/describe_read.h"
#include "base/describe_write.h"

namespace sg {
namespace {

enum class Colour : std::uint8_t { red, green };

struct Wheel {
    Duration turn = 2s;
    std::uint32_t spokes = 8;
    Place place;
};

struct Cart {
    std::string name;
    Colour colour = Colour::green;
    bool roof = false;
    std::vector<Wheel> wheels;
    std::map<std::string, Wheel> spare;
    std::optional<Wheel> steering;
    std::vector<std::string> labels = {"new"};
    Share load = {0.5};
};

Node whole_turn(Node node) {
    if (!node.is_scalar()) return node;
    Node map = Node::map(node.place);
    map.add("turn", std::move(node));
    return map;
}

void describe(Visitor& v, Wheel& wheel) {
    v.record({.name = "a wheel",
              .expand = whole_turn,
              .short_schema = R"({"type":"string"})",
              .short_words = "how long it turns"});
    v.place(wheel.place);
    v.field({.key = "turn", .why = "How long a turn takes.", .least = 0.5, .off = true},
            wheel.turn);
    v.field({.key = "spokes", .why = "Number of spokes.", .least = 3, .most = 99}, wheel.spokes);
}

void describe(Visitor& v, Cart& cart) {
    v.record({.name = "a cart"});
    v.field({.key = "name", .why = "Its name.", .example = "name: cart", .required = true},
            cart.name);
    v.field({.key = "colour", .why = "Its colour.", .applies = Applies::restart}, cart.colour);
    v.field({.key = "roof", .why = "Whether it has a roof."}, cart.roof);
    v.field({.key = "wheels", .why = "Wheels.", .unset = "none"}, cart.wheels);
    v.field({.key = "spare", .why = "Spare wheels.", .unset = "none"}, cart.spare);
    v.field({.key = "steering", .why = "A steering wheel.", .unset = "none"}, cart.steering);
    v.field({.key = "labels", .why = "Labels."}, cart.labels);
    v.field({.key = "load", .why = "Load."}, cart.load);
}

}  // namespace

template <>
struct WordsOf<Colour> {
    static constexpr std::string_view name = "a colour";
    static constexpr std::string_view words[] = {"red", "green"};
};

namespace {

Node scalar(const char* text, Place place = {1, 1}) { return Node::scalar(text, place); }

Cart read(const Node& node, std::vector<Problem>& problems) {
    Reader reader("/srv");
    Cart cart;
    reader.read(node, cart);
    problems = reader.take_problems();
    return cart;
}

TEST(Describe, reads_short_and_long_forms) {
    Node node = Node::map({1, 1});
    node.add("name", scalar("c"));
    node.add("colour", scalar("red"));
    node.add("roof", scalar("yes"));
    node.add("wheels", scalar("3s", {4, 9}));  // One alone, in its short form.
    Node spare = Node::map({5, 3});
    spare.add("left", whole_turn(scalar("off")));
    node.add("spare", std::move(spare));
    node.add("labels", scalar("old"));
    std::vector<Problem> problems;
    const Cart cart = read(node, problems);
    EXPECT_TRUE(problems.empty());
    EXPECT_EQ(cart.colour, Colour::red);
    EXPECT_TRUE(cart.roof);
    ASSERT_EQ(cart.wheels.size(), 1U);
    EXPECT_EQ(cart.wheels[0].turn, 3s);
    EXPECT_EQ(cart.wheels[0].spokes, 8U);
    EXPECT_EQ(cart.wheels[0].place, (Place{4, 9}));
    EXPECT_EQ(cart.spare.at("left").turn, no_timeout);
    EXPECT_FALSE(cart.steering);
    EXPECT_EQ(cart.labels, std::vector<std::string>{"old"}) << "a list replaces its default";
}

TEST(Describe, notes_every_mistake_and_goes_on) {
    Node node = Node::map({1, 1});
    node.add("colour", scalar("rde", {2, 1}));
    Node wheels = Node::list({3, 1});
    wheels.items.push_back(scalar("100ms", {3, 5}));
    Node many = Node::map({4, 5});
    many.add("spokes", scalar("100", {4, 9}));
    many.add("spoke", scalar("4", {5, 9}));
    wheels.items.push_back(many);
    node.add("wheels", std::move(wheels));
    node.add("load", Node::list({6, 1}));
    std::vector<Problem> problems;
    read(node, problems);
    std::vector<std::string> said;
    for (const auto& problem : problems) said.push_back(problem.what + " | " + problem.hint);
    const std::vector<std::string> wanted = {
        "a cart has no `name` | add `name: cart`",
        "`rde` is not a colour | one of red, green; did you mean `red`?",
        "`100ms` is too small for `turn` | write a duration at least 500ms, or off",
        "`100` is too large for `spokes` | write a whole number from 3 to 99",
        "a wheel has no setting `spoke` | known here are turn, spokes; did you mean `spokes`?",
        "`load` cannot be a list | write a share",
    };
    EXPECT_EQ(said, wanted);
}

TEST(Describe, writes_what_it_reads) {
    Cart cart;
    cart.name = "c";
    cart.wheels.resize(2);
    cart.wheels[1].turn = no_timeout;
    cart.spare["left"].spokes = 5;
    cart.steering.emplace();
    cart.labels.clear();
    const Node written = write_node(cart);
    std::vector<Problem> problems;
    const Cart again = read(written, problems);
    EXPECT_TRUE(problems.empty());
    EXPECT_TRUE(equal(written, write_node(again)));
    EXPECT_EQ(written.find("roof")->text, "false");
    EXPECT_TRUE(again.labels.empty()) << "an empty list is not its default";
}

TEST(Describe, leaves_out_what_is_empty_and_may_be) {
    Cart cart;
    cart.name = "c";
    const Node written = write_node(cart);
    EXPECT_EQ(written.find("wheels"), nullptr);
    EXPECT_EQ(written.find("steering"), nullptr);
    ASSERT_NE(written.find("labels"), nullptr);
    EXPECT_EQ(in_one_line(*written.find("labels")), "[new]");
}

TEST(Describe, tells_differences_by_name) {
    Cart before;
    before.spare["left"];
    before.spare["right"];
    Cart after = before;
    after.spare["left"].spokes = 9;
    after.spare.erase("right");
    after.roof = true;
    const auto found = differences(write_node(before), write_node(after));
    ASSERT_EQ(found.size(), 3U);
    EXPECT_EQ(found[0].path, "roof");
    EXPECT_EQ(found[0].after, "true");
    EXPECT_EQ(found[1].path, "spare.left.spokes");
    EXPECT_EQ(found[1].before, "8");
    EXPECT_EQ(found[2].path, "spare.right");
    EXPECT_EQ(found[2].after, "");
}

TEST(Describe, lists_settings) {
    const auto settings = settings_of(TypeOf<Cart>::type());
    const auto* turn = find_setting(settings, "spare.left.turn");
    ASSERT_NE(turn, nullptr);
    EXPECT_EQ(turn->path, "spare.turn");
    EXPECT_EQ(turn->default_value, "2s");
    EXPECT_EQ(turn->bounds, "at least 500ms, or off");
    EXPECT_EQ(find_setting(settings, "colour")->applies, Applies::restart);
    EXPECT_EQ(find_setting(settings, "wheels")->default_value, "none");
}

TEST(Describe, resolves_paths_from_the_folder) {
    const Reader reader("/srv/sg");
    EXPECT_EQ(reader.resolve("a/b", Path::file), "/srv/sg/a/b");
    EXPECT_EQ(reader.resolve("../b", Path::file), "/srv/b");
    EXPECT_EQ(reader.resolve("/abs", Path::file), "/abs");
    EXPECT_EQ(reader.resolve("off", Path::file), "off");
    EXPECT_EQ(reader.resolve("unix:x", Path::socket), "unix:/srv/sg/x");
    EXPECT_EQ(reader.resolve("host:80", Path::socket), "host:80");
    EXPECT_EQ(reader.resolve("a/b", Path::none), "a/b");
}

}  // namespace
}  // namespace sg
