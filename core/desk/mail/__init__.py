"""Mail: read, judged, taken in, and written as letters."""
