"""Picture: the compiled part of the wood's camera; whoever edits another folder compiles none of it anew."""
