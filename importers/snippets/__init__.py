"""What people copy beside curl: raw HTTP and `.http` files, calls of `fetch()`, PowerShell's
`Invoke-WebRequest`. Each module reads one of them; nothing is executed and no file is opened."""
