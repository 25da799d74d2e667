// Every tile of a folder read with Mapbox's own reader: node tiles.mjs NODE_MODULES FOLDER prints the features by layer.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [, , modules, folder] = process.argv;
const load = (name) => import(pathToFileURL(join(modules, "node_modules", name, "index.js")).href);
const { VectorTile } = await load("@mapbox/vector-tile");
const { PbfReader, default: Pbf } = await load("pbf");
const Reader = PbfReader ?? Pbf;

const counts = {};
const walk = (path) => {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const inner = join(path, entry.name);
    if (entry.isDirectory()) walk(inner);
    else if (entry.name.endsWith(".mvt")) {
      const tile = new VectorTile(new Reader(readFileSync(inner)));
      for (const [name, layer] of Object.entries(tile.layers)) {
        for (let n = 0; n < layer.length; n++) {
          const feature = layer.feature(n);
          const geometry = feature.loadGeometry();
          if (!geometry.length || geometry.some((path) => !path.length)) throw new Error(`${inner}: an empty geometry`);
          if (feature.type === 3 && geometry.some((ring) => ring.length < 4)) throw new Error(`${inner}: a ring too short`);
          counts[name] = (counts[name] ?? 0) + 1;
        }
      }
    }
  }
};
walk(folder);
console.log(JSON.stringify(counts));
