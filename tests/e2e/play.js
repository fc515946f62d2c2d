// A person who watches: opens the page in Chromium, looks at it for some seconds, and tells what was
// seen as one line of JSON. Run by play_test.py: node play.js URL SECONDS [FOLDER-FOR-SCREENSHOTS]
'use strict';
const { chromium } = require('playwright-core');

const arguments_ = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
];

// What the page knows now; the same in every look, so that two can be compared.
const look = () => {
  const video = document.getElementById('video');
  const quality = video.getVideoPlaybackQuality();
  return {
    ...window.streamgate,
    time: video.currentTime, paused: video.paused, width: video.videoWidth, height: video.videoHeight,
    frames: quality.totalVideoFrames, dropped: quality.droppedVideoFrames,
    sound: video.webkitAudioDecodedByteCount,
    state: document.getElementById('state').textContent,
  };
};

const shapes = [
  { name: 'wide-light', colorScheme: 'light', viewport: { width: 1280, height: 900 } },
  { name: 'wide-dark', colorScheme: 'dark', viewport: { width: 1280, height: 900 } },
  { name: 'narrow-light', colorScheme: 'light', viewport: { width: 360, height: 720 } },
  { name: 'narrow-dark', colorScheme: 'dark', viewport: { width: 360, height: 720 } },
];

async function screenshots(page, folder) {
  const overflow = [];
  for (const { name, colorScheme, viewport } of shapes) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize(viewport);
    await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
    const wider = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
    if (wider) overflow.push(name);
  }
  return overflow;
}

async function main() {
  const [url, seconds, folder] = process.argv.slice(2);
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: arguments_ });
  try {
    const page = await browser.newPage({ ignoreHTTPSErrors: true, ...shapes[0] });
    const complaints = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    const pending = new Map();
    page.on('request', (request) => pending.set(request, Date.now()));
    page.on('requestfinished', (request) => pending.delete(request));
    page.on('requestfailed', (request) => {
      pending.delete(request);
      complaints.push(`${request.url()}: ${request.failure()?.errorText}`);
    });
    await page.goto(url);
    try {
      await page.waitForFunction(() => window.streamgate?.started, null, { timeout: 60_000 });
    } catch (error) {
      const waiting = [...pending].map(([request, at]) => `${request.url()} for ${Date.now() - at} ms`);
      const seen = await page.evaluate(look);
      throw new Error(`it did not start: ${JSON.stringify({ seen, complaints, waiting })}`);
    }
    const first = await page.evaluate(look);
    const began = process.hrtime.bigint();
    await page.waitForFunction(
      (until) => document.getElementById('video').currentTime >= until,
      first.time + Number(seconds), { timeout: Number(seconds) * 1000 + 15_000, polling: 250 });
    const last = await page.evaluate(look);
    const wall = Number(process.hrtime.bigint() - began) / 1e9;
    const overflow = folder ? await screenshots(page, folder) : [];
    console.log(JSON.stringify({ first, last, wall, overflow, complaints }));
  } finally {
    await browser.close();
  }
}

main().catch((error) => {
  console.error(String(error.stack ?? error));
  process.exit(1);
});
