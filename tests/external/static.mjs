// A plain static file server on the loopback interface: range requests, a table of types, nothing else.
import { createServer } from "node:http";
import { createReadStream, statSync } from "node:fs";
import { extname, join, normalize } from "node:path";

export const TYPES = {
  ".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".mjs": "text/javascript",
  ".json": "application/json", ".geojson": "application/geo+json", ".pbf": "application/x-protobuf", ".png": "image/png",
  ".svg": "image/svg+xml", ".pmtiles": "application/octet-stream", ".txt": "text/plain; charset=utf-8", ".toml": "text/plain; charset=utf-8",
  ".wasm": "application/wasm", ".webp": "image/webp", ".mvt": "application/vnd.mapbox-vector-tile", ".map": "application/json",
};

/** Serves `folder`, and npm packages from `modules` under /node_modules/; returns its address and a way to close it. */
export function serve(folder, modules) {
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, "http://x").pathname));
    const file = path.startsWith("/node_modules/") ? join(modules, path.slice(14)) : join(folder, path);
    let size;
    try {
      const stat = statSync(file);
      if (!stat.isFile()) throw new Error("no file");
      size = stat.size;
    } catch {
      response.writeHead(404, { "content-type": "text/plain" }).end("not found");
      return;
    }
    const headers = { "content-type": TYPES[extname(file)] ?? "application/octet-stream", "accept-ranges": "bytes" };
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
    if (range) {
      const from = Number(range[1]), to = Math.min(range[2] ? Number(range[2]) : size - 1, size - 1);
      response.writeHead(206, { ...headers, "content-range": `bytes ${from}-${to}/${size}`, "content-length": to - from + 1 });
      createReadStream(file, { start: from, end: to }).pipe(response);
    } else {
      response.writeHead(200, { ...headers, "content-length": size });
      createReadStream(file).pipe(response);
    }
  });
  return new Promise((done) => {
    server.listen(0, "127.0.0.1", () => done({ address: `http://127.0.0.1:${server.address().port}`, close: () => server.close() }));
  });
}
