// Runs axe-core on pages in headless Chromium at 100 % and 200 %, in light and dark; takes a screenshot of each and prints it to PDF.
// Called by published.py: node published.mjs CHROMIUM FOLDER FILE...
import { createRequire } from "node:module";
import path from "node:path";

// Modules are found through NODE_PATH, which `import` ignores.
const require = createRequire(import.meta.url);
const puppeteer = require("puppeteer-core");
const axe = require("axe-core");
const [chromium, folder, ...files] = process.argv.slice(2);
const browser = await puppeteer.launch({ executablePath: chromium, args: ["--no-sandbox"] });
const page = await browser.newPage();
let violations = 0;
for (const file of files) {
  await page.goto("file://" + path.resolve(folder, file));
  const name = file.replace(/\.html$/, "");
  for (const scheme of ["light", "dark"]) {
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    for (const zoom of [1, 2]) {
      await page.setViewport({ width: 1280 / zoom, height: 900 / zoom, deviceScaleFactor: zoom });
      await page.evaluate(axe.source);
      const result = await page.evaluate(() => axe.run());
      for (const violation of result.violations) {
        violations += 1;
        console.log(`violation ${file} ${scheme} ${zoom * 100} %: ${violation.id}: ${violation.nodes[0].html.slice(0, 150)}`);
      }
      const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      if (wide) console.log(`violation ${file} ${zoom * 100} %: the page is wider than the window`), (violations += 1);
      if (!file.includes("framed")) await page.screenshot({ path: `${folder}/${name}-${scheme}-${zoom}.png`, fullPage: true });
    }
  }
  if (!file.includes("framed")) await page.pdf({ path: `${folder}/${name}-print.pdf`, preferCSSPageSize: true, printBackground: false });
}
await browser.close();
console.log(`${files.length} pages, ${violations} violations`);
