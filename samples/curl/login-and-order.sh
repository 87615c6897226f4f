#!/bin/bash
# Log in, keep the cookie, order something.
BASE=http://127.0.0.1:8080

curl -sS -c cookies.txt "$BASE/login" --data-urlencode 'user=ann' --data-urlencode "password=$PASSWORD"

curl -sS -b cookies.txt "$BASE/orders" \
  -H 'Content-Type: application/json' \
  -d @- <<'JSON' | jq .
{"items": [{"sku": "A-1", "count": 2}]}
JSON

curl -sS -b cookies.txt "$BASE/receipts/[1-3]" -F 'photo=@receipt.jpg;type=image/jpeg' -F note='two of them'
