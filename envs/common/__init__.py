"""What every room stands on: errors, files that are never half written, checksums, locks, the cache folder."""
