#!/usr/bin/env bash
# Measure a stranger's start: a fresh clone with empty caches, from nothing to the first answer; then the second start.
#   bench/fresh.sh FOLDER        FOLDER is made, and must not be there yet
# Only git, make, curl and Python with venv are taken from this machine. Run it on a quiet one: it tells the load.
set -euo pipefail
root=$(git rev-parse --show-toplevel)
room=$(realpath -m "$1")
mkdir "$room" "$room/home"
port=${LIYAN_PORT:-8000}
url="http://127.0.0.1:$port"

start() {
    began=$(date +%s)
    # A shell in the background ignores Ctrl-C for its children; the supervisor takes SIGTERM for the same.
    env -i HOME="$room/home" PATH="$PATH" LANG=C.UTF-8 ${SSL_CERT_FILE:+SSL_CERT_FILE="$SSL_CERT_FILE"} \
        LIYAN_PORT="$port" LIYAN_API_TOKEN=fresh setsid make -C "$room/liyan" run > "$room/$1.log" 2>&1 &
    process=$!
}

stop() {
    kill -TERM -- "-$process"
    while kill -0 -- "-$process" 2> /dev/null; do sleep 0.2; done
}

until_it() {
    until "$@" > /dev/null 2>&1; do
        kill -0 "$process" || { cat "$room"/*.log; exit 1; }
        sleep 0.5
    done
    echo "$(($(date +%s) - began)) s, load $(cut -d' ' -f1-3 /proc/loadavg)"
}

answers() {
    curl -sf "$url/webhooks/rest/webhook" -H "Authorization: Bearer fresh" -H "Content-Type: application/json" \
        -d '{"sender": "fresh", "message": "空气炸锅多少钱"}'
}

git clone -q "$root" "$room/liyan"
start first
echo "from nothing to the first answer: $(until_it answers)"
grep -h "trained in" "$room/first.log"
stop
start second
echo "second make run, ready: $(until_it curl -sf "$url/readyz")"
stop
