// What is written to subscribers: the question, and updates. In words that say only what the page
// says, and how one is told no more.
#include <fmt/format.h>

#include "ops/respond/statuspage/ask.h"
#include "ops/respond/subscribers/ask.h"
#include "ops/respond/subscribers/decide.h"
#include "ops/respond/subscribers/link.h"
#include "ops/respond/subscribers/store.h"

namespace sg::subscribers {

namespace {

std::string names(const Components& components) {
    if (components.empty()) return "everything on the page";
    std::string out;
    for (const auto& name : components) out += (out.empty() ? "" : ", ") + name;
    return out;
}

std::string link(const config::Config& config, const Link& to, const std::string& secret) {
    const auto way = to.purpose == Purpose::confirm ? "confirm" : "unsubscribe";
    return fmt::format("{}/subscribe/{}/{}", config.operations.public_url, way,
                       token_of(to, secret));
}

struct Whom {
    const Subscriber& subscriber;
    const Contact& contact;
};

ports::Message mail_to(const config::Config& config, const Whom& whom) {
    const auto& page = *config.operations.status_page;
    ports::Message mail;
    mail.kind = ports::Message::Kind::reminder;  // Never urgent.
    mail.channel = page.subscribe_by;
    mail.to = whom.contact.address;
    mail.unsubscribe =
        link(config, {Purpose::unsubscribe, whom.subscriber.id, {}}, whom.contact.secret);
    return mail;
}

ports::Message question(const config::Config& config, const Whom& whom) {
    const auto& page = *config.operations.status_page;
    auto mail = mail_to(config, whom);
    mail.subject = fmt::format("Confirm: updates of {}", page.title);
    mail.text = fmt::format(
        "Somebody, probably you, asked to be told by mail of updates of {}: {}.\n\n"
        "To confirm, open this and press the button; it works for a day:\n{}\n\n"
        "If it was not you, do nothing: this address is forgotten then.\n",
        page.title, names(whom.subscriber.wanted),
        link(config, {Purpose::confirm, whom.subscriber.id, whom.subscriber.asked_at},
             whom.contact.secret));
    mail.key = fmt::format("question/{}/{}", whom.subscriber.id, whom.subscriber.asked_at.ns);
    mail.at = whom.subscriber.asked_at;
    return mail;
}

ports::Message update(const config::Config& config, const Whom& whom, const Letter& letter,
                      const statuspage::Said& said) {
    auto mail = mail_to(config, whom);
    mail.subject = fmt::format("[{}] {} ({})", said.page, said.title, said.status);
    mail.text = fmt::format("{}\n\n{}\n\n", said.title, said.body);
    if (!said.components.empty())
        mail.text += fmt::format("Concerns: {}\n", names(said.components));
    mail.text += fmt::format("Status: {}\nAt: {}\n", said.status, to_rfc3339(said.at));
    if (!said.link.empty()) mail.text += said.link + "\n";
    mail.text += fmt::format("\n-- \nYou asked to be told of {}. To be told no more:\n{}\n",
                             names(whom.subscriber.components), mail.unsubscribe);
    // Mails about the same are one thread.
    mail.topics = {{.incident = said.page + "/" + letter.about, .title = said.title}};
    mail.key = fmt::format("{}.{}/{}", letter.about, letter.update, letter.subscriber);
    mail.at = said.at;
    return mail;
}

}  // namespace

Result<std::optional<Written>> written(store::Session& session, const config::Config& config,
                                       const std::string& letter_text, Instant now) {
    using None = std::optional<Written>;
    TRY(const auto letter, from_json<Letter>(letter_text));
    const auto& page = config.operations.status_page;
    if (!page) return None{};
    std::optional<statuspage::Said> said;
    if (!letter.about.empty()) {
        TRY(said, statuspage::said(session, config, {letter.about, letter.update}, now));
        if (!said) return None{};
    }
    if (!letter.webhook.empty()) {
        if (!said || !page->webhooks.contains(letter.webhook)) return None{};
        return None{Written{.webhook = letter.webhook,
                            .body = said->json,
                            .key = fmt::format("{}.{}", letter.about, letter.update)}};
    }
    TRY(const auto subscriber, find(session, letter.subscriber));
    TRY(const auto known, contact(session, letter.subscriber));
    if (!subscriber || !known || page->subscribe_by.empty()) return None{};
    const Whom whom{*subscriber, *known};
    if (!said) return None{Written{.mail = question(config, whom)}};
    if (!subscriber->confirmed) return None{};
    return None{Written{.mail = update(config, whom, letter, *said)}};
}

}  // namespace sg::subscribers
