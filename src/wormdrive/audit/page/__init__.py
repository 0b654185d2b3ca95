"""The page of an audit: a drive to scrub through, and below it what each section found."""
