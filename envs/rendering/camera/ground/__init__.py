"""Ground: which part of the road and its verge each pixel shows, and how it is lit."""
