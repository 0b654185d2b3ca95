"""What a policy is tested on: suites, closed-loop evaluation, metrics, report."""
