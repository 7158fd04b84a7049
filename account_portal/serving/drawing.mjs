// Draws pages beside a server process (see drawing.py): a request a line, an answer a line.
//
// One page is whole before the next begins: what a page is drawn with is found under a global name.

import { pathToFileURL } from "node:url";

console.log = console.info = console.debug = console.error; // stdout is for answers alone

globalThis.pageData = {};
const build = await import(pathToFileURL(process.argv[2]));
const shown = []; // React Router draws addresses that the build names, and this is the one
const handle = build.entry.module.createRequestHandler({ ...build, prerender: shown }, "production");

async function draw({ address, ...page }) {
  globalThis.pageData = page;
  try {
    const request = new Request(new URL(address, "http://portal"));
    shown[0] = decodeURI(new URL(request.url).pathname);
    const response = await handle(request);
    return { html: await response.text() };
  } catch (error) {
    return { error: String(error?.message ?? error).slice(0, 500) };
  } finally {
    globalThis.pageData = {};
  }
}

const answer = (words) => process.stdout.write(JSON.stringify(words) + "\n");

answer({ ready: true });
let heard = "";
// Not by `readline`, for which a line also ends where Unicode says so.
for await (const chunk of process.stdin.setEncoding("utf-8")) {
  const lines = (heard + chunk).split("\n");
  heard = lines.pop();
  for (const line of lines) answer({ ...(await draw(JSON.parse(line))), memory: process.memoryUsage.rss() });
}
process.exit();
