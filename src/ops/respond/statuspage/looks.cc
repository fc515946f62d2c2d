#include "ops/respond/statuspage/looks.h"

#include <openssl/sha.h>

#include <array>

#include "base/base64.h"

namespace sg::statuspage::looks {

// Contrast of text is at least 4.5:1 on either ground, of bars 3:1.
const std::string_view style =
    R"css(:root{--ground:#fff;--ink:#16202a;--quiet:#52606d;--line:#d9e0e7;--card:#f6f8fa;
--ok:#1a7f4b;
--minor:#8a6100;--major:#b34700;--critical:#b3261e;--work:#1f5fbf;--unknown:#aeb8c2;
--link:#0b57b0}
@media(prefers-color-scheme:dark){:root{--ground:#0d1117;--ink:#e6edf3;--quiet:#9aa7b4;
--line:#2b3440;--card:#151b23;--ok:#3fb97a;--minor:#d9a520;--major:#f08a4b;--critical:#ff7b72;
--work:#79b0ff;--unknown:#4b5663;--link:#79b8ff}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:52rem;padding:0 1rem 3rem;font:1rem/1.55 system-ui,sans-serif;
color:var(--ink);background:var(--ground);overflow-wrap:anywhere}
a{color:var(--link)}
a:focus-visible{outline:.2rem solid var(--link);outline-offset:.15rem}
.skip{position:absolute;left:-99rem}.skip:focus{position:static}
header{display:flex;flex-wrap:wrap;justify-content:space-between;align-items:baseline;
gap:.3rem 1.5rem;padding:1.2rem 0}
.name{margin:0;font-size:1.3rem;font-weight:700}.name a{color:inherit;text-decoration:none}
nav{display:flex;gap:1.2rem}
h1{font-size:1.5rem;line-height:1.3}h2{font-size:1.15rem;margin:2.2rem 0 .7rem}
.banner{margin:0 0 1rem;padding:1rem 1.2rem;border-radius:.6rem;border:1px solid currentColor;
border-left-width:.6rem;background:var(--card)}
.ok{color:var(--ok)}.minor{color:var(--minor)}.major{color:var(--major)}.critical{
color:var(--critical)}.work{color:var(--work)}
.components{list-style:none;margin:0;padding:0;border:1px solid var(--line);border-radius:.6rem}
.components li{display:grid;grid-template-columns:1fr auto;gap:.1rem 1rem;padding:.9rem 1.1rem}
.components li+li{border-top:1px solid var(--line)}
.components h3{margin:0;font-size:1rem}
.state{margin:0;font-weight:600;font-size:.95rem}
.dot{display:inline-block;width:.7rem;height:.7rem;margin-right:.45rem;border-radius:50%;
background:currentColor}
.days{grid-column:1/-1;width:100%;height:1.9rem;display:block}
.days rect{fill:var(--unknown)}.days .ok{fill:var(--ok)}.days .minor{fill:var(--minor)}
.days .major{fill:var(--major)}.days .critical{fill:var(--critical)}
.ends{grid-column:1/-1;display:flex;justify-content:space-between;gap:.5rem;margin:.1rem 0 0;
font-size:.85rem;color:var(--quiet)}
.notice{color:var(--ink);border:1px solid var(--line);border-left:.4rem solid var(--unknown);
border-radius:.6rem;padding:.9rem 1.1rem;margin:0 0 1rem}
.notice.minor{border-left-color:var(--minor)}.notice.major{border-left-color:var(--major)}
.notice.critical{border-left-color:var(--critical)}.notice.work{border-left-color:var(--work)}
.title{margin:0 0 .3rem;font-size:1.1rem}h1.title{font-size:1.4rem}
.updates{list-style:none;margin:.6rem 0 0;padding:0}.updates li{padding:.5rem 0;
border-top:1px solid var(--line)}.updates p{margin:.1rem 0}
.updates li>p+p{white-space:pre-line}
time,.quiet,footer{color:var(--quiet);font-size:.9rem}.quiet{margin:.1rem 0}
footer{margin-top:3rem;border-top:1px solid var(--line)}footer a{margin-right:1.2rem}
#stale:not(:empty){color:var(--critical);font-weight:600;display:block}
@media print{nav,.skip,footer a{display:none}})css";

// Says how long ago a time is; once a minute puts a newer page in the place of this one; and says
// so when the page has become old. Bound: one request a minute.
const std::string_view script =
    R"js((function () {
"use strict";
function counted(n, word) { return n + " " + word + (n === 1 ? "" : "s"); }
function span(seconds) {
  if (seconds < 3600) return counted(Math.floor(seconds / 60), "minute");
  if (seconds < 172800) return counted(Math.floor(seconds / 3600), "hour");
  return counted(Math.floor(seconds / 86400), "day");
}
function ago(at) {
  var seconds = (Date.now() - at) / 1000;
  if (seconds < 0) return seconds > -60 ? "in a moment" : "in " + span(-seconds);
  return seconds < 60 ? "just now" : span(seconds) + " ago";
}
function tell() {
  document.querySelectorAll("time[datetime]").forEach(function (time) {
    if (!time.dataset.utc) time.dataset.utc = time.textContent;
    var at = Date.parse(time.getAttribute("datetime"));
    time.textContent = time.dataset.utc + " (" + ago(at) + ")";
  });
  var written = document.querySelector("footer time").getAttribute("datetime");
  document.getElementById("stale").textContent = Date.now() - Date.parse(written) < 9e5 ? "" :
    "This page has not been renewed for a while: it may be out of date.";
}
function put(text) {
  var page = new DOMParser().parseFromString(text, "text/html");
  var main = page.querySelector("main"), footer = page.querySelector("footer");
  if (!main || !footer) return;
  var old = document.querySelector("main");
  if (!old.contains(document.activeElement)) old.replaceWith(main);
  document.querySelector("footer").replaceWith(footer);
  document.title = page.title;
  tell();
}
function renew() {
  if (document.hidden) return;
  fetch(location.href, { cache: "no-cache" }).then(function (answer) {
    if (!answer.ok) throw new Error("not renewed");
    return answer.text();
  }).then(put).catch(tell);
}
tell();
setInterval(tell, 15000);
setInterval(renew, 60000);
})();)js";

std::string digest(std::string_view text) {
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
    return base64({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

}  // namespace sg::statuspage::looks
