"""Policies: eyes, a memory and a read-out, by kind; where they are stored."""
