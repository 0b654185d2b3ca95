"""What ``wormdrive doctor`` looks at, one subject a file."""
