#!/usr/bin/env bash
# Conversion against ogr2ogr, and picture tiles a second, in CPU seconds of one run.
# Usage: benches/formats.sh MAPDESK CELLS.geojsonl [LAYER.geojson…]; the last are drawn as tiles of 256 pixels on one thread.
set -euo pipefail
mapdesk=$1 cells=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# CPU seconds of a command, which may say what it likes.
cpu() {
  local TIMEFORMAT='%U %S'
  { time "$@" >/dev/null 2>&1; } 2>&1 | awk '{ printf "%.2f", $1 + $2 }'
}

for pair in gpkg:GPKG fgb:FlatGeobuf; do
  ending=${pair%%:*} driver=${pair##*:}
  theirs=$(cpu ogr2ogr -f "$driver" "$work/theirs.$ending" "$cells")
  ours=$(cpu "$mapdesk" --quiet convert "$cells" "$work/ours.$ending")
  awk -v a="$ours" -v b="$theirs" -v f="$driver" 'BEGIN { printf "%s: %.2f s, ogr2ogr %.2f s: %.1f times as fast\n", f, a, b, b / a }'
done

[ $# -gt 0 ] || exit 0
for kind in png webp; do
  spent=$(cpu "$mapdesk" tiles "$@" --raster $kind --threads 1 --minzoom 0 --maxzoom 8 --out "$work/$kind")
  tiles=$(find "$work/$kind" -name "*.$kind" | wc -l)
  awk -v n="$tiles" -v s="$spent" -v k=$kind 'BEGIN { printf "%s: %d tiles in %.2f s of one core, %.0f a second\n", k, n, s, n / s }'
done
