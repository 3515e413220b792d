// Drives a browser for tests in other languages: one JSON object a line comes in ({"do": "click", ...}), one goes out ({"ok": value}
// or {"error": text}). What a page says wrong (exceptions, refused scripts) and what it asks the network for is kept and told.
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const { chromium } = createRequire(process.env.GLACIS_NPM_WEB + '/')('playwright-core');
const kPatience = 180_000; // milliseconds; machines that run tests are busy

const browser = await chromium.launch({
  executablePath: process.env.GLACIS_CHROMIUM,
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
});
let context, page, session, errors = [], requests = [];

const actions = {
  async open({ url, script = true, width = 1280, height = 800, scheme = 'light', motion = 'no-preference' }) {
    await context?.close();
    errors = [], requests = [];
    context = await browser.newContext({ viewport: { width, height }, javaScriptEnabled: script, colorScheme: scheme, reducedMotion: motion });
    page = await context.newPage();
    page.setDefaultTimeout(kPatience);
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    page.on('dialog', (dialog) => (errors.push(`dialog: ${dialog.message()}`), dialog.dismiss()));
    page.on('request', (request) => requests.push(request.url()));
    session = await context.newCDPSession(page);
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    await page.goto(url, { timeout: kPatience });
  },
  wait: ({ selector }) => page.waitForSelector(selector).then(() => null),
  click: ({ selector }) => page.click(selector),
  fill: ({ selector, text }) => page.fill(selector, text),
  type: ({ text }) => page.keyboard.type(text),
  press: ({ key }) => page.keyboard.press(key),
  focus: ({ selector }) => page.focus(selector),
  hover: ({ selector }) => page.hover(selector),
  select: ({ selector, value }) => page.selectOption(selector, value),
  // An expression or the text of a function of no arguments, in the page.
  evaluate: ({ script }) => page.evaluate(script),
  texts: ({ selector }) => page.locator(selector).allInnerTexts(),
  title: () => page.title(),
  media: ({ media }) => page.emulateMedia({ media }),
  shot: ({ path, full = false }) => page.screenshot({ path, fullPage: full }).then(() => null),
  pdf: ({ path }) => page.pdf({ path }).then(() => null),
  // Milliseconds that the page's main thread has worked so far, however busy the machine is with other things.
  async worked() {
    const { metrics } = await session.send('Performance.getMetrics');
    return Math.round(metrics.find((one) => one.name === 'TaskDuration').value * 1000);
  },
  errors: () => errors,
  requests: () => requests,
};

for await (const line of createInterface({ input: process.stdin })) {
  const what = JSON.parse(line);
  let answer;
  try {
    answer = { ok: (await actions[what.do](what)) ?? null };
  } catch (error) {
    answer = { error: String(error?.message ?? error) };
  }
  process.stdout.write(JSON.stringify(answer) + '\n');
}
await browser.close();
