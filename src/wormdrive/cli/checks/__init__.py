"""What ``wormdrive doctor`` checks, one subject a file."""
