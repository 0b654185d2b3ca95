"""What the drives of a benchmark say, in words, tables and figures: ``results.md`` and ``results.html``."""
