"""Ground: which part of the road and its verge each pixel shows, what lies on it, and how it is lit."""
