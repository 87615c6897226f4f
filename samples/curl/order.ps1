$base = 'http://127.0.0.1:8080'
curl.exe "$base/orders" `
  -H 'Content-Type: application/json' `
  -H "Authorization: Bearer $env:TOKEN" `
  --data-raw '{"items": [{"sku": "A-1", "count": 2}]}'
