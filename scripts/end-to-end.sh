# The demo district served by the real binary to real clients: the part of
# scripts/test that needs more than cargo. Sourced by it, which holds what is used
# here: `step`, `skip`, `tooled` and where everything lies.
# shellcheck shell=bash disable=SC2154

build_programs() {
  local flags=()
  [ "$profile" = debug ] || flags=(--release)
  cargo_ build "${flags[@]}" -p tile-server -p demo-district >&2
}

# within SECONDS COMMAND…: a program that hangs fails its step. In the foreground,
# or a signal would reach the program twice, and a second one ends the server.
within() { timeout --foreground --kill-after=30 "$@"; }

make_demo() { within 300 "$target/$profile/demo-district" --data "$work/data" >&2; }

# The table of all maps goes to the log. Measures that the server has computed are read again.
check_styles() {
  within 600 "$target/$profile/tile-server" check --styles-report --data "$work/data" >&2
}

repeat_demo() {
  within 300 "$target/$profile/demo-district" --data "$work/data" | grep -q 'already there'
}

make_stores() {
  PYTHONPATH="$python_packages" within 300 \
    "$repository/scripts/check-clients/make-stores" "$work/data" "$work/stores" \
    "$TEST_DATABASE_URL" >&2 ||
    return 1
  stores=yes
}

# start_server OPTION…: over the files in `data`, and over tables where there are some, of
# which one does not fit into memory.
start_server() {
  local port staff admin tables=()
  if [ "$stores" = yes ]; then
    local -x TILE_SERVER_DATABASE_URL=$TEST_DATABASE_URL
    tables=(--publish-schema tile_server_clients --table-memory 1)
  fi
  port=$(free_port)
  staff=$(free_port)
  staff_url="http://127.0.0.1:$staff"
  url="http://127.0.0.1:$port"
  admin=$(free_port)
  server_log="$work/server-$port.log"
  timeout --foreground --kill-after=30 1800 \
    "$target/$profile/tile-server" serve --data "$data" --listen "127.0.0.1:$port" \
    --listen-staff "127.0.0.1:$staff" --listen-admin "127.0.0.1:$admin" \
    "${tables[@]}" "$@" >"$server_log" 2>&1 &
  server=$!
  # At a first start measures are computed before the server is ready.
  if ! wait_until_ready "$url" "$server" 1200 || ! is_whole "http://127.0.0.1:$admin"; then
    tail -n 30 "$server_log" >&2
    return 1
  fi
}

# is_whole ADMIN_URL: whether no layer is missing.
is_whole() {
  local state
  state=$(curl -sS "$1/readyz")
  grep -q '"unavailable":0' <<<"$state" && return 0
  say "layers are missing: $state"
  return 1
}

# The real shapefile is imported into the directory of the running server, which
# notices it without a restart. No catalog declares it, so staff see it and nobody else.
import_real_data() {
  local tries=600
  within 300 "$target/$profile/tile-server" import \
    "$SHARED_DATA/kostat-2013/seoul_submunicipalities.shp" --data "$work/data" >&2 || return 1
  while [ "$tries" -gt 0 ]; do
    if curl -fsS --compressed "$url/catalog.json" | grep -q seoul_submunicipalities; then
      say "seoul_submunicipalities, which no catalog declares, is public"
      return 1
    fi
    curl -fsS --compressed "$staff_url/catalog.json" | grep -q seoul_submunicipalities && return 0
    sleep 0.2
    tries=$((tries - 1))
  done
  say "the running server does not list seoul_submunicipalities for staff 120 s after its import"
  return 1
}

drains() {
  kill -TERM "$server"
  local code=0
  wait "$server" || code=$?
  server=''
  [ "$code" = 0 ] || {
    say "the server ended with $code on SIGTERM"
    tail -n 30 "$server_log" >&2
    return 1
  }
}

browser_scripts() {
  (cd "$web" && npm run e2e -- --base-url "$url" --shots "$shots") >&2
}

browser_clients() {
  (cd "$web" && node e2e/run.mjs clients --base-url "$url" --shots "$shots") >&2
}

# Layers that no catalog declares, on the page of staff.
browser_undeclared() {
  (cd "$web" && node e2e/run.mjs imported --base-url "$staff_url" --shots "$shots") >&2
}

browser_stores() {
  (cd "$web" && node e2e/run.mjs stores --base-url "$url" --shots "$shots") >&2
}

browser_proxied() {
  # shellcheck disable=SC2016 # $PROXY_URL is the runner's
  (cd "$web" && "$repository/scripts/check-clients/proxy.py" minimal-prefix \
    --upstream "${url#http://}" -- \
    sh -c 'node e2e/run.mjs proxied --base-url "$PROXY_URL" --shots "$0"' "$shots") >&2
}

# The tile of all stores in every client, from a server of its own.
check_stores() {
  local clients="$repository/scripts/check-clients" data="$work/stores"
  # start_server sets these; those of the server over the demo stay as they are.
  local server='' server_log='' url='' staff_url=''
  if [ "$stores" = no ]; then
    skip "stores: one tile of files, tables and an archive" "they were not made (see above)"
    return
  fi
  step "stores: a server over files, tables and an archive" start_server
  if [ "$outcome" = ok ]; then
    tooled "stores: curl, Python, Node, Chromium and GDAL read one tile of them" \
      "curl python3 node page-packages chromium ogrinfo" "$clients/stores" "$url"
    tooled "stores: MapLibre and OpenLayers draw it" "node page-packages chromium korean-font" \
      browser_stores
    tooled "stores: QGIS draws it" "pyqgis korean-font" \
      /usr/bin/python3 "$clients/draw-qgis.py" --base-url "$url" --shots "$shots" \
      --style "$clients/stores.style.json"
  fi
  stop_server
}

peer_suite() {
  local suite=$1
  shift
  PYTHONPATH="$python_packages" within 900 \
    node "$repository/scripts/check-peers/$suite.mjs" "$@" >&2
}

# What other projects test with, and other programs' answers to the same questions:
# scripts/check-peers/README.md.
check_peers() {
  local program=(--program "$target/$profile/tile-server") node="node page-packages"
  local fixtures="peers: tiles of @mapbox/mvt-fixtures, sound and unsound"
  local beside_postgis="peers: tables of every kind, beside ST_AsMVT"
  if has_tool pmtiles; then
    tooled "$fixtures" "python3 $node" peer_suite mvt-fixtures "${program[@]}"
  else
    skip "$fixtures" "PyPI's pmtiles is not there"
  fi
  tooled "peers: every geometry type of GDAL, by every way in" "ogr2ogr $node" \
    peer_suite geometry-types "${program[@]}"
  if [ -n "${TEST_DATABASE_URL:-}" ]; then
    tooled "$beside_postgis" "psql $node" peer_suite tables "${program[@]}"
  else
    skip "$beside_postgis" "there is no database"
  fi
  tooled "peers: TileJSON by its specification, styles by MapLibre's validator" "$node" \
    peer_suite documents --base-url "$url"
}

# The whole district from both stores.
every_layer() {
  within 900 "$repository/scripts/check-clients/every-layer.py" --layers 182 \
    --program "$target/$profile/tile-server" --data "$work/data" --url "$url" \
    --staff-url "$staff_url" >&2
}

check_every_layer() {
  local name="district: every layer is the same from files and from PostGIS"
  if [ -z "${TEST_DATABASE_URL:-}" ]; then
    skip "$name" "there is no database"
  else
    tooled "$name" "python3 psql" every_layer
  fi
}

# Real proxies before servers of their own over the demo.
check_proxies() {
  tooled "proxies: nginx and Caddy, minimal and as in scripts/proxy" "python3 nginx caddy" \
    within 300 "$repository/scripts/check-clients/proxies.py" \
    --program "$target/$profile/tile-server" --data "$work/data"
}

# The last to use the database, which it kills. What a cache holds would be served
# without the database too.
outlives_database() {
  local code=0
  start_server --cache-megabytes 0 || return 1
  within 120 "$repository/scripts/check-clients/outlive-database.py" --url "$url" \
    --postgis "$postgis" --loaded rest_areas,com-06-buildings --live street_trees >&2 || code=1
  drains || code=1
  return "$code"
}

check_database_loss() {
  local name="PostGIS: killed under load, it costs live layers alone"
  if [ "$stores" = no ]; then
    skip "$name" "its tables were not made (see above)"
  elif [ -z "$postgis" ]; then
    skip "$name" "\$TEST_DATABASE_URL is not ours to kill"
  else
    step "$name" outlives_database
  fi
}

end_to_end() {
  local clients="$repository/scripts/check-clients" real=no data="$work/data" server_log=''
  rm -rf "${shots:?}"
  mkdir -p "$shots"
  step "server: build" build_programs
  step "demo: made afresh" make_demo
  step "demo: a second run changes nothing" repeat_demo
  if [ -z "${TEST_DATABASE_URL:-}" ]; then
    skip "stores: tables and an archive beside the demo" "there is no database"
  elif ! has_tool pmtiles; then
    skip "stores: tables and an archive beside the demo" "PyPI's pmtiles is not there"
  else
    tooled "stores: tables and an archive beside the demo" "psql ogr2ogr" make_stores
  fi
  tooled "server: starts and is ready" "curl python3" start_server
  if [ "$outcome" = skipped ]; then
    skip "clients" "no server to try"
    return
  fi
  if [ -z "$server" ] || ! kill -0 "$server" 2>/dev/null; then
    server=''
    step "clients (no server to try)" false
    return
  fi
  step "styles: every map on its data" check_styles
  if [ -f "$SHARED_DATA/kostat-2013/seoul_submunicipalities.shp" ]; then
    real=yes
    step "import: the real shapefile, while the server runs" import_real_data
  else
    skip "import: the real shapefile" "../shared/data is absent"
  fi
  tooled "gzip: curl, Python, Node and Chromium read the same tile" \
    "curl python3 node page-packages chromium" \
    "$clients/gzip" "$url"
  tooled "GDAL: ogrinfo opens every theme" "ogrinfo curl python3" \
    "$clients/ogrinfo" "$url" "$staff_url" "$real"
  check_stores
  check_peers
  tooled "QGIS: draws every theme, with and without its style" "pyqgis korean-font" \
    /usr/bin/python3 "$clients/draw-qgis.py" --base-url "$url" --shots "$shots"
  tooled "QGIS: draws every theme in EPSG:5186" "pyqgis korean-font" \
    /usr/bin/python3 "$clients/draw-qgis.py" --base-url "$url" --shots "$shots/epsg-5186" \
    --crs EPSG:5186
  tooled "Chromium: the map page" "node page-packages chromium korean-font" \
    browser_scripts
  tooled "Chromium: MapLibre, OpenLayers and Leaflet draw themes and single maps alike" \
    "node page-packages chromium korean-font" browser_clients
  tooled "Chromium: undeclared layers on the page of staff" \
    "node page-packages chromium korean-font" browser_undeclared
  tooled "proxies: Chromium draws the map behind an nginx that passes on nothing" \
    "python3 nginx node page-packages chromium korean-font" browser_proxied
  tooled "district: every layer's and theme's tile is small enough for a phone" "python3" \
    within 300 "$clients/tile-sizes.py" --base-url "$url" --staff-url "$staff_url"
  check_every_layer
  step "server: drains on SIGTERM" drains
  check_proxies
  check_database_loss
}
