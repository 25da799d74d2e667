// Checks GeoJSON files against RFC 7946 with geojsonhint; any finding is a failure.
const fs = require("fs");
const [kept, ...files] = process.argv.slice(2);
const { hint } = require(`${kept}/node_modules/@mapbox/geojsonhint`);
let findings = 0;
for (const file of files) {
  for (const f of hint(fs.readFileSync(file, "utf8"), { precisionWarning: false })) {
    console.error(`${file}:${f.line}: ${f.message}`);
    findings += 1;
  }
}
console.log(`${files.length} files, ${findings} findings`);
process.exit(findings ? 1 : 0);
