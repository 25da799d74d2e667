// Checks GeoJSON files against RFC 7946 with check-geojson; any finding is a failure.
import fs from "node:fs";
import { createRequire } from "node:module";
const [kept, ...files] = process.argv.slice(2);
const { check, HintError } = createRequire(`${kept}/`)("@placemarkio/check-geojson");
let findings = 0;
for (const file of files) {
  try {
    check(fs.readFileSync(file, "utf8"));
  } catch (error) {
    if (!(error instanceof HintError)) throw error;
    for (const issue of error.issues) {
      console.error(`${file}: ${issue.message} at ${issue.from}`);
      findings += 1;
    }
  }
}
console.log(`${files.length} files, ${findings} findings`);
process.exit(findings ? 1 : 0);
