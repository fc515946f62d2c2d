// The player and what it measures. `window.streamgate` is what the end-to-end test reads.
const video = document.getElementById("video");
const show = (id, text) => { document.getElementById(id).textContent = text; };
const facts = { started: false, stalls: 0, errors: [], segments: 0, playlists: 0 };
window.streamgate = facts;

function say(state, text) {
  const line = document.getElementById("state");
  line.dataset.state = state;
  line.textContent = text;
}

// A stall is the picture standing still after it had started, whoever noticed it first.
let stalled = false;
function stall() {
  if (!facts.started || stalled || video.paused || video.seeking) return;
  stalled = true;
  facts.stalls += 1;
  say("wait", "Waiting for the stream…");
}
video.addEventListener("waiting", stall);
video.addEventListener("playing", () => {
  facts.started = true;
  stalled = false;
  say("good", "Playing");
});
video.addEventListener("pause", () => say("wait", "Paused"));

// What could still be played if nothing more came.
function ahead() {
  const ranges = video.buffered;
  return ranges.length ? Math.max(ranges.end(ranges.length - 1) - video.currentTime, 0) : 0;
}

function refresh(hls) {
  show("buffer", `${ahead().toFixed(1)} s`);
  show("stalls", String(facts.stalls));
  if (Number.isFinite(hls?.latency) && hls.latency > 0) show("latency", `${hls.latency.toFixed(1)} s`);
  if (video.videoWidth) show("picture", `${video.videoWidth} × ${video.videoHeight}`);
}

function play() {
  video.play().catch(() => say("wait", "Press play"));
}

if (window.Hls?.isSupported()) {
  const hls = new Hls({ liveSyncDurationCount: 4 });
  hls.on(Hls.Events.LEVEL_LOADED, () => { facts.playlists += 1; });
  hls.on(Hls.Events.FRAG_LOADED, (_, { frag }) => {
    facts.segments += 1;
    const ms = frag.stats.loading.end - frag.stats.loading.start;
    show("segment", `${ms.toFixed(0)} ms`);
    show("rate", `${((frag.stats.total * 8) / Math.max(ms, 1) / 1000).toFixed(0)} Mbit/s`);
  });
  hls.on(Hls.Events.ERROR, (_, error) => {
    const where = `at ${video.currentTime.toFixed(2)} s, ${ahead().toFixed(2)} s ahead`;
    facts.errors.push(`${error.details} ${where}`);
    if (error.details === Hls.ErrorDetails.BUFFER_STALLED_ERROR) stall();
    if (!error.fatal) return;
    say("bad", `Stopped: ${error.details}. Trying again…`);
    if (error.type === Hls.ErrorTypes.MEDIA_ERROR) hls.recoverMediaError();
    else setTimeout(() => hls.loadSource("live.m3u8"), 2000);
  });
  hls.on(Hls.Events.MANIFEST_PARSED, play);
  hls.loadSource("live.m3u8");
  hls.attachMedia(video);
  setInterval(() => refresh(hls), 500);
} else if (video.canPlayType("application/vnd.apple.mpegurl")) {
  video.src = "live.m3u8";
  video.addEventListener("loadedmetadata", play);
  setInterval(() => refresh(null), 500);
} else {
  say("bad", "This browser plays no HLS.");
}
