// MapLibre GL JS in headless Chromium shows the folder that `make` wrote, from a plain static server.
// usage: web.mjs NPM_FOLDER OUT_FOLDER GOLDEN_FOLDER NAME=FOLDER[:STYLE]…      BLESS=1 writes the goldens anew
import { createRequire } from "node:module";
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { execSync } from "node:child_process";
import { serve, TYPES } from "./static.mjs";

const [kept, out, goldens, ...jobs] = process.argv.slice(2);
const { chromium } = createRequire(join(kept, "package.json"))("playwright-core");
const executablePath = process.env.CHROMIUM ?? execSync("command -v chromium", { encoding: "utf8" }).trim();
const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist", "--hide-scrollbars"],
});
const faults = [];
const fault = (text) => { faults.push(text); console.error(text); };

/** Share of pixels that clearly differ, at a quarter of the size, so that a pixel's shift of a label is none. */
async function difference(page, one, two) {
  return page.evaluate(async ([a, b]) => {
    const pixels = async (base64) => {
      const image = new Image();
      image.src = `data:image/png;base64,${base64}`;
      await image.decode();
      const canvas = document.createElement("canvas");
      canvas.width = 250; canvas.height = 175;
      const context = canvas.getContext("2d");
      context.imageSmoothingQuality = "high";
      context.drawImage(image, 0, 0, 250, 175);
      return context.getImageData(0, 0, 250, 175).data;
    };
    const [p, q] = [await pixels(a), await pixels(b)];
    let off = 0;
    for (let i = 0; i < p.length; i += 4) {
      if (Math.max(...[0, 1, 2].map((k) => Math.abs(p[i + k] - q[i + k]))) > 40) off++;
    }
    return off / (p.length / 4);
  }, [one.toString("base64"), two.toString("base64")]);
}

function* files(folder, under = "") {
  for (const name of readdirSync(join(folder, under))) {
    const path = join(under, name);
    if (statSync(join(folder, path)).isDirectory()) yield* files(folder, path);
    else yield path;
  }
}

mkdirSync(out, { recursive: true });
for (const job of jobs) {
  const [, name, folder, style] = /^([^=]+)=([^:]+):?(.*)$/.exec(job);
  const server = await serve(folder, join(kept, "node_modules"));
  // Every file of the folder answers, with the type of its kind.
  for (const path of files(folder)) {
    const answer = await fetch(`${server.address}/${path.split("/").map(encodeURIComponent).join("/")}`);
    const type = answer.headers.get("content-type");
    if (answer.status !== 200 || type !== TYPES[extname(path)]) fault(`${name}: ${path}: ${answer.status} ${type}`);
    await answer.arrayBuffer();
  }
  const page = await browser.newPage({ viewport: { width: 1000, height: 700 }, deviceScaleFactor: 1 });
  page.on("console", (m) => {
    // A software renderer says that reading pixels back is slow; that is not the page's.
    if (["error", "warning"].includes(m.type()) && !/GPU stall|GL Driver Message/.test(m.text())) fault(`${name}: console: ${m.text()}`);
  });
  page.on("pageerror", (e) => fault(`${name}: ${e.message}`));
  page.on("response", (r) => {
    const url = new URL(r.url());
    if (url.pathname === "/favicon.ico" || url.protocol !== "http:") return;
    if (url.origin !== server.address) fault(`${name}: asks elsewhere: ${r.url()}`);
    if (![200, 206].includes(r.status())) fault(`${name}: ${url.pathname}: ${r.status()}`);
  });
  await page.goto(`${server.address}/web.html${style ? `?style=${style}` : ""}`);
  await page.waitForFunction(() => window.map?.loaded?.() && window.map.areTilesLoaded(), null, { timeout: 60_000 });
  await page.waitForTimeout(1500);
  const labels = await page.evaluate(() => window.map.queryRenderedFeatures().filter((f) => f.layer.type === "symbol").length);
  if (labels < 5) fault(`${name}: only ${labels} labels are drawn`);
  const picture = await page.screenshot({ animations: "disabled" });
  writeFileSync(join(out, `${name}.png`), picture);
  const golden = join(goldens, `${name}.png`);
  if (process.env.BLESS) writeFileSync(golden, picture);
  else if (!existsSync(golden)) fault(`${name}: there is no golden ${golden}`);
  else {
    const share = await difference(page, picture, readFileSync(golden));
    console.log(`${name}: ${labels} labels, ${(share * 100).toFixed(2)} % of the pixels differ from the golden`);
    if (share > 0.02) fault(`${name}: looks other than ${golden}; see ${join(out, `${name}.png`)}`);
  }
  await page.close();
  server.close();
}
await browser.close();
process.exit(faults.length ? 1 : 0);
